"""Fine-tunes a folder that prepare.py made with transformers' Trainer, and prints the test score of the best epoch as JSON. See README.md."""
import argparse, json, pathlib, tempfile, torch
from transformers import (BertForSequenceClassification, BertForTokenClassification, BertTokenizerFast, DataCollatorForTokenClassification, DataCollatorWithPadding, PrinterCallback, Trainer,
                          TrainingArguments, logging, set_seed)

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--task", choices=["TextClassification", "TokenClassification"], default="TextClassification")
parser.add_argument("--seed", type=int, required=True)
parser.add_argument("--epochs", type=float, required=True)
parser.add_argument("--batch-size", type=int, required=True)
parser.add_argument("--learning-rate", type=float, required=True)
parser.add_argument("--max-length", type=int, required=True)
parser.add_argument("--sampling", choices=["random", "group_by_length"], default="random")
arguments = parser.parse_args()

logging.set_verbosity_error()
logging.disable_progress_bar()
set_seed(arguments.seed)
tags_words = arguments.task == "TokenClassification"
metric = "f1" if tags_words else "accuracy"
tokenizer = BertTokenizerFast.from_pretrained(arguments.folder / "model")
model = (BertForTokenClassification if tags_words else BertForSequenceClassification).from_pretrained(arguments.folder / "model", dtype=torch.float32)


def encode(row):
    if not tags_words:
        return dict(tokenizer(row["text"], truncation=True, max_length=arguments.max_length), labels=model.config.label2id[row["label"]])
    encoded = tokenizer(row["tokens"], is_split_into_words=True, truncation=True, max_length=arguments.max_length)
    words = encoded.word_ids()
    tags = [-100 if word is None or word == words[place - 1] else model.config.label2id[row["tags"][word]] for place, word in enumerate(words)]  # the first token of each word
    return dict(encoded, labels=tags)


def read(name):
    with open(arguments.folder / f"{name}.jsonl", encoding="utf-8") as file:
        return [encode(json.loads(line)) for line in file]


def entities(tags):
    """(first word, word behind the last, type) by conlleval's rule: a tag goes on with an entity when it is an I of the same type, and begins one otherwise."""
    found, start = [], None
    for place, tag in enumerate([*tags, "O"]):
        if start is not None and (tag[0] != "I" or tag[2:] != tags[start][2:]):
            found.append((start, place, tags[start][2:]))
            start = None
        if tag != "O" and start is None:
            start = place
    return set(found)


def accuracy(prediction):
    return dict(accuracy=float((prediction.predictions.argmax(-1) == prediction.label_ids).mean()))


def f1(prediction):
    right = found = wanted = 0
    for answers, tags in zip(prediction.predictions.argmax(-1), prediction.label_ids):
        guessed, gold = (entities([model.config.id2label[int(tag)] for tag in row[tags != -100]]) for row in (answers, tags))
        right, found, wanted = right + len(guessed & gold), found + len(guessed), wanted + len(gold)
    return dict(f1=2 * right / max(1, found + wanted))


with tempfile.TemporaryDirectory() as directory:
    trainer = Trainer(
        model,
        TrainingArguments(
            directory, seed=arguments.seed, num_train_epochs=arguments.epochs, per_device_train_batch_size=arguments.batch_size, per_device_eval_batch_size=64,
            learning_rate=arguments.learning_rate, lr_scheduler_type="linear", warmup_steps=0.1, weight_decay=0.01, max_grad_norm=1.0, train_sampling_strategy=arguments.sampling,
            eval_strategy="epoch", save_strategy="epoch", save_only_model=True, load_best_model_at_end=True, metric_for_best_model=metric, greater_is_better=True,
            use_cpu=True, report_to="none", disable_tqdm=True),
        data_collator=(DataCollatorForTokenClassification if tags_words else DataCollatorWithPadding)(tokenizer), train_dataset=read("train"), eval_dataset=read("validation"),
        compute_metrics=f1 if tags_words else accuracy)
    trainer.remove_callback(PrinterCallback)
    seconds = trainer.train().metrics["train_runtime"]
    best = trainer.state.best_metric
    test = trainer.predict(read("test")).metrics[f"test_{metric}"]
print(json.dumps(dict(score=test, validationScore=best, steps=trainer.state.global_step, seconds=seconds)))
