#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes Zydis' decoder tree so that it compresses to a third: a node tells how far its number is from the one
after the last of its kind (mostly 0), and the program adds them up when it starts (in well under a millisecond).
The trees of AVX-512 and Knights Corner are left out.

usage: arrange-zydis.py Generated/DecoderTables.inc OUTPUT
"""
import re
import sys

RESTORE = """
static const struct { ZydisDecoderTreeNode* nodes; ZyanU16 count; } lucid_tables[] = { %s };

__attribute__((constructor)) static void lucid_restore_tree(void)
{
    ZyanU16 next[256] = { 0 };  // by kind of node
    for (unsigned table = 0; table < sizeof lucid_tables / sizeof lucid_tables[0]; ++table)
    {
        for (unsigned i = 0; i < lucid_tables[table].count; ++i)
        {
            ZydisDecoderTreeNode* const node = &lucid_tables[table].nodes[i];
            if (node->type == ZYDIS_NODETYPE_INVALID) continue;
            node->value += next[node->type];
            next[node->type] = node->value + 1;
        }
    }
}
"""


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    with open(arguments[0], encoding="ascii") as file:
        text = file.read()
    text = re.sub(r"#ifndef ZYDIS_DISABLE_(AVX512|KNC)\n.*?#endif\n", "", text, flags=re.S)
    following = {}

    def arranged(match):
        macro, kind, number = match.group(1), match.group(2), int(match.group(3), 0)
        gap = (number - following.get((macro, kind), 0)) & 0xffff
        following[macro, kind] = number + 1
        return f"{macro}({kind}, {gap})"

    text = re.sub(r"(ZYDIS_FILTER|ZYDIS_DEFINITION)\((\w+), (\w+)\)", arranged, text)
    tables = re.findall(r"^const ZydisDecoderTreeNode (\w+)", text, flags=re.M)
    if not tables or "#" in text:
        sys.exit(f"arrange-zydis: {arguments[0]} is not as in Zydis 4.0")
    text = re.sub(r"^const ZydisDecoderTreeNode", "static ZydisDecoderTreeNode", text, flags=re.M)
    listed = ", ".join(f"{{ {name}[0], sizeof {name} / sizeof {name}[0][0] }}" for name in tables)
    with open(arguments[1], "w", encoding="ascii") as file:
        file.write(text + RESTORE % listed)


main(sys.argv[1:])
