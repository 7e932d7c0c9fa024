"""Writes UnicodeNormalization.txt: what the reference implementation (Hugging Face tokenizers) knows of Unicode normalization.

usage: python3 UnicodeNormalization.py > UnicodeNormalization.txt        (needs the Python package tokenizers)
"""
import unicodedata

import tokenizers
from tokenizers.normalizers import NFC, NFD, NFKD, StripAccents

nfc, nfd, nfkd, strip = (normalizer.normalize_str for normalizer in (NFC(), NFD(), NFKD(), StripAccents()))
CODES = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000 and not 0xAC00 <= code < 0xD7A4]
canonical = {code: nfd(chr(code)) for code in CODES if nfd(chr(code)) != chr(code)}
compatible = {code: nfkd(chr(code)) for code in CODES if nfkd(chr(code)) != nfd(chr(code))}
composed = {code: value for code, value in canonical.items() if nfc(value) == chr(code)}
excluded = {code: value for code, value in canonical.items() if code not in composed}
accents = {code for code in CODES if strip(chr(code)) == ""}


def write_class(name, codes):
    first = previous = None
    for code in [*sorted(codes), None]:
        if first is not None and code != previous + 1:
            print(f"{name} {first:04X}-{previous:04X}")
            first = None
        first, previous = (code if first is None else first), code


def write_map(name, mapping):
    """Runs of single code points at one distance are one line."""
    codes, i = sorted(mapping), 0
    while i < len(codes):
        first, value, j = codes[i], mapping[codes[i]], i
        while (j + 1 < len(codes) and codes[j + 1] == codes[j] + 1 and len(value) == len(mapping[codes[j + 1]]) == 1
               and ord(mapping[codes[j + 1]]) - codes[j + 1] == ord(value) - first):
            j += 1
        if j > i:
            distance = ord(value) - first
            print(f"{name} {first:04X}-{codes[j]:04X} {'+' if distance >= 0 else '-'}{abs(distance):X}")
        else:
            print(f"{name} {first:04X}-{first:04X} {' '.join(f'{ord(character):04X}' for character in value)}")
        i = j + 1


def known_class(code):
    """The combining class, if the reference is seen to reorder by it."""
    combining, character = unicodedata.combining(chr(code)), chr(code)
    probes = [probe for probe in "\u0334\u0327\u0301\u0345" if unicodedata.combining(probe) != combining]
    return combining if combining and any(nfd("a" + pair) == "a" + pair[::-1] for probe in probes for pair in (probe + character, character + probe)) else 0


print(f"# What Hugging Face tokenizers {tokenizers.__version__} knows of Unicode normalization; written by UnicodeNormalization.py. Hangul syllables are computed.")
write_map("composed", composed)
write_map("excluded", excluded)
write_map("compatible", compatible)
write_class("accent", accents)
classes = {code: known_class(code) for code in CODES if code not in canonical}
for value in sorted(set(classes.values()) - {0}):
    write_class(f"class:{value:X}", {code for code, one in classes.items() if one == value})
