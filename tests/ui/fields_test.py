#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the panels show, against what others say of the same thing: readelf and nm of the programs, the kernel's
file itself, the bit numbers of Intel's manual, arithmetic on addresses.

usage: fields_test.py LUCID86_GUI KERNEL_ELF FOLDER_OF_PROGRAMS
Where the truth is in the guest's memory, guest.py reads it. Complete in three ways, each of which fails by itself: a
panel of which nothing is compared; a field with a name that is neither among those compared nor among those that
another test compares (COMPARED, ELSEWHERE); a number that is drawn and lies in no field.
Exits with 77 (skipped) when there is no Xvfb.
"""
import collections
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from guest import Guest

# SDM vol. 1, 3.4.3; vol. 3, 2.5 and 2.2.1.
BITS = {
    "rflags": {"CF": 0, "PF": 2, "AF": 4, "ZF": 6, "SF": 7, "TF": 8, "IF": 9, "DF": 10, "OF": 11, "NT": 14, "RF": 16,
               "VM": 17, "AC": 18, "ID": 21},
    "cr0": {"PE": 0, "MP": 1, "EM": 2, "TS": 3, "ET": 4, "NE": 5, "WP": 16, "AM": 18, "NW": 29, "CD": 30, "PG": 31},
    "cr4": {"PSE": 4, "PAE": 5, "PGE": 7, "OSFXSR": 9, "OSXMMEXCPT": 10, "UMIP": 11, "LA57": 12, "FSGSBASE": 16,
            "PCIDE": 17, "SMEP": 20, "SMAP": 21},
    "efer": {"SCE": 0, "LME": 8, "LMA": 10, "NXE": 11},
    # Vol. 1, 10.2.3, 8.1.5, 8.1.3.
    "mxcsr": {"IE": 0, "DE": 1, "ZE": 2, "OE": 3, "UE": 4, "PE": 5, "DAZ": 6, "IM": 7, "DM": 8, "ZM": 9, "OM": 10,
              "UM": 11, "PM": 12, "RC": (13, 2), "FTZ": 15},
    "x87 cw": {"IM": 0, "DM": 1, "ZM": 2, "OM": 3, "UM": 4, "PM": 5, "PC": (8, 2), "RC": (10, 2)},
    "x87 sw": {"IE": 0, "DE": 1, "ZE": 2, "OE": 3, "UE": 4, "PE": 5, "SF": 6, "ES": 7, "C0": 8, "C1": 9, "C2": 10,
               "TOP": (11, 3), "C3": 14, "B": 15},
    # Vol. 3, 2.5; 5.8.8; 10.4.4; 11.12.2; 11.11.2.1; vol. 4, table 2-2; vol. 3, 17.2.
    "cr3": {"PWT": 3, "PCD": 4},
    "star": {"EIP": (0, 32), "SYSCALL.CS": (32, 16), "SYSRET.CS": (48, 16)},
    "apic base": {"BSP": 8, "EXTD": 10, "EN": 11},
    "pat": {f"PA{i}": (8 * i, 3) for i in range(8)},
    "mtrr def": {"TYPE": (0, 3), "FE": 10, "E": 11},
    "misc enable": {"FAST": 0, "PERF": 7, "BTS-": 11, "PEBS-": 12, "MWAIT": 18, "CPUID3": 22, "XD-": 34},
    "dr6": {"B0": 0, "B1": 1, "B2": 2, "B3": 3, "BD": 13, "BS": 14, "BT": 15},
    "dr7": {**{f"{kind}{i}": 2 * i + at for i in range(4) for at, kind in enumerate("LG")}, "LE": 8, "GE": 9, "GD": 13,
            **{f"{kind}{i}": (16 + 4 * i + 2 * at, 2) for i in range(4) for at, kind in enumerate(("RW", "LEN"))}},
}
BITS["rflags"]["IOPL"] = (12, 2)
BITS["sfmask"] = BITS["rflags"]
# Numbers with a name: memory types (vol. 3, table 11-10), rounding (vol. 1, 4.8.4), precision (8.1.5.2), DR7 (17.2.4).
MEMORY_TYPES = {0: "UC", 1: "WC", 4: "WT", 5: "WP", 6: "WB", 7: "UC-"}
ROUNDING = {0: "near", 1: "down", 2: "up", 3: "zero"}
NAMES = {**{f"pat.PA{i}": MEMORY_TYPES for i in range(8)}, "mtrr def.TYPE": MEMORY_TYPES, "mxcsr.RC": ROUNDING,
         "x87 cw.RC": ROUNDING, "x87 cw.PC": {0: "24", 2: "53", 3: "64"},
         **{f"dr7.RW{i}": {0: "run", 1: "write", 2: "port", 3: "touch"} for i in range(4)},
         **{f"dr7.LEN{i}": {0: "1", 1: "2", 2: "8", 3: "4"} for i in range(4)}}
# Model-specific registers by number (vol. 4, table 2-2), as the panel calls them.
MSRS = {0xC0000080: "efer", 0xC0000081: "star", 0xC0000082: "lstar", 0xC0000083: "cstar", 0xC0000084: "sfmask",
        0xC0000100: "fs base", 0xC0000102: "kernel gs", 0x174: "sysenter cs", 0x175: "sysenter sp", 0x176: "sysenter",
        0x277: "pat", 0xC0000103: "tsc aux"}
GENERAL = "rip rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 cr3 cr2".split()
FLAGS = {"CF", "PF", "AF", "ZF", "SF", "TF", "IF", "DF", "OF"}
failures = 0
checked = collections.Counter()
worded = collections.Counter()  # checks of words and numbers as such, not of their truth
details = {}  # by panel: its fields at the moment that most checks are about


def check(panel, what, holds, detail="", of=None):
    global failures
    (checked if of is None else of)[panel] += 1
    if not holds:
        failures += 1
        print(f"FAILED {panel}: {what} {detail}")


def number(text):
    return int(text.replace(" ", ""), 0)


class Elf:
    """Segments and symbols, as struct and nm read them."""

    def __init__(self, path):
        self.path = path
        self.data = open(path, "rb").read()
        offset, size, count = struct.unpack_from("<Q", self.data, 32)[0], *struct.unpack_from("<HH", self.data, 54)
        self.segments = [struct.unpack_from("<IIQQQQQQ", self.data, offset + i * size) for i in range(count)]
        self.symbols = {}
        for line in subprocess.run(["nm", path], capture_output=True, text=True).stdout.splitlines():
            words = line.split()
            if len(words) == 3:
                self.symbols[words[2]] = int(words[0], 16)

    def at(self, address, size):
        for kind, _, offset, start, _, in_file, _, _ in self.segments:
            if kind == 1 and start <= address and address + size <= start + in_file:
                return self.data[offset + address - start : offset + address - start + size]
        return None


def shown(gui, view, *arguments, size="1920x2400", keep=None):
    """Each panel's fields as (name, value), with all that is known of them in `keep`; checks on the way that what is
    drawn can be copied and is explained."""
    with tempfile.TemporaryDirectory() as folder:
        fields = os.path.join(folder, "fields")
        run = subprocess.run(["xvfb-run", "-a", "-s", "-screen 0 2000x2500x24", gui, "--size", size, "--lens", view,
                              *arguments, "--fields", fields, "--screenshot", os.path.join(folder, "picture")],
                             capture_output=True, text=True, timeout=200)
        assert run.returncode == 0, run.stderr
        with open(fields) as file:
            lines = [json.loads(line) for line in file]
    drawn = [line for line in lines if "value" in line]
    check_words(drawn, [line for line in lines if "text" in line])
    panels = collections.defaultdict(list)
    if keep is not None:
        keep.update({panel: [field for field in drawn if field["panel"] == panel] for panel in {field["panel"] for field in drawn}})
    for field in drawn:
        if field["name"]:
            panels[field["panel"]].append((field["name"], field["value"]))
    return panels


# What they draw besides fields: the terminal's text, which is copied by dragging over it, and examples to be clicked.
NO_FIELDS = {"console", "assembler", "breakpoints"}
LEGENDS = {"A square is a page of 4 KiB: filled when a frame is behind it, hatched while the frame is shared copy-on-write, "
           "a dot while it lies in the swap area."}


def check_words(fields, texts):
    """Every field has its sentence; every number that is drawn lies in a field that copies it."""
    for field in fields:
        check(field["panel"], f"{field['name'] or field['value']} is explained", field["explain"] != "" or not field["value"], of=worded)
    plain = lambda text: re.sub(r"0x|[ ,]", "", text.lower())
    for text in texts:
        words = text["text"]
        if text["panel"] in NO_FIELDS or words in LEGENDS or not re.search(r"\d", words):
            continue
        x, y = text["x"] + text["w"] / 2, text["y"] + text["h"] / 2
        # A number is the value of its field, or numbers it: "entry 5".
        over = [f"{field['value']} {field['name']}" for field in fields if abs(x - field["x"] - field["w"] / 2) <= field["w"] / 2 + 2
                and abs(y - field["y"] - field["h"] / 2) <= field["h"] / 2 + 2 and field["panel"] == text["panel"]]
        if re.fullmatch(r"[0-9a-fx., ]+", words.lower()):
            holds = any(plain(words).lstrip("0") in plain(each) for each in over)
        else:
            holds = any(re.search(r"\d", each) for each in over)
        check(text["panel"], f"{words!r} can be copied", holds, str(over), of=worded)


def check_bits(panel, fields, values):
    for name, value in fields:
        register, _, bit = name.partition(".")
        if not bit:
            continue
        at, width = BITS[register][bit] if isinstance(BITS[register][bit], tuple) else (BITS[register][bit], 1)
        wanted = values[register] >> at & (1 << width) - 1
        shown_as = NAMES.get(name, {}).get(wanted) or (str(wanted) if width == 1 else hex(wanted))
        check(panel, name, value == shown_as, f"{value}, not {shown_as}")


def check_registers(panels):
    values = {name: number(value) for name, value in panels["registers"] if name in BITS}
    for register in values:
        check("registers", register + " has all its bits",
              {name.partition(".")[2] for name, _ in panels["registers"] if name.startswith(register + ".")}
              == set(BITS[register]))
    check_bits("registers", panels["registers"], values)
    return values


def check_cpu(panels, values, kernel):
    cpu = dict(panels["cpu"])
    for name in cpu:
        check("cpu", name + " is known", name in GENERAL or name in FLAGS or name == "CPL")
    for name in FLAGS & set(cpu):
        check("cpu", name, cpu[name] == str(values["rflags"] >> BITS["rflags"][name] & 1), cpu[name])
    rip = number(cpu["rip"])
    check("cpu", "CPL", cpu["CPL"] == ("0" if rip >> 63 else "3"), cpu["CPL"])
    code = bytes(int(value, 16) for _, value in panels["instruction"] if re.fullmatch("[0-9a-f]{2}", value))
    check("instruction", "bytes at RIP", kernel.at(rip, len(code)) == code, code.hex())


def check_tables(panels, kernel):
    for name, value in panels["idt"]:
        vector = int(name.split()[1], 16)
        check("idt", name, number(value) == kernel.symbols["trap_stubs"] + 16 * vector, value)
    wanted = {0x08: 0x00CF9B000000FFFF, 0x10: 0x00AF9B000000FFFF, 0x18: 0x00CF93000000FFFF, 0x20: 0x00CFFB000000FFFF,
              0x28: 0x00CFF3000000FFFF, 0x30: 0x00AFFB000000FFFF}  # flat segments, SDM vol. 3, 3.4.5
    for name, value in panels["gdt"]:
        match = re.fullmatch("selector (0x..)", name)
        if match and int(match[1], 16) in wanted:
            check("gdt", name, number(value) | 1 << 40 == wanted[int(match[1], 16)] | 1 << 40, value)


def check_walk(panels, cr3, rip):
    entries = [(name, number(value)) for name, value in panels["walk"] if "at physical" in name]
    table = cr3 & ~0xFFF
    for level, (name, entry) in zip((4, 3, 2, 1), entries):
        index = rip >> 12 + 9 * (level - 1) & 511
        check("walk", name, f"[{index}]" in name and int(name.split()[-1].rstrip(":"), 16) == table + 8 * index)
        table = entry & 0x000FFFFFFFFFF000
    frame = [number(value) for name, value in panels["walk"] if name == "frame"]
    check("walk", "frame", frame == [table >> 12], str(frame))


def check_walk_figure(panels, rip):
    digits = "".join(value[2:] for name, value in panels["walk_figure"]
                     if re.fullmatch("0b[01]{9}|0b[01]{12}", value))
    check("walk_figure", "the address in binary", int(digits, 2) == rip & (1 << 48) - 1, digits)
    flags = {name: value for name, value in panels["walk_figure"] if value in "01"}
    entry = [number(value) for name, value in panels["walk_figure"]
             if name == f"page table entry {rip >> 12 & 511}"][0]
    for name, bit in {"P": 0, "W": 1, "US": 2, "PWT": 3, "PCD": 4, "A": 5, "D": 6, "PS": 7, "G": 8, "NX": 63}.items():
        check("walk_figure", name, flags.get(name) == str(entry >> bit & 1), str(flags))


def check_bytes(panels, kernel):
    for name, value in panels["bytes"]:
        if not name.startswith("["):
            continue
        text = kernel.at(int(name[3:-1], 16), 1)
        check("bytes", name, text is not None and text[0] == number(value), value)


def check_map(panels, panel, program):
    """The VMAs of a static program are what its program headers say, page by page."""
    areas = {}
    for name, value in panels[panel]:
        if match := re.fullmatch("([0-9a-f]+)-([0-9a-f]+) (....)", value):
            areas[int(match[1], 16)] = (int(match[2], 16), match[3])
    for kind, flags, _, start, _, size, _, _ in program.segments:
        if kind != 1:
            continue
        mode = "".join(letter if flags & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1))) + "p"
        found = areas.get(start & ~0xFFF)
        check(panel, hex(start), found == (start + size + 0xFFF & ~0xFFF, mode), f"{found} {mode}")


def check_elf(panels, program):
    sizes = [(number(m[1]), int(m[2], 16)) for name, value in panels["elf"]
             if (m := re.fullmatch(r"segment, (\d+) bytes at ([0-9a-f]+)", value)) and number(m[1])]
    wanted = [(segment[5], segment[2]) for segment in program.segments if segment[5]]
    check("elf", "segments", sizes == wanted and len(sizes) > 2, f"{sizes} {wanted}")
    loads = [number(value[3:]) for name, value in panels["elf_map"] if name.startswith("LOAD ")]
    wanted = [segment[3] for segment in program.segments if segment[0] == 1 and segment[5]]
    check("elf_map", "where segments go to", loads == wanted, f"{loads} {wanted}")
    pages = {number(value) for name, value in panels["elf_map"] if name == "page"}
    wanted = {page for kind, _, _, start, _, size, _, _ in program.segments if kind == 1
              for page in range(start & ~0xFFF, start + size, 0x1000)}
    check("elf_map", "a page for each page of the segments", pages == wanted, f"{sorted(pages ^ wanted)}")
    check("elf_map", "nothing is wrong with the shell", not any(name == "problem" for name, _ in panels["elf_map"]))


# The fields of these, as the manual lays them out (SDM vol. 2, 2.1): name and number of bytes.
ASSEMBLED = {
    "add eax, 512": [("opcode", 1), ("immediate", 4)],
    "mov rax, [rbx + 8*rcx + 16]": [("REX", 1), ("opcode", 1), ("ModRM", 1), ("SIB", 1), ("displacement", 1)],
    "lock add qword ptr [r9], 500": [("prefix", 1), ("REX", 1), ("opcode", 1), ("ModRM", 1), ("immediate", 4)],
    "movzx eax, byte ptr [rbp - 4]": [("opcode", 2), ("ModRM", 1), ("displacement", 1)],
}


def gnu_bytes(text):
    with tempfile.TemporaryDirectory() as folder:
        source, object_file, flat = (os.path.join(folder, name) for name in ("t.s", "t.o", "t.bin"))
        with open(source, "w") as file:
            file.write(f".intel_syntax noprefix\n{text}\n")
        subprocess.run(["as", "-o", object_file, source], check=True)
        subprocess.run(["objcopy", "-O", "binary", "-j", ".text", object_file, flat], check=True)
        with open(flat, "rb") as file:
            return file.read()


def check_assembler(gui):
    text = "\n".join(ASSEMBLED)
    panel = shown(gui, "cpu/Assembler", "--source", text)["assembler"]
    names = {"prefix", "REX", "opcode", "ModRM", "SIB", "displacement", "immediate"}
    row = [(name, int(value, 16)) for name, value in panel if name in names]
    wanted = [(name, size) for fields in ASSEMBLED.values() for name, size in fields]
    expected = gnu_bytes(text) + gnu_bytes(next(iter(ASSEMBLED)))  # the list, then the line of the caret in full
    wanted += ASSEMBLED[next(iter(ASSEMBLED))]
    check("assembler", "bytes as GNU as has them", bytes(byte for _, byte in row) == expected,
          f"{bytes(byte for _, byte in row).hex(' ')} {expected.hex(' ')}")
    check("assembler", "fields of the bytes", [name for name, _ in row] == [name for name, n in wanted for _ in range(n)],
          str(row))
    check("assembler", "the round trip", ("round trip", "same") in panel)
    check("assembler", "the immediate in full", ("the immediate", "00 02 00 00") in panel)
    wrong = dict(shown(gui, "cpu/Assembler", "--source", "nop\nmov al, 500")["assembler"])
    check("assembler", "an error is where the number is", "error 2:9" in wrong, str(wrong))


def check_kernel(panels):
    lines = {name: number(value) for name, value in panels["interrupts"] if name.startswith("IRQ")}
    counters = dict(panels["counters"])
    check("interrupts", "the kernel acknowledged what the processor took",
          counters == {} or sum(lines.values()) == number(counters["interrupts"]), str(lines))


def check_details(panels):
    check("open_files", "the shell has its terminal as 0, 1, 2",
          [field for field in panels["open_files"] if field[0].startswith("fd ")][:3]
          == [(f"fd {n}", "/dev/console") for n in range(3)], str(panels["open_files"]))
    signals = dict(panels["signals"])
    for name in ("SIGQUIT", "SIGTERM", "SIGTSTP", "SIGTTIN", "SIGTTOU"):  # what an interactive shell ignores: samples/sh
        check("signals", name, signals.get(name) == "ignored", str(signals))
    limits = dict(panels["limits"])
    # getrlimit(2)'s values of Linux, setpriority(2)'s and sched(7)'s for who asked for nothing.
    for name, value in {"policy": "SCHED_OTHER", "nice": "0", "weight": "1024", "cpu": "unlimited",
                        "stack": "8 388 608 of unlimited"}.items():
        check("limits", name, limits.get(name, value) == value, str(limits))


def check_reclaim(panels):
    kib = {name: number(value[:-4]) for name, value in panels["reclaim"] if value.endswith(" KiB")}
    del kib["low mark"]
    check("reclaim", "all frames of 32 MiB but those of firmware and devices", 30_000 < sum(kib.values()) <= 32768,
          str(sum(kib.values())))
    for name, value in panels["page_cache"]:
        pages, mapped, dirty = map(int, re.findall(r"\d+", value))
        check("page_cache", name, 0 < pages and mapped <= pages and dirty <= pages, value)


def check_execs(panels):
    answers = [field for field in panels["execs"] if field[0] in ("misc", "script", "elf")]
    check("execs", "init and the shell are ELF files",
          answers == [("misc", "not mine"), ("script", "not mine"), ("elf", "takes it")] * 2, str(answers))


def duration(ticks):
    """Ticks of 10 ns as the panels write them."""
    ns = ticks * 10
    for unit, size in (("s", 1e9), ("ms", 1e6), ("\u00b5s", 1e3)):
        if ns >= size:
            return f"{ns / size:.2f} {unit}"
    return f"{ns} ns"


STATES = {1: "new", 2: "ready", 3: "running", 5: "stopped", 6: "zombie", 7: "gone"}  # 4: what it sleeps for


def check_processes(panels, guest):
    tasks = sorted((task for task in guest.tasks() if task["pid"]), key=lambda task: task["pid"])
    rows = [panels["table"][i : i + 6] for i in range(0, 6 * len(tasks), 6)]
    for task, row in zip(tasks, rows):
        cells = dict(row)
        pages = guest.user_pages(task["root"]) if task["root"] else {}
        wanted = {"pid": str(task["pid"]), "parent": str(task["parent"]), "name": task["name"],
                  "cpu time": duration(task["cpu"]), "resident": f"{4 * len(pages)} KiB"}
        for name, value in wanted.items():
            check("table", f"{name} of {task['pid']}", cells.get(name) == value, f"{cells.get(name)}, not {value}")
        check("table", f"state of {task['pid']}", task["state"] == 4 or cells["state"] == STATES[task["state"]])
    shown_pids = sorted(int(value) for _, value in panels["processes"])
    check("processes", "all tasks", shown_pids == [task["pid"] for task in tasks], str(shown_pids))


def check_spaces(guest):
    roots = {task["pid"]: task["root"] for task in guest.tasks()}
    for field in details["spaces"]:
        if field["name"] != "page":
            continue
        found = guest.walk(roots[field["pid"]], field["at"])
        what = f"{field['value']} of {field['pid']}"
        if found is None:
            check("spaces", what + " has no frame", "no frame yet" in field["explain"], field["explain"])
            continue
        frame = found[0] >> 12
        references, _ = guest.frame_use(frame)
        check("spaces", what, field["explain"].startswith(f"frame {frame:#x}, {references} owner"), field["explain"])


def check_areas(panels, guest):
    """Their pages, told by the page tables: with a frame, and with one that only a copy may be written to."""
    pid = details["areas"][0]["pid"]
    entries = guest.user_pages(next(task["root"] for task in guest.tasks() if task["pid"] == pid))
    rows = [panels["areas"][i : i + 5] for i in range(0, len(panels["areas"]), 5)]
    shared = 0
    for (_, area), *counts in rows:
        start, end, mode = re.fullmatch("([0-9a-f]+)-([0-9a-f]+) (....)", area).groups()
        inside = [entry for page, entry in entries.items() if int(start, 16) <= page < int(end, 16)]
        waiting = sum(not entry & 2 for entry in inside) if mode[1] + mode[3] == "wp" else 0
        wanted = {"pages": int(end, 16) - int(start, 16) >> 12, "resident": len(inside), "swap": 0, "cow": waiting}
        check("areas", area, {name: number(value) for name, value in counts} == wanted, f"{counts} {wanted}")
        shared += waiting
    check("areas", "all pages are of an area", sum(number(row[2][1]) for row in rows) == len(entries), str(len(entries)))
    check("areas", "after a fork some wait for copy on write", shared > 0, str(rows))
    names = [name for (name, _), *_ in rows]
    check("areas", "the program's file", "text of sh" in names and "stack" in names, str(names))


def check_system_call(gui, kernel, program):
    """At the function that sees to a system call, and at the first instruction of the kernel: the way there, by the
    files of program and kernel, the saved frame (SDM vol. 3, figure 6-8) and, before there is one, RCX."""
    for place in ("sys_write", "syscall_entry"):
        keep = {}
        with tempfile.TemporaryDirectory() as folder:
            panels = shown(gui, "kernel/Interrupts", "--type", "cowdemo", "--until", f"{place} && process cowdemo",
                           "--evidence", os.path.join(folder, "now"), keep=keep)
            guest = Guest(os.path.join(folder, "now"))
        trap, cpu = dict(panels["trap"]), dict(panels["cpu"])
        told = {field["name"]: field["explain"] for field in keep["trap"]}
        cr3, top = number(cpu["cr3"]), number(trap["stack"])
        call = next(event for event in reversed(guest.events) if event["kind"] == "syscall")
        lstar = next(event["new"] for event in reversed(guest.events)
                     if event["kind"] == "msr" and event["index"] == 0xC0000082)
        check("trap", "LSTAR", number(trap["door"]) == lstar == kernel.symbols["syscall_entry"], trap["door"])
        saved = (guest.u64(top - 40, cr3), guest.u64(top - 32, cr3) & 3) if place == "sys_write" else (number(cpu["rcx"]), 3)
        back = re.search("(0x[0-9a-f]+) in ring ([0-3])", told["return"]).groups()
        check("trap", f"what {place} goes back to", (int(back[0], 16), int(back[1])) == saved, f"{back} {saved}")
        start = int(re.search("SYSCALL at (0x[0-9a-f]+)", told["called by"])[1], 16)
        check("trap", "a SYSCALL is there", program.at(start, 2) == b"\x0f\x05" and start + 2 == saved[0], hex(start))
        symbol, offset = trap["called by"].split("+")
        check("trap", "who called", program.symbols[symbol] + int(offset, 16) == start, trap["called by"])
        check("trap", "the entry", trap["entry"] == "syscall_entry", trap["entry"])
        function = trap["handler"].split(" ")[-1] if place == "sys_write" else place
        check("trap", f"at {place}", kernel.symbols[function] == number(cpu["rip"]), trap["handler"])
        if place == "sys_write":
            text = guest.read(call["a2"], min(call["a3"], 32), cr3).decode()
            quoted = f'write({call["a1"]}, "{text}"{"..." if call["a3"] > 32 else ""}, {call["a3"]})'
            check("trap", "its arguments", call["nr"] == 1 and trap["call"] == quoted.replace("\n", "\\n"), f"{trap['call']} {quoted}")
        else:
            check("trap", "nobody sees to it yet", trap["handler"] == "not under way", trap["handler"])


def check_legacy_doors(gui, kernel, program):
    """The same for INT 0x80, from the first instruction of the kernel on, and for SYSENTER."""
    for place in "trap_stubs+0x800", "call_i386", "call_i386 && [rdi+136] > 0xf0000000":
        keep, fast = {}, "rdi" in place  # its way back, in the saved frame, is in the kernel's piece of code
        with tempfile.TemporaryDirectory() as folder:
            panels = shown(gui, "kernel/Interrupts", "--type", "doors", "--until", place, "--evidence",
                           os.path.join(folder, "now"), keep=keep)
            guest = Guest(os.path.join(folder, "now"))
        trap, cr3 = dict(panels["trap"]), number(dict(panels["cpu"])["cr3"])
        told = {field["name"]: field["explain"] for field in keep["trap"]}
        door = kernel.symbols["sysenter_entry"] if fast else kernel.symbols["trap_stubs"] + 16 * 0x80
        check("trap", f"{place}: the door", number(trap["door"]) == door, trap["door"])
        check("trap", f"{place}: its kind", told["door"].startswith("the register SYSENTER_EIP" if fast else "IDT[0x80]"), told["door"])
        call = next(event for event in reversed(guest.events) if event["kind"] == "syscall")
        text = guest.read(call["a2"], call["a3"], cr3).decode().replace("\n", "\\n")
        check("trap", f"{place}: its arguments", call["nr"] & 0xFFFF == 4 and trap["call"] == f'write(1, "{text}", {call["a3"]})', trap["call"])
        saved = guest.u64(number(trap["stack"]) - 40, cr3)
        check("trap", f"{place}: goes back by IRETQ", told["return"].startswith(f"IRETQ to {saved:#x} in ring 3"), told["return"])
        start = int(re.search(r" at (0x[0-9a-f]+)", told["called by"])[1], 16)
        if fast:  # the kernel's piece of code ends in SYSENTER and an INT 0x80 for calls made again
            check("trap", "a SYSENTER is there", guest.read(start, 4, cr3) == b"\x0f\x34\xcd\x80" and start + 4 == saved, hex(start))
        else:
            check("trap", "an INT 0x80 is there", program.at(start, 2) == b"\xcd\x80" and start + 2 == saved, hex(start))


def check_frames(guest):
    owners = collections.defaultdict(set)
    for task in guest.tasks():
        for entry in (guest.user_pages(task["root"]) if task["root"] else {}).values():
            owners[(entry & 0x000FFFFFFFFFF000) >> 12].add(task["pid"])
    squares = [field for field in details["frames"] if field["name"] == "frame" and field["size"] == 4096]
    for field in squares:
        number_, explain = field["at"] >> 12, field["explain"]
        references, kind = guest.frame_use(number_)
        check("frames", field["value"], f" {kind} " in explain and f" {references} reference" in explain,
              f"{explain}, not {kind} {references}")
        named = {int(pid) for pid in re.findall(r"(?:by|and) (\d+) ", explain)}
        check("frames", f"owners of {field['value']}", named <= owners[number_] and len(named) == min(2, len(owners[number_])),
              f"{explain}, not {owners[number_]}")
    check("frames", "every frame in use is there", len(squares) > 300, str(len(squares)))


def check_stack(panels, guest, cr3, rip, kernel):
    for name, value in panels["stack"]:
        address = int(name[1:-1], 16)
        check("stack", name, guest.u64(address, cr3) == number(value), value)
    frames = [value.split()[0] for name, value in panels["backtrace"] if name.startswith("frame")]
    frame, wanted = number(dict(panels["cpu"])["rbp"]), [rip]
    while len(wanted) < len(frames) - 1 and guest.walk(cr3, frame):
        wanted.append(guest.u64(frame + 8, cr3))
        frame = guest.u64(frame, cr3)
    places = sorted((address, name) for name, address in kernel.symbols.items())
    for shown_name, address in zip(frames, wanted):
        mangled = max(place for place in places if place[0] <= address)[1]
        full = subprocess.run(["c++filt", mangled], capture_output=True, text=True).stdout
        check("backtrace", f"the function of {address:#x}", shown_name.split("::")[-1].split("(")[0] in full, f"{shown_name} {full}")


def check_disassembly(panels, kernel, kernel_path):
    rows = [field for field in panels["disassembly"] if field[0] in ("address", "bytes", "instruction")]
    for (_, address), (_, code), (_, text) in zip(rows[0::3], rows[1::3], rows[2::3]):
        start, code = number(address), bytes.fromhex(code.replace(" ", ""))
        check("disassembly", f"bytes at {address}", kernel.at(start, len(code)) == code, code.hex())
        listed = subprocess.run(["objdump", "-d", "-M", "intel", "--no-show-raw-insn", f"--start-address={start:#x}",
                                 f"--stop-address={start + len(code):#x}", kernel_path], capture_output=True, text=True).stdout
        mnemonic = listed.strip().splitlines()[-1].split(":")[1].split()[0]
        same = {"je": "jz", "jne": "jnz", "jae": "jnb", "ja": "jnbe", "jge": "jnl", "jg": "jnle", "movabs": "mov"}
        check("disassembly", f"the instruction at {address}", text.split()[0] in (mnemonic, same.get(mnemonic)), f"{text}, not {mnemonic}")
    branches = {number(target) for name, target in panels["disassembly"] if name == "leads to"}
    wanted = {int(match[1], 16) for _, _, (_, text) in zip(rows[0::3], rows[1::3], rows[2::3])
              if (match := re.match(r"(?:j\w+|call|loop\w*) (0x[0-9a-f]+)", text))}
    check("disassembly", "where jumps lead", branches == wanted, f"{branches} {wanted}")


def check_record(guest):
    for field in details["events"]:
        if field["kind"] == 4 and field["name"] != "when":
            event = guest.events[field["at"]]
            check("events", f"{field['name']} {field['at']}", event["kind"] == field["name"], event["kind"])
        elif field["kind"] == 4:
            check("events", f"time of {field['at']}", duration(guest.events[field["at"]]["time"]) == field["value"], field["value"])
    for field in details["calls"]:
        if field["kind"] != 4:
            continue
        event = guest.events[field["at"]]
        if field["name"] == "entered":
            check("calls", f"when {field['at']} was entered", field["value"] == duration(event["time"]), field["value"])
        check("calls", f"{field['name']} {field['at']}", event["kind"] == "syscall" and event["pid"] == field["pid"], str(event))
        back = next((later for later in guest.events[field["at"] + 1 :]
                     if later["kind"] == "return" and later["pid"] == field["pid"]), None)
        if (given := re.search(r" = (\d+)$", field["value"])) and back:
            check("calls", f"what {field['name']} {field['at']} gave", back["rax"] == int(given[1]), field["value"])


def check_time(guest):
    """Slivers of kernel time: from what called the kernel to the return to a program or the switch to another task."""
    entries = ("syscall", "exception", "interrupt")
    began, in_program, lengths = None, False, {}
    for index, event in enumerate(guest.events):
        if event["kind"] in ("return", "switch") and began is not None:
            lengths[began] = event["time"] - guest.events[began]["time"]
        if event["kind"] in ("return", "switch"):
            began = None
            in_program = event["kind"] == "return"
        elif event["kind"] in entries and began is None and in_program:
            began, in_program = index, False
    for panel in ("timeline", "schedule"):
        for field in details[panel]:
            if field["kind"] != 4 or "kernel" not in field["name"]:
                continue
            event, what = guest.events[field["at"]], f"{field['name']} {field['at']}"
            check(panel, what, event["kind"] in (*entries, "switch"), event["kind"])
            if event["kind"] == "switch":
                check(panel, what + ": to whom", event["next"] == field["pid"], str(event))
            elif field["at"] in lengths:
                length = duration(lengths[field["at"]])
                check(panel, what + ": how long", field["value"] == length, f"{field['value']}, not {length}")


def check_lives(panels, guest):
    execs = [(event["pid"], event["kind"]) for event in guest.events if event["kind"] == "exec"]
    exits = [event for event in guest.events if event["kind"] == "exit"]
    marks = collections.Counter(name for name, _ in panels["lives"])
    check("lives", "a mark for each exec", marks["exec"] == len(execs), f"{marks} {len(execs)}")
    check("lives", "a mark for each exit", marks["exit"] == len(exits), f"{marks} {len(exits)}")
    for field in details["lives"]:
        if field["kind"] == 4:
            check("lives", f"{field['name']} {field['at']}", guest.events[field["at"]]["kind"] == {"reaped": "reap"}.get(field["name"], field["name"]))


def check_tables_of_walk(guest):
    """Every entry drawn, neighbours too, is what lies in RAM."""
    for field in details["walk_figure"]:
        if re.search(r"entry \d+$", field["name"]):
            entry = struct.unpack_from("<Q", guest.ram, field["at"])[0]
            check("walk_figure", field["name"], number(field["value"]) == entry, f"{field['value']}, not {entry:#x}")
            check("walk_figure", field["name"] + " is where it says", field["at"] >> 3 & 511 == int(field["name"].split()[-1]))


def check_counters(panels, guest):
    kinds = collections.Counter(event["kind"] for event in guest.events)
    faults = sum(event["kind"] == "exception" and event["vector"] == 14 for event in guest.events)
    copies = sum(event["kind"] == "fault" and event["name"] == "cow-copied" for event in guest.events)
    wanted = {"system calls": kinds["syscall"], "page faults": faults, "COW copies": copies, "switches": kinds["switch"],
              "interrupts": kinds["interrupt"], "forks": kinds["fork"]}
    for name, value in panels["counters"]:
        check("counters", name, number(value) == wanted[name], f"{value}, not {wanted[name]}")


# What "reclaim" calls the kinds of frames of guest.py.
USES = {"kernel": "kernel image", "kernel heap": "kernel data", "kernel stacks": "kernel stack", "page tables": "page table",
        "programs": "process memory", "page cache": "file", "zero page": "the shared page of zeros", "free": "free"}


def check_uses(panels, guest):
    kinds = collections.Counter(guest.frame_use(number_)[1] for number_ in range(guest.frame_count))
    reclaim = dict(panels["reclaim"])
    for name, kind in USES.items():
        check("reclaim", name, reclaim[name] == f"{kinds[kind] * 4:,} KiB".replace(",", " "), f"{reclaim[name]}, not {kinds[kind] * 4}")
    title = next(field["value"] for field in details["frames"] if field["value"].startswith("RAM"))
    check("frames", "how much is free", f"{kinds['free'] / 256:.1f} MiB of" in title, title)


def check_files(panels, programs, program):
    for name, value in panels["file_tree"]:
        path = os.path.join(programs, os.path.basename(name))
        if name.startswith("/bin/") and os.path.isfile(path):
            check("file_tree", f"size of {name}", int(value) == os.path.getsize(path), value)
    shown_bytes = [field for field in details["elf"] if re.fullmatch("0x[0-9a-f]{2}", field["value"]) and field["size"] == 1 and field["name"] != "offset"]
    for field in shown_bytes:
        check("elf", f"byte {field['at']}", program.data[field["at"]] == int(field["value"], 16), field["value"])
    sections = {match[1]: (int(match[4], 16), int(match[5], 16)) for match in re.finditer(
        r"\] (\S+)\s+(?!NOBITS)(\S+)\s+([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)",
        subprocess.run(["readelf", "-S", "-W", program.path], capture_output=True, text=True).stdout)}
    found = {name: (int(match[2], 16), number(match[1])) for name, value in panels["elf"]
             if (match := re.fullmatch(r"section, ([\d ]+) bytes at ([0-9a-f]+)", value)) and name in sections}
    check("elf", "sections as readelf has them", found == {name: sections[name] for name in found} and len(found) > 4, f"{found} {sections}")


# Which named fields of a panel are compared above, and which are not, and why: a name in neither fails the test, so who
# adds a field says where its truth comes from. A panel that is not here has all of them compared.
COMPARED = {
    "bytes": r"\[.*\]", "calls": r"[a-z_0-9]+", "control": r"cr\d|efer|[cds]s|.*\..*", "cpu": r"r.*|cr\d|CPL|[A-Z]F",
    "disassembly": r"address|bytes|instruction|leads to|core/.*", 
    "gdt": r"selector .*|rsp0|ist1", "instruction": r"opcode|REX prefix|prefix|ModRM|SIB|displacement|immediate",
    "limits": r"policy|nice|weight|cpu|stack|got the CPU", "page_cache": r"/.*", "reclaim": "|".join(USES), "run_queue": r"policy|another policy|slice|\d+ .*",
    "registers": r".*\..*|cr\d|rflags|efer|[lc]?star|sfmask|sysenter.*|pat|[cd]s|ss", "walk": r".*at physical.*|frame|leads to|address|r[is]p|cr2",
}
ELSEWHERE = {
    "bytes": {"address|text": "follow from the bytes beside them", "show(n)? as": "a choice, no value"},
    "control": {"[fg]s base": "moves with SWAPGS and switches: tests/cosim"},
    "disassembly": {"line": "the number in the name of the line's text"},
    "instruction": {"instruction": "as in the listing, which is compared with objdump's"},
    "limits": {"vruntime|waited|gave it up|lost it|m..or faults": "sums that the kernel keeps: tests/programs, getrusage(2)",
               "file size|data|core|resident|processes|open files|locked|address space|file locks|signals|messages|real.time.*":
                   "tests/programs, getrlimit(2) as on Linux"},
    "reclaim": {"clock hand|low mark|looked at|dropped|swapped out|swap used|cached|killed": "nothing is reclaimed here: samples/scenes/swap.scene"},
    "registers": {r"(xmm|st|dr)\d+|mxcsr|x87 .w": "neither in RAM nor in the record: tests/cosim, the host's processor",
                  "cr8|tsc.*|apic base|mtrr def|misc enable|kernel gs|[fg]s base|[efg]s|tr|.?dtr|idtr|ldtr": "not in RAM either: tests/cosim, tests/unit"},
    "run_queue": {"half|twice": "what a click asks for"},
    "events": {"list": "a choice, no value"},
}


def check_completeness(panels):
    for panel, fields in panels.items():
        known = [COMPARED.get(panel, ".*"), *ELSEWHERE.get(panel, {})]
        for name in sorted({name for name, _ in fields}):
            check(panel, f"where the truth of {name!r} comes from", any(re.fullmatch(each, name) for each in known), of=worded)


def check_gdt_and_limits(panels, guest, cr3):
    gdt, limits = dict(panels["gdt"]), dict(panels["limits"])
    low = number(gdt["selector 0x40"])
    tss = low >> 16 & 0xFFFFFF | low >> 56 << 24 | 0xFFFFFFFF << 32  # SDM vol. 3, figure 7-4; the kernel's half
    for name, offset in {"rsp0": 4, "ist1": 36}.items():  # figure 7-11
        check("gdt", name, number(gdt[name]) == guest.u64(tss + offset, cr3), gdt[name])
    pid = details["limits"][0]["pid"] or details["areas"][0]["pid"]
    times = sum(event["kind"] == "switch" and event["next"] == pid for event in guest.events)
    check("limits", "got the CPU", number(limits.get("got the CPU", str(times))) == times, f"{limits} {times}")


def check_source(panels):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for name, value in panels["disassembly"]:
        if match := re.fullmatch(r"(core/\S+):(\d+)", name):
            with open(os.path.join(root, match[1])) as file:
                line = file.read().splitlines()[int(match[2]) - 1]
            check("disassembly", name, line.strip() == value.strip(), f"{value}, not {line}")


def check_tlb(gui):
    """At a moment that time has run to: what the TLB remembers is what the tables say."""
    with tempfile.TemporaryDirectory() as folder:
        panels = shown(gui, "memory/TLB", "--type", "cowdemo", "--evidence", os.path.join(folder, "now"))
        guest = Guest(os.path.join(folder, "now"))
    cr3 = number(dict(panels["cpu"])["cr3"])
    pages = [number(value) for name, value in panels["tlb"] if name == "page"]
    frames = [number(value) for name, value in panels["tlb"] if name == "frame"]
    for page, frame in zip(pages, frames):
        found = guest.walk(cr3, page)
        check("tlb", hex(page), found is not None and found[0] >> 12 == frame, f"{frame:#x}, not {found}")
    check("tlb", "it remembers something", len(pages) > 4, str(len(pages)))


def check_msrs(panels, guest):
    """What was written to model-specific registers last is what they show."""
    values = dict(panels["registers"])
    written = {event["index"]: event["new"] for event in guest.events if event["kind"] == "msr"}
    for index, value in written.items():
        if index in MSRS and index not in (0xC0000100, 0xC0000102):  # the bases move with SWAPGS and switches
            ends = 1 << 10 if index == 0xC0000080 else 0  # EFER.LMA is the processor's
            check("registers", f"MSR {index:x}", number(values[MSRS[index]]) & ~ends == value & ~ends, values[MSRS[index]])
    check("registers", "the kernel set some", len(written) > 3, str(written))


def main():
    gui, kernel_path, programs = sys.argv[1:]
    if not shutil.which("xvfb-run"):
        print("skipped: xvfb-run is not installed")
        sys.exit(77)
    kernel, shell = Elf(kernel_path), Elf(os.path.join(programs, "sh"))
    moment = ["--type", "cowdemo", "--until", "event cow"]
    views = subprocess.run([gui, "--list-views"], capture_output=True, text=True, check=True).stdout.split()
    panels = {}
    with tempfile.TemporaryDirectory() as folder:
        evidence = os.path.join(folder, "evidence")
        for view in views:
            panels.update(shown(gui, view, *moment, *(["--evidence", evidence] if view == views[0] else []), keep=details))
        guest = Guest(evidence)
    values = check_registers(panels)
    cpu = dict(panels["cpu"])
    rip, cr3 = number(cpu["rip"]), number(cpu["cr3"])
    check_cpu(panels, values, kernel)
    check_bits("control", panels["control"], values)
    control, registers = dict(panels["control"]), dict(panels["registers"])
    for name in ("cs", "ss", "ds"):
        check("control", name, int(control[name], 16) == int(registers[name].split()[0], 16), control[name])
    check_tables(panels, kernel)
    check_walk(panels, cr3, rip)
    check_walk_figure(panels, rip)
    check_bytes(panels, kernel)
    check_map(panels, "memory_map", shell)
    check_map(panels, "areas", shell)
    check_areas(panels, guest)
    check_elf(panels, shell)
    check_assembler(gui)
    check_kernel(panels)
    check_details(panels)
    check_reclaim(panels)
    check_execs(panels)
    check_msrs(panels, guest)
    check_processes(panels, guest)
    check_spaces(guest)
    check_frames(guest)
    check_stack(panels, guest, cr3, rip, kernel)
    check_disassembly(panels, kernel, kernel_path)
    check_record(guest)
    check_time(guest)
    check_tables_of_walk(guest)
    check_counters(panels, guest)
    check_uses(panels, guest)
    check_files(panels, programs, shell)
    check_gdt_and_limits(panels, guest, cr3)
    check_source(panels)
    check_completeness(panels)
    check_lives(panels, guest)
    check_tlb(gui)
    check_system_call(gui, kernel, Elf(os.path.join(programs, "cowdemo")))
    check_legacy_doors(gui, kernel, Elf(os.path.join(programs, "doors")))
    trap = dict(panels["trap"])
    check("trap", "a page fault's gate", number(trap["gate"]) == kernel.symbols["trap_stubs"] + 16 * 14, trap["gate"])
    check("trap", "it wrote to a page that was there", trap["cause"].endswith("error code 0x7"), trap["cause"])
    check("counters", "are numbers", all(value.isdigit() for _, value in panels["counters"]))
    check("run_queue", "the policy of the command line's default", ("policy", "rr") in panels["run_queue"])
    check("run_queue", "its number", ("slice", "10.00 ms") in panels["run_queue"], str(panels["run_queue"]))
    others = sorted(value for name, value in panels["run_queue"] if name == "another policy")
    check("run_queue", "the others to choose from", others == ["coop", "eevdf", "fair", "latency"], str(others))
    archive = {name for name in os.listdir(programs)}
    files = [name for name, _ in panels["file_tree"] if name.startswith("/bin/")]
    check("file_tree", "programs", files != [] and all(os.path.basename(name) in archive for name in files), str(files))
    for panel in panels:
        check(panel, "is known to this test", checked[panel] > 0)
    print(f"{sum(checked.values())} checks of values in {len(checked)} panels, {sum(worded.values())} of their words, "
          f"{failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
