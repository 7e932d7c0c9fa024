"""Trains the BERT of this folder for each task with transformers and torch and writes rows, targets and losses to tasks.json. See README.md.

Parameters that the folder does not have are set by a formula, which the test repeats: element i of a parameter is sin(i + 1) / 20.
"""
import json, torch
from transformers import (BertConfig, BertForMaskedLM, BertForSequenceClassification, BertForTokenClassification, BertTokenizer, get_scheduler, logging)
from safetensors.torch import load_file

logging.set_verbosity_error()
STEPS, BATCH, ROWS, IGNORED = 20, 8, 40, -100
tokenizer = BertTokenizer.from_pretrained(".")
texts = [json.loads(line) for line in open("rows.jsonl", encoding="utf-8")][:ROWS]
ids = [tokenizer(row["text"], truncation=True, max_length=40)["input_ids"] for row in texts]


def create(model_class, **changes):
    config = BertConfig.from_pretrained(".", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, classifier_dropout=0.0, **changes)
    model = model_class(config)
    saved = load_file("model.safetensors")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in saved and saved[name].shape == parameter.shape:
                parameter.copy_(saved[name])
            else:
                parameter.copy_((torch.sin(torch.arange(1, parameter.numel() + 1, dtype=torch.float64)) / 20).float().view_as(parameter))
    return model.train()


def padded(rows, value):
    length = max(len(row) for row in rows)
    return torch.tensor([row + [value] * (length - len(row)) for row in rows])


def train(model, rows, targets, loss_of):
    decayed = [parameter for name, parameter in model.named_parameters() if not (name.endswith("bias") or "LayerNorm" in name)]
    others = [parameter for name, parameter in model.named_parameters() if name.endswith("bias") or "LayerNorm" in name]
    optimizer = torch.optim.AdamW([dict(params=decayed, weight_decay=0.01), dict(params=others, weight_decay=0.0)], lr=5e-4)
    scheduler = get_scheduler("linear", optimizer, 0, STEPS)
    losses = []
    for step in range(STEPS):
        places = [place % ROWS for place in range(step * BATCH, (step + 1) * BATCH)]
        tokens = padded([rows[place] for place in places], 0)
        loss = loss_of(model, tokens, padded([[1] * len(rows[place]) for place in places], 0), [targets[place] for place in places])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        losses.append(loss.item())
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
    return dict(rows=[dict(ids=row, targets=target) for row, target in zip(rows, targets)], losses=losses)


def by_model(to_labels):
    """The loss that transformers itself computes for the model's problem type."""
    return lambda model, tokens, mask, targets: model(input_ids=tokens, attention_mask=mask, labels=to_labels(targets)).loss


def multi_label():
    names = ["delivery", "praise", "question"]
    targets = [[1.0 if row["label"] == name or name[0] in row["text"][:12] else 0.0 for name in names] for row in texts]
    return train(create(BertForSequenceClassification, problem_type="multi_label_classification"), ids, targets, by_model(torch.tensor))


def regression():
    scores = [[float(len(row["text"].split()) % 5) - 2.0] for row in texts]
    return train(create(BertForSequenceClassification, num_labels=1, problem_type="regression"), ids, scores, by_model(torch.tensor))


def tokens():
    labels = [[IGNORED] + [(token + place) % 3 if place % 4 else IGNORED for place, token in enumerate(row[1:-1])] + [IGNORED] for row in ids]
    return train(create(BertForTokenClassification, num_labels=3), ids, labels, by_model(lambda targets: padded(targets, IGNORED)))


def masked():
    hidden = [[4 if 0 < place < len(row) - 1 and (place + index) % 4 == 0 else token for place, token in enumerate(row)] for index, row in enumerate(ids)]
    labels = [[token if 0 < place < len(row) - 1 and (place + index) % 4 == 0 else IGNORED for place, token in enumerate(row)] for index, row in enumerate(ids)]
    return train(create(BertForMaskedLM), hidden, labels, by_model(lambda targets: padded(targets, IGNORED)))


with open("tasks.json", "w") as file:
    file.write("{\n" + ",\n".join(f'"{name}": {json.dumps(case)}' for name, case in
                                  dict(multiLabel=multi_label(), regression=regression(), tokens=tokens(), maskedLanguage=masked()).items()) + "\n}\n")
