#!/usr/bin/env python3
"""Subsets a font to the characters the panels use and writes it as a C array.

usage: embed_font.py NAME FONT OUTPUT.c
"""
import io
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

RANGES = [(0x20, 0x7E), (0xA0, 0xFF), (0x2009, 0x2027), (0x2190, 0x2193), (0x2200, 0x22FF), (0x2500, 0x25FF)]


def main():
    name, path, output = sys.argv[1:]
    font = TTFont(path)
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for first, last in RANGES for c in range(first, last + 1)])
    subsetter.subset(font)
    buffer = io.BytesIO()
    font.save(buffer)
    data = buffer.getvalue()
    with open(output, "w") as file:
        file.write(f"const unsigned char lucid_font_{name}[] = {{\n")
        for i in range(0, len(data), 24):
            file.write(",".join(str(b) for b in data[i : i + 24]) + ",\n")
        file.write(f"}};\nconst unsigned int lucid_font_{name}_size = {len(data)};\n")


if __name__ == "__main__":
    main()
