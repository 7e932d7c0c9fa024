"""Makes the weight files of this folder with torch and transformers, and says in tensors.json what torch reads from them.

usage: python3 make.py   (in this folder)
"""
import json, os, pickle, shutil, zipfile
import torch
from transformers import BertConfig, BertForSequenceClassification

torch.manual_seed(7)


def write_zip(path, pickled, data, **entries):
    """A file in the form of torch.save with another pickle or other data."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {"data.pkl": pickled, "version": b"3\n", **entries, **{f"data/{key}": value for key, value in data.items()}}.items():
            archive.writestr(zipfile.ZipInfo(f"archive/{name}", (1980, 1, 1, 0, 0, 0)), content)


def views():
    """Every kind of view and type that a state_dict can hold."""
    base = torch.randn(6, 4)
    state = {f"of.{str(dtype)[6:]}": torch.randn(3, 5).to(dtype) for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16)}
    state |= {
        "contiguous": base, "tied": base, "transposed": base.t(), "rows": base[2:5], "columns": base[:, 1:3], "every.second": base.flatten()[1::2],
        "cube": torch.randn(2, 3, 4).permute(2, 0, 1), "expanded": torch.randn(3, 1).expand(3, 4), "scalar": torch.tensor(2.5), "empty": torch.empty(0, 3),
        "parameter": torch.nn.Parameter(torch.randn(2, 2)), "name with ü": torch.full((1,), float("inf")),
        "position_ids": torch.arange(5).expand((1, -1)), "mask": torch.tensor([True, False]), "bytes": torch.tensor([1, 255], dtype=torch.uint8),
    }
    return state


def expected(path):
    return {name: dict(type=str(tensor.dtype)[6:], shape=list(tensor.shape), values=[str(value) for value in tensor.detach().to(torch.float32).flatten().tolist()])
            for name, tensor in torch.load(path, map_location="cpu", weights_only=True).items()}


def big_endian(source, target):
    """torch.save writes this machine's order only; torch.load reads both."""
    with zipfile.ZipFile(source) as archive:
        root = archive.namelist()[0].split("/")[0]
        entries = {name[len(root) + 1:]: archive.read(name) for name in archive.namelist()}
    loaded = torch.load(source, weights_only=True)
    size = {}
    for tensor in loaded.values():
        size[tensor.untyped_storage().data_ptr()] = tensor.element_size()
    # The storages are numbered in the order in which the tensors name them first.
    order = list(size.values())
    data = {}
    for key, content in ((name[5:], content) for name, content in entries.items() if name.startswith("data/")):
        width = order[int(key)]
        data[key] = b"".join(content[at:at + width][::-1] for at in range(0, len(content), width))
    write_zip(target, entries["data.pkl"], data, byteorder=b"big")
    again = torch.load(target, weights_only=True)
    assert all(torch.equal(again[name], loaded[name]) for name in loaded)


class System:
    def __reduce__(self):
        return os.system, ("echo run > /tmp/finetune-was-run",)


class Module(torch.nn.Linear):
    pass


# views.bin: the same storage in several tensors, and everything that is not row-major.
torch.save(views(), "views.bin")
flat = {"a": torch.randn(2, 3), "b": torch.randn(2, 3).double().t(), "c": torch.randn(4).half()}
torch.save(flat, "little.bin")
big_endian("little.bin", "big.bin")

# A state_dict has an attribute beside its entries.
torch.save(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.LayerNorm(3)).state_dict(), "state-dict.bin")
# The container of PyTorch before 1.6.
torch.save(torch.load("views.bin", weights_only=True) | {"old": torch.randn(2, 3)}, "legacy.bin", _use_new_zipfile_serialization=False)
torch.save(torch.load("state-dict.bin", weights_only=True), "legacy-state-dict.bin", _use_new_zipfile_serialization=False)
torch.save({"weight": System()}, "legacy-system.bin", _use_new_zipfile_serialization=False)
torch.save({"model": flat, "epoch": 3}, "training.bin")
torch.save({"a": torch.randn(2)}, "protocol4.bin", pickle_protocol=4)
torch.save(Module(2, 2), "module.bin")
write_zip("system.bin", pickle.dumps({"weight": System()}, protocol=2), {})

with open("tensors.json", "w", encoding="utf-8") as file:
    lines = [f"{json.dumps(path)}: {json.dumps(expected(path), ensure_ascii=False)}" for path in ("views.bin", "little.bin", "big.bin", "state-dict.bin", "legacy.bin", "legacy-state-dict.bin")]
    file.write("{" + ",\n".join(lines) + "}\n")

# A model in several files, of either kind.
config = BertConfig(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, max_position_embeddings=20, num_labels=3, initializer_range=0.5)
model = BertForSequenceClassification(config)
for parameter in model.parameters():
    torch.nn.init.normal_(parameter)
shutil.rmtree("Sharded", ignore_errors=True)
model.save_pretrained("Sharded/safetensors", max_shard_size="10KB")
os.makedirs("Sharded/pytorch")
for file in os.listdir("Sharded/safetensors"):
    os.chmod(f"Sharded/safetensors/{file}", 0o644)
shutil.copy("Sharded/safetensors/config.json", "Sharded/pytorch")
with open("Sharded/safetensors/model.safetensors.index.json") as file:
    index = json.load(file)
state = model.state_dict()
for name, shard in index["weight_map"].items():
    index["weight_map"][name] = shard.replace("model-", "pytorch_model-").replace(".safetensors", ".bin")
for shard in sorted(set(index["weight_map"].values())):
    torch.save({name: state[name].clone() for name, file in index["weight_map"].items() if file == shard}, f"Sharded/pytorch/{shard}")
with open("Sharded/pytorch/pytorch_model.bin.index.json", "w") as file:
    json.dump(index, file, indent=2)
    file.write("\n")

# The same encoder as the first BERT files have it: bare, with gamma and beta, a constant, and a tied decoder. No head.
old = {name.removeprefix("bert.").replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): tensor for name, tensor in state.items() if name.startswith("bert.")}
old["embeddings.position_ids"] = torch.arange(20).expand((1, -1))
old["cls.predictions.decoder.weight"] = old["embeddings.word_embeddings.weight"]
os.makedirs("Sharded/old", exist_ok=True)
shutil.copy("Sharded/safetensors/config.json", "Sharded/old")
torch.save(old, "Sharded/old/pytorch_model.bin")

# transformers reads both alike.
for kind in ("safetensors", "pytorch"):
    again, report = BertForSequenceClassification.from_pretrained(f"Sharded/{kind}", output_loading_info=True)
    assert not any(report[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys")), report
    assert all(torch.equal(again.state_dict()[name], state[name]) for name in state)
