"""Makes the models of this folder (random weights, seeded) and their reference numbers with transformers and torch. See README.md."""
import json, os, shutil, sys
import torch
from safetensors.torch import save_file
from transformers import AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoModelForTokenClassification, DebertaConfig, DebertaV2Config, ModernBertConfig, Trainer, logging

logging.set_verbosity_error()
LABELS, VOCABULARY, STEPS, RATE, DECAY = 3, 24, 10, 3e-3, 0.1
SMALL = dict(vocab_size=VOCABULARY, hidden_size=16, num_attention_heads=2, intermediate_size=20, num_labels=LABELS, pad_token_id=0, cls_token_id=1, bos_token_id=1, eos_token_id=2, sep_token_id=2)
DEBERTA = dict(num_hidden_layers=2, max_position_embeddings=64, relative_attention=True, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **SMALL)
MODERN = dict(max_position_embeddings=64, **SMALL)

# Names of folders, configurations, and keys of config.json that are taken out and put in, which is how older files look.
FAMILIES = {
    "deberta-v3": (DebertaV2Config(position_buckets=8, share_att_key=True, pos_att_type="p2c|c2p", norm_rel_ebd="layer_norm", position_biased_input=False, type_vocab_size=0, legacy=False, **DEBERTA), {}),
    "deberta-v2": (DebertaV2Config(max_relative_positions=12, pos_att_type=["c2p", "p2c"], position_biased_input=True, type_vocab_size=2, pooler_hidden_act="tanh", layer_norm_eps=1e-6, **DEBERTA), {}),
    "deberta-c2p": (DebertaV2Config(position_buckets=6, max_relative_positions=40, pos_att_type=["c2p"], norm_rel_ebd="layer_norm", position_biased_input=False, hidden_act="gelu_new", **DEBERTA), {}),
    "deberta-p2c": (DebertaV2Config(position_buckets=8, pos_att_type=["p2c"], position_biased_input=False, **DEBERTA), {}),
    "deberta-v1": (DebertaConfig(max_relative_positions=16, pos_att_type="c2p|p2c", position_biased_input=False, type_vocab_size=0, **DEBERTA), {}),
    "deberta-absolute": (DebertaV2Config(**(DEBERTA | dict(relative_attention=False))), {}),
    "modernbert-cls": (ModernBertConfig(num_hidden_layers=3, local_attention=8, **MODERN),
                       dict(layer_types=None, rope_parameters=None, global_attn_every_n_layers=3, global_rope_theta=160000.0, local_rope_theta=10000.0)),
    "modernbert-mean": (ModernBertConfig(num_hidden_layers=2, layer_types=["sliding_attention", "full_attention"], local_attention=6, classifier_pooling="mean", classifier_activation="relu",
                                         rope_parameters=dict(full_attention=dict(rope_type="default", rope_theta=5000.0), sliding_attention=dict(rope_type="default", rope_theta=300.0)),
                                         norm_bias=True, attention_bias=True, mlp_bias=True, classifier_bias=True, decoder_bias=False, tie_word_embeddings=False, **MODERN), {}),
}
HEADS = dict(sequence=AutoModelForSequenceClassification, token=AutoModelForTokenClassification, maskedLanguage=AutoModelForMaskedLM)


def random_weights(config):
    """One file for all heads: what the classes call by the same name has the same shape."""
    weights = {}
    for head in HEADS.values():
        model = head.from_config(config)
        tied = set(model.all_tied_weights_keys)
        for name, parameter in model.named_parameters():
            if name not in tied and name not in weights:
                scale = 0.3 if parameter.dim() > 1 else 0.2
                weights[name] = torch.randn_like(parameter) * scale + (1.0 if "norm" in name.lower() and name.endswith("weight") else 0.0)
    return {name: value.half() for name, value in weights.items()}  # sixteen bits are enough for a reference and keep the files small


