"""Saves a folder's pytorch_model.bin again, in the form that PyTorch has written since 1.6, and copies what lies beside it except for other weights.

usage: python3 resave.py folder new-folder
"""
import os, shutil, sys, torch

source, target = sys.argv[1:]
os.makedirs(target, exist_ok=True)
for name in os.listdir(source):
    if not name.endswith((".bin", ".safetensors")):
        shutil.copyfile(os.path.join(source, name), os.path.join(target, name))
torch.save(torch.load(os.path.join(source, "pytorch_model.bin"), map_location="cpu", weights_only=True), os.path.join(target, "pytorch_model.bin"))
