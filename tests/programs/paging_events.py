#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Demand paging from the disk, told by the event log of a run of guest/paging: what the machine's disk did and what the
kernel says it did must agree.

usage: paging_events.py LUCID86 ROOT   (a directory with /paging and /data)
"""
import json
import os
import subprocess
import sys
import tempfile

DISK = 10  # abi::WaitReason
PAGE_SECTORS = 8


def run(lucid86, root, path):
    subprocess.run([lucid86, "run", "--root-on-disk", "--swap", "16", "--root", root, "--events", path, "/paging"],
                   stdout=subprocess.DEVNULL, check=True, timeout=100)
    with open(path, "rb") as file:
        return file.read()


def after_mount(events):
    mounted = next(i for i, e in enumerate(events) if e["event"] == "boot" and e["name"] == "root-mounted")
    return events[mounted + 1:]


def one_read_per_page(events):
    """Every command that reads fills one page of the page cache, or brings one back from the swap area."""
    assert all(e["count"] <= PAGE_SECTORS for e in events if e["event"] == "disk-read")
    fills = sum(e["event"] == "page-fill" for e in events)
    swap_ins = sum(e["event"] == "disk-read" for e in events) - fills
    written = sum(e["event"] == "disk-write" for e in events)
    assert fills > 20, f"only {fills} pages were filled"
    assert 0 <= swap_ins <= written, f"{swap_ins} reads that filled no page, {written} writes to the swap area"
    return fills


def never_twice(events):
    """A page is read again only after its frame was taken."""
    where, dropped = {}, set()
    for e in events:
        if e["event"] == "page-fill":
            key = (e["inode"], e["page"])
            assert key not in where or where[key] in dropped, f"page {key} was read twice"
            where[key] = e["frame"]
            dropped.discard(e["frame"])
        elif e["event"] == "page-out" and e["slot"] == 0:
            dropped.add(e["frame"])
        elif e["event"] == "frame-free":
            dropped.add(e["frame"])


def readers_sleep(events):
    """Between the command and the page the reader sleeps; whoever can run runs."""
    asleep, others = {}, 0
    for e in events:
        if e["event"] == "block" and e["reason"] == DISK:
            asleep[e["pid"]] = {"switched": False, "other": False, "woken": False}
        elif e["event"] == "switch":
            if e["previous"] in asleep:
                asleep[e["previous"]]["switched"] = True
            for pid, sleep in asleep.items():
                sleep["other"] |= e["next"] not in (0, pid) and not sleep["woken"]
        elif e["event"] == "wake" and e["reason"] == DISK and e["pid"] in asleep:
            asleep[e["pid"]]["woken"] = True
        elif e["event"] == "page-fill":
            sleep = asleep.pop(e["pid"], None)
            assert sleep and sleep["switched"] and sleep["woken"], f"process {e['pid']} did not sleep for its page: {e}"
            others += sleep["other"]
    assert others > 10, f"another process ran during {others} reads only"
    return others


def one_set_of_text(events):
    """Processes that run the same program have its pages at the same addresses in the same frames."""
    program, frames = {}, {}
    for e in events:
        if e["event"] == "exec":
            program[e["pid"]] = e["name"]
        elif e["event"] == "fault" and e["name"] == "file-page" and program.get(e["pid"]) in ("paging", "exe"):
            address = int(e["address"], 16) & ~0xfff
            if address < 0x10000000:  # the program, not its mappings
                frames.setdefault(address, []).append((e["pid"], e["frame"]))
    shared = {a: f for a, f in frames.items() if len({pid for pid, _ in f}) > 2}
    assert len(shared) >= 3, f"text that several processes used: {len(shared)} pages"
    for address, uses in shared.items():
        assert len({frame for _, frame in uses}) == 1, f"text at {address:#x} has several frames: {uses}"
    return len(shared)


def written_back(events):
    """What the kernel says it wrote back to files, the disk has written: a command for each page at least."""
    commands, pages = 0, 0
    for e in events:
        if e["event"] == "disk-write":
            commands += 1
        elif e["event"] == "page-write":
            assert commands > 0, f"nothing was written for {e}"
            commands -= 1
            pages += 1
    assert pages > 0, "no page was written back"
    return pages


def main():
    lucid86, root = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        log = run(lucid86, root, os.path.join(scratch, "first"))
        assert log == run(lucid86, root, os.path.join(scratch, "second")), "two runs differ"
    events = after_mount([json.loads(line) for line in log.splitlines()])
    never_twice(events)
    print(f"{written_back(events)} pages written back; {one_read_per_page(events)} pages read, each by one command; other processes ran during "
          f"{readers_sleep(events)}; {one_set_of_text(events)} pages of text in one frame each")


if __name__ == "__main__":
    main()
