"""Runs the BERT of this folder with transformers and torch: logits go to logits.json, what every step of training did to golden.json. See README.md.

A case is a row of CASES: the settings that differ from DEFAULTS. The same settings stand beside the numbers in golden.json, where the test reads both.
"""
import json, re, tempfile, torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer, DataCollatorWithPadding, PrinterCallback, Trainer, TrainingArguments, get_scheduler, logging

logging.set_verbosity_error()
logging.disable_progress_bar()

DEFAULTS = dict(reference="torch", strategy="Full", trainableLayers=1, layerDecay=0.8, learningRate=5e-4, weightDecay=0.01, scheduler="Linear", warmup=0, steps=30,
                batches=[8], rows=240, labelSmoothing=0, classWeights=None, maxGradientNorm=1)
UNEQUAL = [5, 3, 1, 7]  # rows of the batches that make one step

CASES = {
    "full": {},
    "frozen, top layer": dict(strategy="Frozen", warmup=5),
    "frozen, top layer, accumulation": dict(strategy="Frozen", batches=UNEQUAL),
    "frozen, head and pooler": dict(strategy="Frozen", trainableLayers=0, learningRate=2e-3),
    "layerwise decay": dict(strategy="LayerwiseDecay"),
    "layerwise decay, accumulation, smoothing, cosine": dict(strategy="LayerwiseDecay", batches=[4, 4], labelSmoothing=0.1, scheduler="Cosine", warmup=5),
    "layerwise decay, unequal accumulation, class weights": dict(strategy="LayerwiseDecay", batches=UNEQUAL, classWeights=[0.5, 2, 1]),
    "accumulation of equal batches": dict(batches=[4, 4, 4, 4]),
    "accumulation of unequal batches": dict(batches=UNEQUAL),
    "label smoothing": dict(labelSmoothing=0.1),
    "label smoothing, unequal accumulation": dict(labelSmoothing=0.1, batches=UNEQUAL),
    "class weights": dict(classWeights=[0.5, 2, 1]),
    "class weights, unequal accumulation": dict(classWeights=[0.5, 2, 1], batches=UNEQUAL),
    "class weights with a zero": dict(classWeights=[0, 3, 1], batches=UNEQUAL),
    "class weights, smoothing": dict(classWeights=[0.5, 2, 1], labelSmoothing=0.1),
    "class weights, smoothing, unequal accumulation": dict(classWeights=[0.5, 2, 1], labelSmoothing=0.1, batches=UNEQUAL),
    "linear, warm-up of 5 steps": dict(warmup=5),
    "linear, warm-up ratio": dict(warmup=0.1),
    "cosine": dict(scheduler="Cosine"),
    "cosine, warm-up ratio": dict(scheduler="Cosine", warmup=0.1),
    "constant": dict(scheduler="Constant"),
    "constant, warm-up of 5 steps": dict(scheduler="Constant", warmup=5),
    "constant, warm-up ratio": dict(scheduler="Constant", warmup=0.1),
    "clipping at 0.1": dict(maxGradientNorm=0.1),
    "clipping at 0.1, unequal accumulation": dict(maxGradientNorm=0.1, batches=UNEQUAL),
    "clipping off": dict(maxGradientNorm=0),
    "clipping never reached": dict(maxGradientNorm=1e9),
    "large rate without weight decay": dict(learningRate=1e-2, weightDecay=0),
    "large rate with weight decay": dict(learningRate=1e-2, weightDecay=0.1),
    "Trainer": dict(reference="Trainer", steps=5, warmup=0.4, rows=40),
    "Trainer, unequal accumulation": dict(reference="Trainer", steps=5, batches=[8, 8, 8, 6], rows=30, scheduler="Cosine", maxGradientNorm=0.5, weightDecay=0.1),
}

# scheduler, warm-up, steps
SCHEDULES = [(scheduler, warmup, steps) for scheduler in ("Linear", "Cosine", "Constant") for warmup, steps in ((0, 30), (5, 30), (0.1, 30), (0.1, 31), (3, 10), (0, 1), (1, 1), (0.1, 1))]

TRANSFORMERS_SCHEDULERS = {"Linear": "linear", "Cosine": "cosine", "Constant": "constant_with_warmup"}
tokenizer = BertTokenizer.from_pretrained(".")
config = BertConfig.from_pretrained(".", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, classifier_dropout=0.0)
data = [json.loads(line) for line in open("rows.jsonl", encoding="utf-8")]
examples = [dict(tokenizer(row["text"], truncation=True, max_length=40), labels=config.label2id[row["label"]]) for row in data]
collate = DataCollatorWithPadding(tokenizer)


def warmup_steps(warmup, steps):
    return TrainingArguments(tempfile.gettempdir(), warmup_steps=warmup, use_cpu=True).get_warmup_steps(steps)


