"""Trains a random BERT with transformers' Trainer, in turns. See README.md."""
import tempfile, torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer, DataCollatorWithPadding, PrinterCallback, Trainer, TrainerCallback, TrainingArguments, logging
import turns

arguments = turns.parse(__doc__)
logging.set_verbosity_error()
logging.disable_progress_bar()
torch.manual_seed(1)
model = BertForSequenceClassification(BertConfig(
    vocab_size=arguments.vocabulary, num_hidden_layers=arguments.layers, hidden_size=arguments.hidden, num_attention_heads=arguments.heads, intermediate_size=arguments.intermediate, num_labels=2))
if arguments.mode == "frozen":
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith((f"bert.encoder.layer.{arguments.layers - 1}.", "bert.pooler.", "classifier."))
rows = [dict(input_ids=ids, attention_mask=[1] * len(ids), token_type_ids=[0] * len(ids), labels=label) for ids, label in zip(*turns.read(arguments.rows))]
padding = dict(padding="max_length", max_length=arguments.pad_to) if arguments.pad_to else {}


class InTurns(TrainerCallback):
    turns = turns.Turns()

    def on_train_begin(self, *_, **__):
        self.turns.begin()

    def on_step_end(self, _, __, control, **___):
        control.should_training_stop = not self.turns.step_done()


# Where there are no special groups, the optimizer is Trainer's own choice.
optimizer = torch.optim.AdamW(turns.parameter_groups(model.named_parameters(), "llrd", arguments.layers, 5e-5, 0.01), fused=True) if arguments.mode == "llrd" else None
with tempfile.TemporaryDirectory() as directory:
    trainer = Trainer(
        model,
        TrainingArguments(
            directory, max_steps=1_000_000, per_device_train_batch_size=arguments.batch, learning_rate=5e-5, weight_decay=0.01, max_grad_norm=1.0, bf16=arguments.format == "bfloat16",
            save_strategy="no", use_cpu=True, report_to="none", disable_tqdm=True),
        data_collator=DataCollatorWithPadding(BertTokenizer.from_pretrained(arguments.tokenizer), **padding), train_dataset=rows, callbacks=[InTurns()], optimizers=(optimizer, None))
    trainer.remove_callback(PrinterCallback)
    trainer.train()
