#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes an ELF64 file as it ships: what is loaded stays byte for byte where it was, and of the rest only the
symbols that name a place are kept, in order of their addresses (local ones first, as the gABI wants), one for
each address, C++ names without their parameters. So files are small and their symbols compress well.

usage: tidy-symbols.py INPUT OUTPUT

Sources: System V gABI ch. 4; Itanium C++ ABI 5.1 for the names.
"""
import os
import struct
import sys

HEADER, SECTION, SYMBOL = struct.Struct("<16sHHIQQQIHHHHHH"), struct.Struct("<IIQQQQIIQQ"), struct.Struct("<IBBHQQ")
SHT_SYMTAB, SHT_STRTAB, SHT_NOBITS, SHF_ALLOC = 2, 3, 8, 2
NO_TYPE, OBJECT, FUNCTION = 0, 1, 2
RESERVED = 0xff00  # section numbers from here on are absolute, common …


def text_at(strings, offset):
    return strings[offset:strings.index(b"\0", offset)]


def without_parameters(name):
    """_ZN…E without what follows; names with templates or lambdas in them stay as they are."""
    at = 3
    if not name.startswith(b"_ZN"):
        return name
    while at < len(name):
        if name[at:at + 1].isdigit():
            end = at
            while name[end:end + 1].isdigit():
                end += 1
            at = end + int(name[at:end])
        elif name[at:at + 1] == b"E":
            return name[:at + 1]
        elif name[at:at + 1] in b"CD":
            at += 2  # a constructor or destructor: its kind is a digit
        elif name[at:at + 1] in b"IJFNXZ" or name[at:at + 2] == b"Ul":
            return name
        else:
            at += 1
    return name


def kept_symbols(table, strings):
    """(entry, name) of those that name a place: the one of each address that a person would call it by."""
    best = {}
    for entry in SYMBOL.iter_unpack(table):
        name, info, _, section, value, _ = entry
        name = text_at(strings, name)
        kind, is_global = info & 15, info >> 4 != 0
        if section == 0 or section >= RESERVED or kind not in (NO_TYPE, OBJECT, FUNCTION) or not name or name.startswith(b".L"):
            continue
        rank = (kind == FUNCTION, is_global)
        if value not in best or rank > best[value][0]:
            best[value] = (rank, entry, without_parameters(name))
    in_order = [best[value][1:] for value in sorted(best)]
    return [s for s in in_order if s[0][1] >> 4 == 0], [s for s in in_order if s[0][1] >> 4 != 0]


def tidy(file):
    header = list(HEADER.unpack_from(file))
    sections = [list(SECTION.unpack_from(file, header[6] + i * header[11])) for i in range(header[12])]
    contents = [b"" if s[1] == SHT_NOBITS else file[s[4]:s[4] + s[5]] for s in sections]
    names = [text_at(contents[header[13]], s[0]) for s in sections]
    symbols = next(i for i, s in enumerate(sections) if s[1] == SHT_SYMTAB)
    loaded = [i for i, s in enumerate(sections) if s[2] & SHF_ALLOC]
    assert loaded == list(range(1, len(loaded) + 1)), "sections that are loaded come first"

    local, others = kept_symbols(contents[symbols], contents[sections[symbols][6]])
    strings, table = b"\0", SYMBOL.pack(0, 0, 0, 0, 0, 0)
    for (_, *rest), name in local + others:
        table += SYMBOL.pack(len(strings), *rest)
        strings += name + b"\0"

    end = max(sections[i][4] + len(contents[i]) for i in loaded)
    kept = [(names[i], sections[i], None) for i in [0] + loaded]
    count = len(kept)
    kept.append((b".symtab", [0, SHT_SYMTAB, 0, 0, 0, 0, count + 1, 1 + len(local), 8, SYMBOL.size], table))
    kept.append((b".strtab", [0, SHT_STRTAB, 0, 0, 0, 0, 0, 0, 1, 0], strings))
    kept.append((b".shstrtab", [0, SHT_STRTAB, 0, 0, 0, 0, 0, 0, 1, 0], b"\0".join(name for name, _, _ in kept) + b"\0.shstrtab\0"))
    all_names, result, place, table = kept[-1][2], file[:end], 0, b""
    for name, section, content in kept:
        section[0] = place
        place += len(name) + 1
        if content is not None:
            result += b"\0" * (-len(result) % section[8])
            section[4:6] = len(result), len(content)
            result += content
        table += SECTION.pack(*section)
    assert all_names.count(b"\0") == len(kept)
    result += b"\0" * (-len(result) % 8)
    header[6], header[12], header[13] = len(result), len(kept), len(kept) - 1
    return HEADER.pack(*header) + result[HEADER.size:] + table


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    source, output = arguments
    with open(source, "rb") as file:
        result = tidy(file.read())
    with open(output, "wb") as file:
        file.write(result)
    os.chmod(output, 0o755)


main(sys.argv[1:])
