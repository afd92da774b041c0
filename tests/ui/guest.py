# SPDX-License-Identifier: MIT
"""The guest as its RAM has it, read without any of our own code: page tables by Intel's manual (vol. 3, 4.5), the
kernel's tables by the offsets it publishes (core/abi/introspect.h, layouts written down here once more).
"""
import json
import struct

PRESENT, WRITABLE, USER, LARGE = 1, 2, 4, 1 << 7
ADDRESS = 0x000FFFFFFFFFF000
TASK = ("next pid parent state wait_reason name exit_status page_root vma_head brk_start brk_end trapframe kernel_stack "
        "cpu_ticks slice_left pgid sid").split()
FRAME = "stride references kind".split()
FRAME_KINDS = ["free", "kernel image", "kernel data", "page table", "process memory", "file", "reserved",
               "the shared page of zeros", "kernel stack"]


class Guest:
    def __init__(self, prefix):
        with open(prefix + ".ram", "rb") as file:
            self.ram = file.read()
        with open(prefix + ".events") as file:
            self.events = [self.event(line) for line in file]
        header = next(event["header"] for event in self.events if event["kind"] == "introspect")
        (_, _, _, self.direct_map, _, _, _, self.tasks_at, _, self.frames_at, self.frame_count, _, self.kernel_root, _
         ) = struct.unpack_from("<QII11Q", self.ram, header)
        numbers = struct.unpack_from("<20I8I4I", self.ram, header + 112)
        self.task = dict(zip(TASK, numbers))
        self.frame = dict(zip(FRAME, numbers[28:]))

    @staticmethod
    def event(line):
        """Its arguments as numbers; `kind` says what it is."""
        event = {name: int(value, 0) if isinstance(value, str) and value.startswith("0x") else value
                 for name, value in json.loads(line).items()}
        return {**event, "kind": event["event"]}

    def walk(self, root, address):
        """(physical address, last entry), or None where nothing is mapped."""
        table = root & ADDRESS
        for level in (3, 2, 1, 0):
            entry = struct.unpack_from("<Q", self.ram, table + (address >> 12 + 9 * level & 511) * 8)[0]
            if not entry & PRESENT:
                return None
            if level == 0 or entry & LARGE and level < 3:
                inside = (1 << 12 + 9 * level) - 1
                return (entry & ADDRESS & ~inside) | address & inside, entry
            table = entry & ADDRESS

    def user_pages(self, root):
        """Page -> entry of all that a program may touch."""
        pages = {}

        def visit(table, level, base):
            for index, entry in enumerate(struct.unpack_from("<512Q", self.ram, table)):
                address = base + (index << 12 + 9 * level)
                if address >= 1 << 47 or not entry & PRESENT or not entry & USER:
                    continue
                if level == 0:
                    pages[address] = entry
                else:
                    visit(entry & ADDRESS, level - 1, address)

        visit(root & ADDRESS, 3, 0)
        return pages

    def read(self, address, count, root=None):
        found = self.walk(root or self.kernel_root, address)
        return self.ram[found[0] : found[0] + count] if found else None

    def u64(self, address, root=None):
        return struct.unpack("<Q", self.read(address, 8, root))[0]

    def u32(self, address):
        return struct.unpack("<I", self.read(address, 4))[0]

    def tasks(self):
        """Each as a dictionary; `parent` is a pid, 0 = none."""
        found, address = [], self.u64(self.tasks_at)
        while address:
            at = {name: address + offset for name, offset in self.task.items()}
            parent = self.u64(at["parent"])
            found.append({"pid": self.u32(at["pid"]), "parent": self.u32(parent + self.task["pid"]) if parent else 0,
                          "name": self.read(at["name"], 16).split(b"\0")[0].decode(), "state": self.u32(at["state"]),
                          "root": self.u64(at["page_root"]), "cpu": self.u64(at["cpu_ticks"])})
            address = self.u64(at["next"])
        return found

    def frame_use(self, number):
        """(references, kind) as the kernel's table has it."""
        at = self.frames_at + number * self.frame["stride"]
        return self.u32(at + self.frame["references"]), FRAME_KINDS[self.read(at + self.frame["kind"], 1)[0]]
