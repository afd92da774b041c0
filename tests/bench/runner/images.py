# SPDX-License-Identifier: MIT
"""Files that engines boot: bare programs with their count of repeats, archives for our kernel."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "kernel"))
sys.path.insert(0, os.path.join(ROOT, "tests", "bench", "bare"))
import make_disk  # noqa: E402
import run_qemu  # noqa: E402


class Images:
    """Made on demand in a scratch folder, from what a build tree holds."""

    def __init__(self, build, scratch):
        self.build, self.scratch = build, scratch
        self.bare = os.path.join(build, "tests", "bench", "bare")
        self.kernel = os.path.join(build, "guest", "kernel", "kernel.elf")
        self.archives = [os.path.join(build, "guest", "samples", name) for name in ("root.cpio", "bench.cpio")]

    def bare_files(self, name, repeats):
        """(ELF file, disk, cylinders of the disk): the same bytes to execute."""
        with open(os.path.join(self.bare, name + ".elf"), "rb") as file:
            elf = make_disk.with_repeats(file.read(), repeats)
        with open(os.path.join(self.bare, "boot_sector.bin"), "rb") as file:
            disk = make_disk.disk(elf, file.read())
        paths = [os.path.join(self.scratch, f"{name}-{repeats}.{end}") for end in ("elf", "img")]
        for path, data in zip(paths, (elf, disk)):
            with open(path, "wb") as file:
                file.write(data)
        return paths[0], paths[1], len(disk) // (make_disk.TRACK * make_disk.SECTOR)

    def initrd(self, argv):
        """Our root with the benchmarks, as one archive that tells init what to run."""
        path = os.path.join(self.scratch, "initrd.cpio")
        with open(path, "wb") as out:
            for archive in self.archives:
                with open(archive, "rb") as file:
                    out.write(run_qemu.pad(file.read()))
            out.write(run_qemu.run_archive(argv))
        return path


def build(preset, targets):
    """Configures and builds what is needed; quiet unless it fails."""
    def call(*command):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False,
                              env={**os.environ, "NODE_PATH": os.environ.get("NODE_PATH", "") + ":/usr/share/nodejs"})
        if done.returncode:
            sys.exit(f"bench: {' '.join(command)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    if not os.path.exists(os.path.join(ROOT, "build", preset, "build.ninja")):
        call("cmake", "--preset", preset)
    call("cmake", "--build", os.path.join("build", preset), "--target", *targets)