def parameter_groups(model, case):
    """Groups with the head's first, so that the first group's rate is the scheduled one."""
    layers, groups = config.num_hidden_layers, {}
    for name, parameter in reversed(list(model.named_parameters())):
        layer = re.search(r"encoder\.layer\.(\d+)\.", name)
        depth = layers - int(layer[1]) if layer else layers + 1 if "embeddings" in name else 0  # 0 for the head, 1 for the top layer
        parameter.requires_grad = case["strategy"] != "Frozen" or depth <= case["trainableLayers"]
        factor = case["layerDecay"] ** depth if case["strategy"] == "LayerwiseDecay" else 1.0
        decay = 0.0 if name.endswith("bias") or "LayerNorm" in name else case["weightDecay"]
        if parameter.requires_grad:
            groups.setdefault((factor, decay), []).append(parameter)
    return [dict(params=parameters, lr=case["learningRate"] * factor, weight_decay=decay) for (factor, decay), parameters in groups.items()]


def train_with_torch(model, case):
    """Every step takes all its rows as one batch; dividing it is what the test must not notice."""
    groups = parameter_groups(model, case)
    optimizer = torch.optim.AdamW(groups)
    scheduler = get_scheduler(TRANSFORMERS_SCHEDULERS[case["scheduler"]], optimizer, warmup_steps(case["warmup"], case["steps"]), case["steps"])
    loss_function = torch.nn.CrossEntropyLoss(torch.tensor(case["classWeights"], dtype=torch.float) if case["classWeights"] else None, label_smoothing=case["labelSmoothing"])
    trained = [parameter for group in groups for parameter in group["params"]]
    size = sum(case["batches"])
    model.train()
    for step in range(case["steps"]):
        batch = collate([examples[row % case["rows"]] for row in range(step * size, (step + 1) * size)])
        labels = batch.pop("labels")
        loss = loss_function(model(**batch).logits, labels)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, case["maxGradientNorm"] or float("inf"))
        yield loss.item(), norm.item(), scheduler.get_last_lr()[0]
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()


class TrainerInOrder(Trainer):
    def _get_train_sampler(self, train_dataset=None):
        return torch.utils.data.SequentialSampler(train_dataset or self.train_dataset)


def mean_over_step(outputs, labels, num_items_in_batch):
    """Without it Trainer hands the number of rows to the model, whose classification loss ignores it: the sum of the batches' means."""
    return torch.nn.functional.cross_entropy(outputs.logits, labels, reduction="sum") / num_items_in_batch


def train_with_trainer(model, case):
    with tempfile.TemporaryDirectory() as directory:
        arguments = TrainingArguments(directory, use_cpu=True, report_to="none", save_strategy="no", logging_steps=1, disable_tqdm=True, max_steps=case["steps"],
                                      per_device_train_batch_size=case["batches"][0], gradient_accumulation_steps=len(case["batches"]), learning_rate=case["learningRate"],
                                      weight_decay=case["weightDecay"], max_grad_norm=case["maxGradientNorm"], lr_scheduler_type=TRANSFORMERS_SCHEDULERS[case["scheduler"]], warmup_steps=case["warmup"])
        trainer = TrainerInOrder(model, arguments, data_collator=collate, train_dataset=examples[:case["rows"]], compute_loss_func=mean_over_step if len(case["batches"]) > 1 else None)
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return [(log["loss"], log["grad_norm"], log["learning_rate"]) for log in trainer.state.log_history if "loss" in log]


def run(name, difference):
    case = DEFAULTS | difference
    model = BertForSequenceClassification.from_pretrained(".", config=config)
    steps = list((train_with_trainer if case["reference"] == "Trainer" else train_with_torch)(model, case))
    assert len(steps) == case["steps"]
    losses, norms, rates = zip(*steps)
    return dict(name=name, **case, losses=losses, gradientNorms=norms, learningRates=rates)


def rates(scheduler, warmup, steps):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = get_scheduler(TRANSFORMERS_SCHEDULERS[scheduler], optimizer, warmup_steps(warmup, steps), steps)
    for _ in range(steps):
        yield schedule.get_last_lr()[0]
        optimizer.step()
        schedule.step()


def logits(text):
    model = BertForSequenceClassification.from_pretrained(".").eval()
    tokens = tokenizer(text, truncation=True, max_length=40, return_tensors="pt")
    with torch.no_grad():
        return dict(text=text, ids=tokens["input_ids"][0].tolist(), logits=model(**tokens).logits[0].tolist())


def lines(items):
    return "[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]"


cases = [run(name, difference) for name, difference in CASES.items()]
schedules = [dict(scheduler=scheduler, warmup=warmup, steps=steps, factors=list(rates(scheduler, warmup, steps))) for scheduler, warmup, steps in SCHEDULES]
with open("logits.json", "w") as file:
    file.write(lines(logits(line.rstrip("\n")) for line in open("texts.txt", encoding="utf-8")) + "\n")
with open("golden.json", "w") as golden:
    golden.write(f'{{"cases": {lines(cases)},\n"schedules": {lines(schedules)}}}\n')
