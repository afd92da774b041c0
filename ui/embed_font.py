#!/usr/bin/env python3
"""Subsets a font to the characters the panels use and writes it as a C array.

usage: embed_font.py NAME text|terminal FONT OUTPUT.c

Every character costs some 50 bytes of download in each font. A text font has ASCII and the signs
below; what else the page's DOM text needs comes from the reader's system. The terminal's font has
what programs print: Latin-1, single and double frames, blocks.
"""
import io
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

ASCII = [chr(c) for c in range(0x20, 0x7F)]
SIGNS = "\u00a0\u2009°±²³µ·×–—‘’“”•…←↑→↓−≈≠≤≥▲▶▼◀●○◐"
LATIN_1 = [chr(c) for c in range(0xA0, 0x100)]
FRAMES = "─│┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬▀▄█▌▐░▒▓"
CHARACTERS = {"text": [*ASCII, *SIGNS], "terminal": [*ASCII, *SIGNS, *LATIN_1, *FRAMES]}
UNUSED_TABLES = ["DSIG", "GDEF", "GPOS", "GSUB", "STAT", "gasp"]


def main():
    name, kind, path, output = sys.argv[1:]
    font = TTFont(path)
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.glyph_names = False
    options.drop_tables += UNUSED_TABLES
    options.desubroutinize = True
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(CHARACTERS[kind]))
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
