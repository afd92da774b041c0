#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the count of repeats into a benchmark, and makes a PC's hard disk of it.

usage: make_disk.py PROGRAM.elf BOOT_SECTOR.bin REPEATS OUT.elf OUT.img

Both files hold the same bytes to be executed. The disk has 16 heads and 63 sectors per track; the
number of cylinders is printed.
"""
import struct
import sys

MARKER = b"lucid86 repeats\0"
SECTOR, TRACK = 512, 16 * 63
LOADED_AT, MOST_SECTORS = 0x100000, 448 * 2
SIZES_AT = 502  # of image_sectors and clear_bytes in the boot sector
PT_LOAD = 1


def with_repeats(elf, repeats):
    at = elf.find(MARKER)
    if at < 0 or elf.find(MARKER, at + 1) >= 0:
        raise ValueError("not a benchmark: the marker of its repeats is not there once")
    at += len(MARKER)
    return elf[:at] + struct.pack("<Q", repeats) + elf[at + 8:]


def loaded_segment(elf):
    """The bytes of the only segment and how many zeros follow them."""
    table, = struct.unpack_from("<Q", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 54)
    headers = [struct.unpack_from("<IIQQQQQQ", elf, table + i * size) for i in range(count)]
    (_, _, offset, _, at, in_file, in_memory, _), = [h for h in headers if h[0] == PT_LOAD]
    entry, = struct.unpack_from("<Q", elf, 24)
    if at != LOADED_AT or entry != at:
        raise ValueError("a benchmark begins with its entry at 1 MiB")
    return elf[offset:offset + in_file], in_memory - in_file


def disk(elf, boot_sector):
    image, zeros = loaded_segment(elf)
    sectors = -(-len(image) // SECTOR)
    if sectors > MOST_SECTORS:
        raise ValueError(f"{len(image)} bytes are too many for the boot sector")
    padding = sectors * SECTOR - len(image)
    first = boot_sector[:SIZES_AT] + struct.pack("<HI", sectors, max(zeros - padding, 0)) + boot_sector[SIZES_AT + 6:]
    whole = first + image
    return whole + b"\0" * (-len(whole) % (TRACK * SECTOR))


def main():
    program, boot, repeats, out_elf, out_disk = sys.argv[1:]
    with open(program, "rb") as file:
        elf = with_repeats(file.read(), int(repeats))
    with open(boot, "rb") as file:
        image = disk(elf, file.read())
    with open(out_elf, "wb") as file:
        file.write(elf)
    with open(out_disk, "wb") as file:
        file.write(image)
    print(len(image) // (TRACK * SECTOR))


if __name__ == "__main__":
    main()
