"""Makes what both sides of a comparison start from: rows.jsonl files for training, validation and test, and a model folder with a new pooler and classifier. See README.md."""
import argparse, collections, csv, json, pathlib, random, shutil, torch
from transformers import BertForSequenceClassification, BertForTokenClassification, logging

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("data", type=pathlib.Path, help="folder with train and test, and perhaps validation: .csv or .tsv with a header, the text first and the label second; .jsonl with text and label, or tokens and tags; .conll")
parser.add_argument("base_model", type=pathlib.Path, help="folder of a BERT in Hugging Face layout")
parser.add_argument("output", type=pathlib.Path, help="receives train.jsonl, validation.jsonl, test.jsonl and model/")
parser.add_argument("--task", choices=["TextClassification", "TokenClassification"], default="TextClassification")
parser.add_argument("--seed", type=int, required=True, help="seed of pooler and classifier")
parser.add_argument("--split-seed", type=int, default=0, help="seed of the validation rows, where the data have none of their own")
parser.add_argument("--rows", type=int, help="so many rows of each file at most, to try the scripts")
arguments = parser.parse_args()


tags_words = arguments.task == "TokenClassification"
keys = ("tokens", "tags") if tags_words else ("text", "label")


def read_delimited(file, format):
    return [(row[0], row[1]) for row in csv.reader(file, **format)][1:]


def read_json_lines(file, _):
    return [tuple(json.loads(line)[key] for key in keys) for line in file]


def read_conll(file, _):
    rows, sentence = [], []
    for line in [*file.read().replace("\ufeff", "").split("\n"), ""]:  # byte order marks of files that were put together
        if line.strip():
            sentence.append(line.split())
        elif sentence:
            rows.append(([columns[0] for columns in sentence], [columns[-1] for columns in sentence]))
            sentence = []
    return rows


def read(name):
    """(text, label), or (words, tags), of each row; None when there is no such file."""
    for extension, reader, format in (("tsv", read_delimited, dict(delimiter="\t", quoting=csv.QUOTE_NONE)), ("csv", read_delimited, {}), ("jsonl", read_json_lines, {}), ("conll", read_conll, {})):
        path = arguments.data / f"{name}.{extension}"
        if path.exists():
            with open(path, encoding="utf-8", newline="") as file:
                rows = reader(file, format)
            return random.Random(0).sample(rows, arguments.rows) if arguments.rows and arguments.rows < len(rows) else rows
    return None


def split(rows, share):
    """Takes the share of each label's texts for validation. Equal rows stay together."""
    texts = collections.defaultdict(dict)
    for text, label in rows:
        texts[label][text] = True
    order = random.Random(arguments.split_seed)
    validation = {(text, label) for label in sorted(texts) for text in order.sample(list(texts[label]), round(len(texts[label]) * share))}
    return [row for row in rows if row not in validation], [row for row in rows if row in validation]


train, validation, test = read("train"), read("validation"), read("test")
if validation is None:
    train, validation = split(train, 0.1)
arguments.output.mkdir(parents=True, exist_ok=True)
for name, rows in (("train", train), ("validation", validation), ("test", test)):
    with open(arguments.output / f"{name}.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(dict(zip(keys, row))) + "\n" for row in rows)

logging.set_verbosity_error()
logging.disable_progress_bar()
labels = ["O", *(f"{prefix}-{type}" for type in sorted({tag[2:] for _, tags in train for tag in tags if tag != "O"}) for prefix in "BI")] if tags_words else sorted({label for _, label in train})
model, loading = (BertForTokenClassification if tags_words else BertForSequenceClassification).from_pretrained(
    arguments.base_model, dtype=torch.float32, id2label=dict(enumerate(labels)), label2id={label: i for i, label in enumerate(labels)}, output_loading_info=True)
unexpected = [name for name in loading["missing_keys"] if not name.startswith(("bert.pooler.", "classifier."))]
assert not unexpected, f"the base model lacks {unexpected}"
torch.manual_seed(arguments.seed)
for layer in (*([] if tags_words else [model.bert.pooler.dense]), model.classifier):
    torch.nn.init.normal_(layer.weight, 0, 0.02)
    torch.nn.init.zeros_(layer.bias)
model.save_pretrained(arguments.output / "model")
for name in ("vocab.txt", "tokenizer_config.json"):
    shutil.copyfile(arguments.base_model / name, arguments.output / "model" / name)
