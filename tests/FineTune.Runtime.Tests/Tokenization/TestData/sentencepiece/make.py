"""Trains a small SentencePiece model for each family's layout, and writes the ids that SentencePiece gives, placed as the family's tokenizer in transformers 4 places them.

usage: python3 make.py        in this folder (needs the Python packages sentencepiece and transformers)
"""
import json
import os
import unicodedata

import sentencepiece
from transformers import AutoTokenizer

HARD = json.load(open("../../HardLines.json"))["lines"]
PLAIN = ["The parcel arrived broken, twice.", "It's late: where is my order?", "I'd like my money back, please; they'll know.", "Größe 42 passt nicht.", "Thank you so much!! Great service.", "They paid 1,000 of 9,500, and 12, or so.", "``Quoted'' É é ﬁ"]
LINES = [line for line in HARD if len(line) < 60 and "[" not in line and "\u1ac1" not in line][::2] + PLAIN + ["  two  blanks  ", "tab\tand\nnew line", "▁marked▁ text", "9,9,9, 10,", "cafe\u0301 É"]
open("rules.tsv", "w").write("FB01\t66 69\nA0\t20\n9\t20\nA\t20\nB5\t3BC\n65 301\tE9\n2126\t3A9\n" + "".join(f"{code:X}\t{code - 0xFEE0:X}\n" for code in range(0xFF01, 0xFF5F)))
FAMILIES = {
    "albert": ("spiece.model", "AlbertTokenizer", dict(model_type="unigram", pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, control_symbols="[CLS],[SEP],[MASK]")),
    "camembert": ("sentencepiece.bpe.model", "CamembertTokenizer", dict(model_type="unigram")),
    "deberta-v2": ("spm.model", "DebertaV2Tokenizer", dict(model_type="unigram", pad_id=0, pad_piece="[PAD]", bos_id=1, bos_piece="[CLS]", eos_id=2, eos_piece="[SEP]", unk_id=3, unk_piece="[UNK]")),
    "llama": ("tokenizer.model", "LlamaTokenizer", dict(model_type="bpe", byte_fallback=True, vocab_size=520, normalization_rule_name="identity")),
    "t5": ("spiece.model", "T5Tokenizer", dict(model_type="unigram", pad_id=0, eos_id=1, unk_id=2, bos_id=-1)),
    "xlm-roberta": ("sentencepiece.bpe.model", "XLMRobertaTokenizer", dict(model_type="unigram", remove_extra_whitespaces=False)),
}
MIDDLE = [f"_{number}>" for number in range(1, 99)]
with open("corpus.txt", "w") as file:
    file.write("\n".join((PLAIN * 6 + HARD[3:9]) * 2))


def prepared(name, text):
    """What the slow tokenizer of the family does to text before SentencePiece."""
    if name != "albert":
        return text
    text = text.replace("``", '"').replace("''", '"')
    return "".join(character for character in unicodedata.normalize("NFKD", text) if not unicodedata.category(character).startswith("M")).lower()


def pieces(name, text, sp):
    """SentencePiece's pieces; ALBERT takes a comma off a number."""
    result = []
    for piece in sp.encode(prepared(name, text), out_type=str):
        if name == "albert" and len(piece) > 1 and piece[-1] == "," and piece[-2].isdigit():
            number = sp.encode(piece[:-1].replace("▁", ""), out_type=str)
            if piece[0] != "▁" and number[0][0] == "▁":
                number = number[1:] if len(number[0]) == 1 else [number[0][1:], *number[1:]]
            result += [*number, ","]
        else:
            result.append(piece)
    return [sp.piece_to_id(piece) for piece in result]


def placed(name, ids, sp):
    """The id of each piece in the family's vocabulary."""
    unknown = sp.unk_id()
    if name == "camembert":
        return [3 if id == unknown else id + 4 for id in ids]
    if name == "xlm-roberta":
        return [3 if id == unknown else id + 1 for id in ids]
    return ids


for name, (file, tokenizer_class, options) in FAMILIES.items():
    os.makedirs(name, exist_ok=True)
    rules = {} if "normalization_rule_name" in options else {"normalization_rule_tsv": "rules.tsv"}
    sentencepiece.SentencePieceTrainer.train(input="corpus.txt", model_prefix="model", minloglevel=2, hard_vocab_limit=False, character_coverage=0.985, **rules, **{"vocab_size": 180, **options})
    os.replace("model.model", f"{name}/{file}")
    os.remove("model.vocab")
    json.dump({"tokenizer_class": tokenizer_class, **({"add_bos_token": True} if name == "llama" else {})}, open(f"{name}/tokenizer_config.json", "w"))
    sp = sentencepiece.SentencePieceProcessor(model_file=f"{name}/{file}")
    loaded = AutoTokenizer.from_pretrained(name)
    pair = loaded("a late order", "my money")
    golden = {
        "single": loaded("a late order")["input_ids"],
        "pair": pair["input_ids"],
        "special": {token: loaded.convert_tokens_to_ids(token) for token in loaded.all_special_tokens if token in loaded.get_vocab() and token[9:] not in MIDDLE},
        "vocabulary": len(loaded),
    }
    with open(f"{name}/golden.json", "w") as out:
        lines = ",\n".join(json.dumps({"text": line, "ids": placed(name, pieces(name, line, sp) if name == "albert" else sp.encode(line), sp)}, separators=(",", ":")) for line in LINES)
        out.write(json.dumps(golden)[:-1] + f', "lines": [\n{lines}\n]}}\n')
os.remove("rules.tsv")
os.remove("corpus.txt")
