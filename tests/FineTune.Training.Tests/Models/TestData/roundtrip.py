"""Loads folders that this project wrote with transformers, saves them again, and compares: nothing may be missing, left over or changed.

usage: python3 roundtrip.py folder …
"""
import sys, tempfile
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

for folder in sys.argv[1:]:
    model, report = AutoModelForSequenceClassification.from_pretrained(folder, output_loading_info=True)
    assert not any(report[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys")), report
    ours = load_file(f"{folder}/model.safetensors")
    with tempfile.TemporaryDirectory() as again:
        model.save_pretrained(again)
        theirs = load_file(f"{again}/model.safetensors")
    assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
    assert all(ours[name].equal(theirs[name]) for name in ours)
    print(folder, type(model).__name__, len(ours), "weights equal")
