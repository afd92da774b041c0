# SPDX-License-Identifier: MIT
"""A child process and what it cost."""
import os
import select
import subprocess
import time
from dataclasses import dataclass


class Failed(Exception):
    """One line for a person: which engine could not do what."""


@dataclass
class Done:
    status: int
    user_seconds: float  # of the child and its own children, by wait4
    output: str


def run(command, timeout, environment=None):
    """Runs to the end; standard output and error together. The time-out is one of the wall."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, **(environment or {})}) as child:
        try:
            output = _read_all(child, timeout)
        except TimeoutError:
            child.kill()
            child.wait()
            raise Failed(f"{os.path.basename(command[0])} did not end within {timeout} s") from None
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return Done(child.returncode, usage.ru_utime, output)


def _read_all(child, timeout):
    end, chunks = time.monotonic() + timeout, []
    while True:
        ready, _, _ = select.select([child.stdout], [], [], max(0, end - time.monotonic()))
        if not ready:
            raise TimeoutError
        chunk = os.read(child.stdout.fileno(), 65536)
        if not chunk:
            return b"".join(chunks).decode(errors="replace")
        chunks.append(chunk)
