"""Makes two small WordPiece tokenizers, and the ids and segments that transformers gives for pairs, with these and with ../roberta. Run in this folder."""
import itertools
import json

from tokenizers import AddedToken, ByteLevelBPETokenizer
from tokenizers.processors import RobertaProcessing
from transformers import AutoTokenizer

WORDS = "the parcel arrived broken twice where is my order it late please send money back ##s ##ly ##ed , . ? ! ' 1 2 😀 é".split()
SPECIAL = {
    "bert": dict(pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]"),
    "mpnet": dict(pad_token="<pad>", unk_token="[UNK]", cls_token="<s>", sep_token="</s>", mask_token="<mask>"),
}
for name, special in SPECIAL.items():
    with open(f"{name}/vocab.txt", "w") as file:
        file.write("\n".join([*special.values(), *WORDS]) + "\n")
    with open(f"{name}/tokenizer_config.json", "w") as file:
        json.dump({"tokenizer_class": {"bert": "BertTokenizer", "mpnet": "MPNetTokenizer"}[name], "do_lower_case": True, **special}, file)

TEXTS = ["", "late", "Where is my order?", "The parcel arrived broken, twice. Please send my money back!", "😀😀 it's lately 😀 broken, the order é is late 12 😀", "the </s> parcel [SEP] arrived"]
PAIRS = [*itertools.product(TEXTS, TEXTS)]
LENGTHS = [3, 4, 5, 8, 9, 12, 13, 16, 17, 64]
roberta = ByteLevelBPETokenizer("../roberta/vocab.json", "../roberta/merges.txt")
roberta.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True)])
roberta._tokenizer.post_processor = RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
tokenizers = {name: AutoTokenizer.from_pretrained(name).backend_tokenizer for name in SPECIAL} | {"roberta": roberta._tokenizer}
result = {}
for name, tokenizer in tokenizers.items():
    result[name] = cases = []
    for number, (first, second) in enumerate(PAIRS):
        for length in LENGTHS:
            if length >= tokenizer.num_special_tokens_to_add(is_pair=True) and length in (LENGTHS[number % len(LENGTHS)], 64, 9, 12):
                tokenizer.enable_truncation(length)
                encoded = tokenizer.encode(first, second)
                cases.append([first, second, length, encoded.ids, encoded.type_ids])
with open("pairs.json", "w") as file:
    file.write("{" + ",\n".join(f'"{name}": [\n' + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "]" for name, cases in result.items()) + "}\n")
