"""Makes tiny-bert/ (random weights, seeded) and its reference logits with transformers. See README.md."""
import json
import os
import random

import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

here = os.path.dirname(os.path.abspath(__file__))
folder = os.path.join(here, "tiny-bert")
os.makedirs(folder, exist_ok=True)

words = "the a cat dog sat on mat red blue green ran fast slow good bad very not is was it they we you run ##ning ##s ##ed".split()
vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("abcdefghijklmnopqrstuvwxyz") + ["##" + c for c in "abcdefghijklmnopqrstuvwxyz"] + [w for w in words if len(w) > 1]
with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8", newline="\n") as file:
    file.write("\n".join(vocabulary) + "\n")

torch.manual_seed(7)
config = BertConfig(
    vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48,
    max_position_embeddings=24, type_vocab_size=2, num_labels=3)
model = BertForSequenceClassification(config).eval()
with torch.no_grad():
    for name, parameter in model.named_parameters():
        # Wider than a fresh model's weights, so that every part moves the logits by much more than the tolerance.
        scale = 0.3 if parameter.dim() > 1 else 0.2
        parameter.copy_(torch.randn_like(parameter) * scale + (1.0 if name.endswith("LayerNorm.weight") else 0.0))
        # Sixteen bits are enough for a reference and keep the file small.
        parameter.copy_(parameter.half().float())

model.half().save_pretrained(folder)
model.float()
BertTokenizer(os.path.join(folder, "vocab.txt"), do_lower_case=True).save_pretrained(folder)

random.seed(7)
rows = [[2] + [random.randrange(5, len(vocabulary)) for _ in range(length)] + [3] for length in (1, 3, 4, 9, 15, 22)]
with torch.no_grad():
    logits = {
        activation: [
            BertForSequenceClassification.from_pretrained(folder, hidden_act=activation, dtype=torch.float32).eval()(input_ids=torch.tensor([row])).logits[0].tolist()
            for row in rows
        ]
        for activation in ("gelu", "gelu_new", "relu")
    }

with open(os.path.join(here, "reference-logits.json"), "w", encoding="utf-8", newline="\n") as file:
    json.dump({"inputIds": rows, "logits": logits}, file, indent=1)
    file.write("\n")
