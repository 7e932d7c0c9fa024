"""Makes a folder for each family of encoders: a tiny model with random weights, and what transformers and torch compute with it.

usage: python3 families.py [family …]     (all without one; the same names give the same files)

config.json                              the configuration of all three models
sequence, token, masked .safetensors     ...ForSequenceClassification, ...ForTokenClassification, ...ForMaskedLM; every parameter is random, also biases and normalizations
golden.json                              eight rows of token ids; logits of the three heads (rows padded into one batch, padding left out); where the family has segments, logits of the
                                         sequence head with token_type_ids; losses of ten steps of AdamW without dropout
"""
import json, os, sys, torch
from transformers import (AlbertConfig, AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoModelForTokenClassification, DistilBertConfig, ElectraConfig, MPNetConfig,
                          RobertaConfig, logging)

logging.set_verbosity_error()
logging.disable_progress_bar()

VOCABULARY = 32
SHAPE = dict(vocab_size=VOCABULARY, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, max_position_embeddings=24, initializer_range=0.3, num_labels=3)

# What differs from SHAPE: every size that a family has is another number where it can be, so that none can be taken for another.
FAMILIES = {
    "Roberta": (RobertaConfig, dict(SHAPE, type_vocab_size=1, max_position_embeddings=26, layer_norm_eps=1e-5)),
    "DistilBert": (DistilBertConfig, dict(vocab_size=VOCABULARY, dim=16, n_layers=2, n_heads=2, hidden_dim=24, max_position_embeddings=24, initializer_range=0.3, num_labels=3)),
    "Electra": (ElectraConfig, dict(SHAPE, embedding_size=8)),
    "Albert": (AlbertConfig, dict(SHAPE, embedding_size=8, num_hidden_layers=4, num_hidden_groups=2, inner_group_num=2)),
    "MPNet": (MPNetConfig, dict(SHAPE, max_position_embeddings=26)),
}
HEADS = {"sequence": AutoModelForSequenceClassification, "token": AutoModelForTokenClassification, "masked": AutoModelForMaskedLM}
LENGTHS = [24, 1, 2, 3, 5, 8, 4, 13]
STEPS, LEARNING_RATE, WEIGHT_DECAY, MAX_GRADIENT_NORM = 10, 1e-3, 0.1, 1.0


def randomize(model):
    """Small noise on vectors: 1 stays about 1 in normalizations. Tables with a row for padding, which starts at 0, get one too."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)


def batch(rows, padding):
    length = max(map(len, rows))
    ids = torch.tensor([row + [padding] * (length - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
    return dict(input_ids=ids, attention_mask=mask)


def decays(name):
    """The rule of Trainer.get_decay_parameter_names, by name."""
    name = name.lower()
    return not ("bias" in name or "layernorm" in name or "layer_norm" in name or "_norm." in name or ".norm." in name)


def losses(model, inputs, labels):
    groups = [dict(params=[p for n, p in model.named_parameters() if decays(n)], weight_decay=WEIGHT_DECAY),
              dict(params=[p for n, p in model.named_parameters() if not decays(n)], weight_decay=0.0)]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE)
    for _ in range(STEPS):
        loss = torch.nn.functional.cross_entropy(model(**inputs).logits, labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), MAX_GRADIENT_NORM)
        optimizer.step()
        optimizer.zero_grad()
        yield loss.item()


def numbers(tensor):
    return json.loads(json.dumps(tensor.tolist()), parse_float=lambda text: round(float(text), 7))


def make(family):
    config_class, settings = FAMILIES[family]
    config = config_class(**settings)
    config._attn_implementation = "eager"
    os.makedirs(family, exist_ok=True)
    generator = torch.Generator().manual_seed(2)
    rows = [torch.randint(5, VOCABULARY, (length,), generator=generator).tolist() for length in LENGTHS]
    labels = [i % 3 for i in range(len(rows))]
    inputs = batch(rows, config.pad_token_id)
    golden = dict(inputIds=rows, labels=labels, learningRate=LEARNING_RATE, weightDecay=WEIGHT_DECAY, maxGradientNorm=MAX_GRADIENT_NORM, logits={})
    for head, auto in HEADS.items():
        torch.manual_seed(3)
        model = auto.from_config(config).eval()  # evaluation mode: no dropout, also in the steps below
        randomize(model)
        model.save_pretrained(family)
        os.replace(f"{family}/model.safetensors", f"{family}/{head}.safetensors")
        with torch.no_grad():
            logits = model(**inputs).logits
            golden["logits"][head] = [numbers(values) if head == "sequence" else numbers(values[:len(row)]) for values, row in zip(logits, rows)]
            if head == "sequence" and getattr(config, "type_vocab_size", 0) > 1:
                segments = torch.tensor([[0 if i < len(row) // 2 else 1 for i in range(max(LENGTHS))] for row in rows])
                golden["segmentIds"] = [values[:len(row)] for values, row in zip(segments.tolist(), rows)]
                golden["logits"]["segments"] = numbers(model(**inputs, token_type_ids=segments).logits)
        if head == "sequence":
            golden["losses"] = list(losses(model, inputs, torch.tensor(labels)))
    with open(f"{family}/golden.json", "w") as file:
        json.dump(golden, file)
        file.write("\n")
    for unwanted in ("generation_config.json",):
        if os.path.exists(f"{family}/{unwanted}"):
            os.remove(f"{family}/{unwanted}")


for family in sys.argv[1:] or FAMILIES:
    make(family)
