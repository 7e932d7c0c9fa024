"""Fine-tunes a folder that prepare.py made with transformers' Trainer, and prints the test accuracy of the best epoch as JSON. See README.md."""
import argparse, json, pathlib, tempfile, torch
from transformers import BertForSequenceClassification, BertTokenizer, DataCollatorWithPadding, PrinterCallback, Trainer, TrainingArguments, logging, set_seed

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder", type=pathlib.Path)
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
tokenizer = BertTokenizer.from_pretrained(arguments.folder / "model")
model = BertForSequenceClassification.from_pretrained(arguments.folder / "model", dtype=torch.float32)


def read(name):
    with open(arguments.folder / f"{name}.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [dict(tokenizer(row["text"], truncation=True, max_length=arguments.max_length), labels=model.config.label2id[row["label"]]) for row in rows]


def accuracy(prediction):
    return dict(accuracy=float((prediction.predictions.argmax(-1) == prediction.label_ids).mean()))


with tempfile.TemporaryDirectory() as directory:
    trainer = Trainer(
        model,
        TrainingArguments(
            directory, seed=arguments.seed, num_train_epochs=arguments.epochs, per_device_train_batch_size=arguments.batch_size, per_device_eval_batch_size=64,
            learning_rate=arguments.learning_rate, lr_scheduler_type="linear", warmup_steps=0.1, weight_decay=0.01, max_grad_norm=1.0, train_sampling_strategy=arguments.sampling,
            eval_strategy="epoch", save_strategy="epoch", save_only_model=True, load_best_model_at_end=True, metric_for_best_model="accuracy", greater_is_better=True,
            use_cpu=True, report_to="none", disable_tqdm=True),
        data_collator=DataCollatorWithPadding(tokenizer), train_dataset=read("train"), eval_dataset=read("validation"), compute_metrics=accuracy)
    trainer.remove_callback(PrinterCallback)
    seconds = trainer.train().metrics["train_runtime"]
    best = trainer.state.best_metric
    test = trainer.predict(read("test")).metrics["test_accuracy"]
print(json.dumps(dict(accuracy=test, validationAccuracy=best, steps=trainer.state.global_step, seconds=seconds)))
