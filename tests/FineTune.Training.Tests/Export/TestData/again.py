"""Loads the folder that HuggingFaceFolderTests writes with transformers and saves it again in again/, which the test reads.

usage: FINETUNE_WRITE_EXPORT=folder dotnet test --project tests/FineTune.Training.Tests -- --filter-method "*What_transformers_loads*"
       python3 again.py folder   (in this folder)
"""
import os, sys
from transformers import AutoModelForSequenceClassification

model, report = AutoModelForSequenceClassification.from_pretrained(sys.argv[1], output_loading_info=True)
assert not any(report[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys")), report
model.save_pretrained("again")
os.chmod("again/model.safetensors", 0o644)
