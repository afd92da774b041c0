#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The words of the scenes: two sentences a caption, three minutes a scene, no word that a dictionary does not know.
usage: captions.py ROOT

Words that hunspell does not know and that are right stand in words.txt. Without hunspell spelling is not checked (77)."""
import collections
import pathlib
import re
import shutil
import subprocess
import sys

WORDS_A_MINUTE, MINUTES = 200, 3
MOST_WORDS = {"caption": 50, "note": 60, "question": 30, "choice": 12, "title": 8, "summary": 16}
MOST_SENTENCES = {"caption": 2, "note": 3, "question": 2, "choice": 1, "title": 1, "summary": 1}

root = pathlib.Path(sys.argv[1])
texts = {}
for line in (root / "samples/scenes/strings/en.txt").read_text(encoding="utf-8").splitlines():
    if line.strip() and not line.startswith("#"):
        key, text = line.split(" = ", 1)
        texts[key] = text
wrong = 0


def complain(key, what):
    global wrong
    print(f"FAILED {key}: {what}")
    wrong += 1


def kind_of(key):
    for kind in ("note", "question", "choice", "title", "summary"):
        if f".{kind}" in key:
            return kind
    return "caption"


def sentences(text):
    text = re.sub(r"\.(so|note|c|cpp|init)\b|\d\.\d|\.\.\.", " ", text)
    return len(re.findall(r"[.?](?=[\s\"]|$)", text)) or 1


reading = collections.Counter()
for key, text in texts.items():
    if key.startswith("chapter."):
        continue
    kind, words = kind_of(key), len(text.split())
    reading[key.split(".")[0]] += words
    if words > MOST_WORDS[kind]:
        complain(key, f"{words} words; {MOST_WORDS[kind]} at most")
    if sentences(text) > MOST_SENTENCES[kind]:
        complain(key, f"{sentences(text)} sentences; {MOST_SENTENCES[kind]} at most")
    if "!" in re.sub(r'#!|"[^"]*"', "", text):
        complain(key, "no exclamation marks")
    if kind in ("caption", "note") and not re.search(r"[.?]\"?$", text):
        complain(key, "ends without a full stop")
    if "  " in text:
        complain(key, "two blanks in a row")
for scene, words in reading.items():
    if words > WORDS_A_MINUTE * MINUTES:
        complain(scene, f"{words} words take longer than {MINUTES} minutes to read")
longest, most = reading.most_common(1)[0]
print(f"{len(texts)} texts; the longest scene is {longest}, {most / WORDS_A_MINUTE:.1f} minutes")

if not shutil.which("hunspell"):
    print("SKIPPED: spelling; hunspell is not installed (Debian: hunspell, hunspell-en-us)")
    sys.exit(1 if wrong else 77)
known = set((root / "tests/scenes/words.txt").read_text(encoding="utf-8").split())
found = collections.defaultdict(list)
for key, text in texts.items():
    for word in re.findall(r"[A-Za-z_][A-Za-z_']*[A-Za-z_]", re.sub(r"\S*[/0-9]\S*", " ", text)):
        found[word.removesuffix("'s")].append(key)
unknown = subprocess.run(["hunspell", "-d", "en_US", "-l"], input="\n".join(found), capture_output=True, text=True,
                         check=True).stdout.split()
for word in sorted(set(unknown) - known):
    complain(", ".join(found.get(word, ["?"])[:3]), f"is \"{word}\" a word? If so, it belongs into words.txt")
for word in sorted(known - {part for word in found for part in word.split("_")}):
    complain("words.txt", f"\"{word}\" is used nowhere")
sys.exit(wrong != 0)
