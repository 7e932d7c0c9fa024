"""Writes HardLines.json: hard text with the token ids of the reference implementation (Hugging Face tokenizers).

usage: python3 HardLines.py > HardLines.json        (needs the Python package tokenizers)
"""
import json

import tokenizers
from tokenizers import AddedToken, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import BertProcessing

LINES = [
    "", " ", "\t\r\n", "The quick brown fox.", "It's $5 + 10% <= £7 & 3€ ^ `x` | ~y = z",
    "don't stop-believing... (really?!) [sic] {x}", "e-mail: a.b@c-d.org #hash_tag 50°C ±3 ½ №7 § ¶ © ® ™",
    "naïve café résumé Ångström façade Zoë", "nai\u0308ve cafe\u0301 re\u0301sume\u0301", "ÀÉÎÕÜ àéîõü Çç Ññ Øø Łł Đđ Þþ ẞß",
    "İstanbul ISTANBUL ıstanbul Iğdır", "ΑΣ Σίσυφος ΟΔΥΣΣΕΥΣ ὈΔΥΣΣΕΎΣ ᾳ ᾼ ΐ", "Приве́т, МИР! Ёлка йод Їжак", "Ґанок Ўсё Љубав Ђорђе",
    "Ӑӑ Ѐ Ѝ Ӣ", "你好，世界。", "日本語のテキスト、カタカナ。がぎぐ ガギグ ｶﾞ", "한국어 문장입니다. 값", "각 \u1100\u1161\u11a8",
    "abc中文def", "𠀀𪜀𫝀𫠠 豈 更 \U0002F800", "شُكْرًا جزيلا ٣٤ ؟ ، ــ", "שָׁלוֹם עֲלֵיכֶם", "नमस्ते दुनिया क़ ड़ हिन्दी।",
    "বাংলা ড় য়", "ਪੰਜਾਬੀ ਸ਼", "தமிழ் ௌ", "ಕನ್ನಡ ೀ", "മലയാളം ൊ", "සිංහල ේ", "ภาษาไทย ก้ำ", "ລາວ ໄດ້", "བོད་ཡིག།", "မြန်မာ ဦ", "ភាសាខ្មែរ",
    "ქართული ᲥᲐ Ⴀⴀ", "Հայերեն ԱԲ։ և", "አማርኛ፡ ሰላም።", "ᏣᎳᎩ ꮳ", "ᬅᬆ ᭄ ᬓ᭄ᬱ", "Tiếng Việt Ộ ộ Ợ",
    "😀 smile 👩‍👩‍👧 🇩🇪 👍🏽 ☃️ ❤", "𝐛𝐨𝐥𝐝 𝔘𝔫𝔦 𐐀𐐨 𞤀𞤢", "ﬁ ﬂ ① Ⅷ ⅷ Ⓐ ⓐ Ａ ａ ！ ？", "x² H₂O ½ ∑∫√ ≠ ≮ ≰ → ⇍ × ÷ ∞", "Å K Ω ℃ ℔", "`´ ¨ \u1fef \u037e \u0387 \u1fed",
    "a\u00a0b\u2003c\u3000d\u2028e\u2029f\u1680g\u0085h\u000bi\u000cj", "a\u0000b\u0007c\u007fd\u00ade\u200bf\ufeffg\ufffdh\u2060i", "a\u200db a\u200cb a\u202eb\u061cc \u180e",
    "\ue000private\uf8ff \U000f0000", "a\u0378b \u0870 \u1ac1 \u2e53 \U0001f979 \ua7c0\ua7c1", "\u302e\u1b44\u0301 a\u302e\u1b44b \U0001d165\U0001d16d\u302e \U0001d15e", "a\u0315\u0300\u05ae\u0301\u0062", "\u0488a\u0489 \u20dd",
    "x" * 100, "x" * 101, "é" * 100, "e\u0301" * 60, "\U0001f600" * 100, "\U0001f600" * 101, "ab-" * 80,
    "[CLS] hello [SEP] world", "[MASK] is [mask] [UNK][PAD]x[SEP]", "a[MASK]b [ MASK ] [MASK", "[[SEP]] [CLSx] [CLS][CLS]",
    "snake_case camelCase UPPER /path/to.file?x=1&y=2", "«guillemets» „quotes“ ‘single’ – — … ‽ ‰ · • ⁂", "\u0e3f\u20b9\u20ac\u00a5\u00a2 \u20bf", "\u0149 \u01f0 \u1e96 \u0344 \u0374",
]
WORDS = "the quick brown fox it ' s hello world stop ##ping is ##e ##r caf nai resume stra ##ss ##e [ ]".split()
SETTINGS = [
    dict(lowercase=True, strip_accents=True, handle_chinese_chars=True),
    dict(lowercase=False, strip_accents=False, handle_chinese_chars=True),
    dict(lowercase=True, strip_accents=False, handle_chinese_chars=False),
    dict(lowercase=False, strip_accents=True, handle_chinese_chars=True),
]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

# Each character that the normalized lines have is a token, at the start of a word and inside, so that no difference hides in [UNK].
characters = set()
for settings in SETTINGS:
    for line in LINES:
        characters |= set(BertNormalizer(clean_text=True, **settings).normalize_str(line))
characters = sorted(characters - set(" \n\r\t"))
vocabulary = list(dict.fromkeys(SPECIAL + WORDS + characters + ["##" + character for character in characters]))
cases = []
for settings in SETTINGS:
    tokenizer = Tokenizer(WordPiece({token: id for id, token in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(clean_text=True, **settings)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL])
    cases.append(dict(settings, ids=[tokenizer.encode(line).ids for line in LINES]))

print("{")
print(f'"madeBy": "Hugging Face tokenizers {tokenizers.__version__}, by HardLines.py",')
print(f'"vocabulary": {json.dumps(vocabulary)},')
print(f'"lines": {json.dumps(LINES)},')
print('"cases": [')
print(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
print("]\n}")
