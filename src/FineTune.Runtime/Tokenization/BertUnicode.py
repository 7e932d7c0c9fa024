"""Writes BertUnicode.txt: what the reference implementation (Hugging Face tokenizers) does with each code point.

usage: python3 BertUnicode.py > BertUnicode.txt        (needs the Python package tokenizers)
"""
import unicodedata

import tokenizers
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

OFF = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
clean, chinese, strip, lower = (
    BertNormalizer(**{**OFF, name: True}) for name in ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase"))
words = BertPreTokenizer()

removed, space, ideograph, punctuation, mark = set(), set(), set(), set(), set()
lowered, decomposed = {}, {}
HANGUL = range(0xAC00, 0xD7A4)
for code in list(range(0xD800)) + list(range(0xE000, 0x110000)):
    character = chr(code)
    cleaned = clean.normalize_str("a" + character + "b")
    if cleaned == "ab":
        removed.add(code)
        continue
    if cleaned == "a b":
        space.add(code)
        continue
    assert cleaned == "a" + character + "b", hex(code)
    if chinese.normalize_str(character) != character:
        assert chinese.normalize_str(character) == " " + character + " "
        ideograph.add(code)
    stripped = strip.normalize_str("a" + character)[1:]
    if stripped == "":
        mark.add(code)
    elif stripped != character and code not in HANGUL:
        decomposed[code] = stripped
    small = lower.normalize_str(character)
    if small != character:
        lowered[code] = small
    pieces = [piece for piece, _ in words.pre_tokenize_str("a" + character + "b")]
    if pieces == ["a", character, "b"]:
        punctuation.add(code)
    else:
        assert pieces == ["a" + character + "b"], (hex(code), pieces)


def ranges(codes):
    start = previous = None
    for code in sorted(codes):
        if previous is not None and code == previous + 1:
            previous = code
            continue
        if start is not None:
            yield start, previous
        start = previous = code
    if start is not None:
        yield start, previous


def write_class(name, codes):
    for first, last in ranges(codes):
        print(f"{name} {first:04X}-{last:04X}")


def write_map(name, mapping):
    """Runs of one value, then runs of one distance; a value of several code points stands alone."""
    codes, i = sorted(mapping), 0
    while i < len(codes):
        j, first, value = i, codes[i], mapping[codes[i]]
        while j + 1 < len(codes) and codes[j + 1] == codes[j] + 1 and mapping[codes[j + 1]] == value:
            j += 1
        if j == i and len(value) == 1:
            distance = ord(value) - first
            k = i
            for step in (1, 2):
                k = i
                while (k + 1 < len(codes) and codes[k + 1] == codes[k] + step and len(mapping[codes[k + 1]]) == 1
                       and ord(mapping[codes[k + 1]]) - codes[k + 1] == distance):
                    k += 1
                if k > i:
                    break
            if k > i:
                print(f"{name} {first:04X}-{codes[k]:04X}/{step} {'+' if distance >= 0 else '-'}{abs(distance):X}")
                i = k + 1
                continue
        print(f"{name} {first:04X}-{codes[j]:04X} {' '.join(f'{ord(c):04X}' for c in value)}")
        i = j + 1


print(f"# What Hugging Face tokenizers {tokenizers.__version__} does with each code point in BertNormalizer and BertPreTokenizer; written by BertUnicode.py.")
write_class("removed", removed)
write_class("space", space)
write_class("ideograph", ideograph)
write_class("mark", mark)
write_class("barrier", (code for code in mark if not unicodedata.combining(chr(code))))
write_class("punctuation", punctuation)
write_map("lower", lowered)
write_map("strip", decomposed)

# Combining characters that are kept (spacing ones, and those that are newer than the reference's table of categories) are still put
# into canonical order by the reference. A class counts only where the reference is seen to reorder.
PROBES = "\u1B44\U00016FF0\u302E"
for code in range(0x110000):
    character = chr(code)
    if 0xD800 <= code < 0xE000 or not unicodedata.combining(character) or code in mark or code in decomposed or code in removed:
        continue
    if any(strip.normalize_str("a" + pair) == "a" + pair[::-1] for probe in PROBES for pair in (character + probe, probe + character) if probe != character):
        print(f"order {code:04X}-{code:04X} {unicodedata.combining(character):X}")
