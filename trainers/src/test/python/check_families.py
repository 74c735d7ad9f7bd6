"""Loads what Temper saved with transformers, and compares with what transformers computed before.

    python check_families.py ../resources/families SAVED

SAVED holds a folder per family, as FamilyCheckpointsTest leaves them with -Dtemper.families=SAVED.
"""

import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import load_file


def model(folder, kind):
    found, info = kind.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    for what in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        assert not info[what], f"{folder}: {what} {info[what]}"
    return found.eval()


def difference(expected, saved):
    numbers = json.loads((expected / "expected.json").read_text())
    tensors = load_file(expected / "expected.safetensors")
    with torch.no_grad():
        if "scores" in tensors:
            reward = model(saved, transformers.AutoModelForSequenceClassification)
            found = torch.stack([reward(torch.tensor([row])).logits[0, 0] for row in numbers["ids"]])
            return (found - tensors["scores"]).abs().max().item()
        policy = model(saved, transformers.AutoModelForCausalLM)
        short = policy(torch.tensor(numbers["ids"])).logits - tensors["logits"]
        last = policy(torch.tensor([numbers["long"]])).logits[0, -len(tensors["last"]) :]
        return max(short.abs().max().item(), (last - tensors["last"]).abs().max().item())


if __name__ == "__main__":
    expected, saved = map(pathlib.Path, sys.argv[1:])
    print("transformers", transformers.__version__)
    for folder in sorted(saved.iterdir()):
        worst = difference(expected / folder.name, folder)
        print(f"{folder.name:16} {worst:.2e}")
        assert worst < 1e-5