def load(head, config, weights):
    model = head.from_config(config).eval()
    state = {name: value.float() for name, value in weights.items() if name in model.state_dict()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    model.tie_weights()
    assert set(missing) <= set(model.all_tied_weights_keys) and not unexpected, (missing, unexpected)
    return model


def batch(rows, segments):
    length = max(len(row) for row in rows)
    pad = lambda values, filler: torch.tensor([value + [filler] * (length - len(value)) for value in values])
    inputs = dict(input_ids=pad(rows, 0), attention_mask=pad([[1] * len(row) for row in rows], 0))
    return inputs | (dict(token_type_ids=pad(segments, 0)) if segments else {})


def logits(model, inputs, rows):
    with torch.no_grad():
        output = model(**inputs).logits
    return [(output[i] if output.dim() == 2 else output[i, : len(row)]).flatten().tolist() for i, row in enumerate(rows)]


def train(model, inputs, labels):
    decaying = set(Trainer.get_decay_parameter_names(None, model))
    optimizer = torch.optim.AdamW([dict(params=[parameter for name, parameter in model.named_parameters() if (name in decaying) == decays], weight_decay=DECAY if decays else 0.0) for decays in (True, False)], lr=RATE)
    model.train()
    losses, norms = [], {}
    for _ in range(STEPS):
        loss = torch.nn.functional.cross_entropy(model(**inputs).logits, labels)
        losses.append(loss.item())
        loss.backward()
        norms = norms or {name: float(f"{parameter.grad.norm().item():.6g}") for name, parameter in model.named_parameters()}
        optimizer.step()
        optimizer.zero_grad()
    return losses, norms, sorted(decaying)


def rounded(value):
    return [rounded(item) for item in value] if isinstance(value, list) else float(f"{value:.8g}")


def make(name, config, changes):
    torch.manual_seed(sum(map(ord, name)))
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    shutil.rmtree(folder, ignore_errors=True)
    config.save_pretrained(folder)
    path = os.path.join(folder, "config.json")
    keys = json.load(open(path))
    for key, value in changes.items():
        keys.pop(key, None)
        if value is not None:
            keys[key] = value
    json.dump(keys, open(path, "w"), indent=1)
    config = type(config).from_pretrained(folder)
    weights = random_weights(config)
    save_file(weights, os.path.join(folder, "model.safetensors"), metadata=dict(format="pt"))

    lengths = [2, 3, 5, 9, 17, 26, 33, 40]
    rows = [[1] + torch.randint(3, VOCABULARY, (length - 2,)).tolist() + [2] for length in lengths]
    segments = [[0] * (len(row) // 2) + [1] * (len(row) - len(row) // 2) for row in rows] if getattr(config, "type_vocab_size", 0) else []
    golden = dict(rows=rows, segments=segments)
    for head, kind in HEADS.items():
        golden[head] = rounded(logits(load(kind, config, weights), batch(rows, []), rows))
    if segments:
        golden["sequenceWithSegments"] = rounded(logits(load(HEADS["sequence"], config, weights), batch(rows, segments), rows))
    model = load(HEADS["sequence"], config, weights)
    losses, norms, decaying = train(model, batch(rows, []), torch.arange(len(rows)) % LABELS)
    golden |= dict(losses=losses, gradientNorms=norms, trained=rounded(logits(model.eval(), batch(rows, []), rows)), decaying=decaying, rate=RATE, decay=DECAY)
    with open(os.path.join(folder, "golden.json"), "w") as file:
        file.write("{\n" + ",\n".join(f'"{key}": {json.dumps(value, separators=(",", ":"))}' for key, value in golden.items()) + "\n}\n")


def buckets():
    """The rows of all distances, as the attention of transformers takes them."""
    from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position
    cases = []
    for count, longest in ((256, 512), (8, 64), (6, 40), (32, 128), (48, 512), (320, 1024)):
        distances = torch.arange(longest - 1, -longest - 1, -1)
        rows = (make_log_bucket_position(distances, count, longest).long() + count).clamp(0, 2 * count - 1)
        cases.append(dict(buckets=count, longest=longest, rows=rows.tolist()))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "buckets.json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")


for name, (config, changes) in FAMILIES.items():
    if not sys.argv[1:] or name in sys.argv[1:]:
        make(name, config, changes)
buckets()
