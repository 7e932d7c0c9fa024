"""Makes a tokenizer.json for each kind of part that the tokenizers library has, and the ids and offsets that it gives for hard lines.

usage: python3 make.py [lines.jsonl]        in this folder; with a file of {"text": …} lines, the tokens of those are written to <name>.lines.jsonl instead
"""
import collections
import json
import math
import sys

from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

HARD = json.load(open("../../HardLines.json"))["lines"]
CORPUS = HARD + ["The parcel arrived broken, twice.", "It's late: where is my order?", "I'd like my money back, please; they'll know.", "Größe 42 passt nicht."] * 6
MORE = ["they'LL  know 1234567 ¹²³ Ⅷ", "e\u0301 \u1e69 s\u0323\u0307 \u0344 q\u0307\u0323 각 \u1100\u1161\u11a8 ﷺ ㎏", "  two  blanks  ", "<mask> a <mask>  b [NEW]new renewed NEW \tTAB<s>x</s>", "snake_case ▁marked▁ text\n\nnew\r\n line  ", "ﬁne Ａ！ cafe\u0301 \u2126 µ\u00a0x"]
LINES = [line for line in HARD if len(line) < 60][::2] + MORE
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, normalized=False, special=True)]


def bpe(tokenizer, size=420, alphabet=(), **options):
    tokenizer.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=size, special_tokens=SPECIAL, initial_alphabet=list(alphabet), show_progress=False, **options))


def character_map(file):
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(open(file, "rb").read())
    return model.normalizer_spec.precompiled_charsmap


def make():
    """Each tokenizer by its name."""
    t = Tokenizer(models.BPE(unk_token="<unk>"))
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    bpe(t, alphabet=pre_tokenizers.ByteLevel.alphabet())
    t.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
    yield "roberta", t

    t = Tokenizer(models.BPE(ignore_merges=True))
    t.normalizer = normalizers.NFC()
    pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    bpe(t, alphabet=pre_tokenizers.ByteLevel.alphabet())
    t.add_tokens([AddedToken("  ", normalized=True), AddedToken("NEW", single_word=True, normalized=True)])
    t.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 2)])])
    yield "byte-level", t

    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    t.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    bpe(t, alphabet=[], limit_alphabet=80)
    t.add_tokens([f"<0x{value:02X}>" for value in range(256)])
    state = json.loads(t.to_str())
    size = max(state["model"]["vocab"].values()) + 1
    state["model"]["vocab"] |= {f"<0x{value:02X}>": size + value for value in range(256)}
    state["added_tokens"] = [token for token in state["added_tokens"] if not token["content"].startswith("<0x")]
    t = Tokenizer.from_str(json.dumps(state))
    t.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 0)])
    yield "byte-fallback", t

    t = Tokenizer(models.BPE(unk_token="<unk>", continuing_subword_prefix="##", end_of_word_suffix="</w>", fuse_unk=False))
    t.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), normalizers.Strip()])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("merged_with_next"), pre_tokenizers.Digits(individual_digits=True)])
    bpe(t, continuing_subword_prefix="##", end_of_word_suffix="</w>", limit_alphabet=60)
    yield "word-end", t

    counts = collections.Counter(word[i:j] for line in CORPUS for word in ("▁" + line.replace(" ", " ▁")).split() for i in range(len(word)) for j in range(i + 1, min(len(word), i + 6) + 1))
    pieces = [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0)] + [(piece, math.log(count * len(piece) / 9000)) for piece, count in sorted(counts.items(), key=lambda item: (-item[1] * len(item[0]), item[0]))[:350]]
    t = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    t.add_special_tokens(SPECIAL)
    t.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    t.pre_tokenizer = pre_tokenizers.Metaspace()
    t.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    yield "unigram", t

    t = Tokenizer.from_str(t.to_str())
    t.normalizer = normalizers.Sequence([normalizers.Strip(right=False), normalizers.NFKD(), normalizers.StripAccents()])
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    t.add_tokens([AddedToken("[NEW]", rstrip=True, lstrip=True, normalized=True)])
    t.post_processor = processors.BertProcessing(("</s>", 2), ("<s>", 0))
    yield "metaspace-first", t

    t = Tokenizer.from_str(t.to_str())
    t.normalizer = normalizers.Sequence([normalizers.Precompiled(character_map("../sentencepiece/albert/spiece.model")), normalizers.Strip(left=False), normalizers.Replace(Regex(" {2,}"), "▁")])
    t.pre_tokenizer = pre_tokenizers.Metaspace()
    t.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 2)])
    yield "precompiled", t

    t = Tokenizer(models.WordLevel(unk_token="<unk>"))
    t.normalizer = normalizers.Lowercase()
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(), pre_tokenizers.Split("e", "merged_with_previous"), pre_tokenizers.Split(Regex("[aou]+"), "contiguous"), pre_tokenizers.CharDelimiterSplit("x")])
    t.train_from_iterator(CORPUS, trainers.WordLevelTrainer(vocab_size=400, special_tokens=SPECIAL, show_progress=False))
    yield "word-level", t

    t = Tokenizer(models.WordPiece(unk_token="<unk>", max_input_chars_per_word=20))
    t.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.BertNormalizer(lowercase=True, strip_accents=False, handle_chinese_chars=True)])
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Split("l", "removed"), pre_tokenizers.Split(Regex(r"\w+"), "removed", invert=True)])
    t.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=500, special_tokens=SPECIAL, show_progress=False))
    t.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    yield "word-piece", t


def tokens(tokenizer, text):
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return {"text": text, "ids": encoding.ids, "offsets": encoding.offsets}


for name, tokenizer in make():
    if len(sys.argv) > 1:
        with open(f"{name}.lines.jsonl", "w") as file:
            for line in open(sys.argv[1]):
                file.write(json.dumps(tokens(tokenizer, json.loads(line)["text"])) + "\n")
        tokenizer.save(f"{name}.json", pretty=False)
        continue
    tokenizer.save(f"{name}.json", pretty=False)
    with open(f"{name}.golden.json", "w") as file:
        pair = tokenizer.encode("a late order", "it's twice")
        lines = ",\n".join(json.dumps(tokens(tokenizer, line), separators=(",", ":")) for line in LINES)
        file.write(f'{{"single": {tokenizer.encode("a late order").ids}, "pair": {pair.ids}, "segments": {pair.type_ids}, "lines": [\n{lines}\n]}}\n')
