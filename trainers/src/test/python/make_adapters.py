"""LoRA adapters on the checkpoints of make_families.py, with what PEFT computes from both.

    python make_adapters.py ../resources/families ../resources/adapters
"""

import argparse
import json
import pathlib

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

VOCABULARY, ROWS, TOKENS = 64, 2, 24

# name: (family of the base, stored as, configuration)
ADAPTERS = {
    "list": ("mistral", "float32", dict(r=4, lora_alpha=6, target_modules=["q_proj", "v_proj", "down_proj"])),
    "patterns": (
        "mistral",
        "float32",
        dict(
            r=4,
            lora_alpha=6,
            use_rslora=True,
            target_modules=r"model\.layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up)_proj)",
            rank_pattern={"layers.1.self_attn.q_proj": 2, "up_proj": 3},
            alpha_pattern={"layers.0.self_attn.v_proj": 9},
            modules_to_save=["lm_head"],
        ),
    ),
    "head": ("mistral", "float32", dict(r=2, lora_alpha=4, target_modules=["o_proj", "lm_head"])),
    "layer": (
        "qwen2",
        "bfloat16",
        dict(r=2, lora_alpha=8, target_modules="all-linear", exclude_modules=["k_proj"]),
    ),
    "one-layer": (
        "gemma2",
        "float32",
        dict(r=2, lora_alpha=3, target_modules=["q_proj", "gate_proj"], layers_to_transform=[1]),
    ),
}


def make(families, out):
    for seed, (name, (family, dtype, config)) in enumerate(ADAPTERS.items()):
        base = AutoModelForCausalLM.from_pretrained(
            families / family, dtype=torch.float32, attn_implementation="eager"
        )
        model = get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", **config))
        generator = torch.Generator().manual_seed(seed)
        for parameter in model.parameters():
            if parameter.requires_grad:
                size = 0.4 * torch.randn(parameter.shape, generator=generator)
                parameter.data.copy_(size.to(getattr(torch, dtype)))
        ids = torch.randint(6, VOCABULARY, (ROWS, TOKENS), generator=generator)
        with torch.no_grad():
            logits = model(ids).logits
            with model.disable_adapter():
                print(name, "moves logits by", (model(ids).logits - logits).abs().max().item())
        folder = out / name
        model.save_pretrained(folder)
        (folder / "README.md").unlink()
        file = folder / "adapter_config.json"
        text = json.loads(file.read_text())
        text["base_model_name_or_path"] = family
        file.write_text(json.dumps(text, indent=2, sort_keys=True) + "\n")
        (folder / "expected.json").write_text(json.dumps(dict(base=family, ids=ids.tolist())) + "\n")
        save_file({"logits": logits.contiguous()}, folder / "expected.safetensors")
        if dtype == "bfloat16":
            narrow(folder / "adapter_model.safetensors")


def narrow(file):
    from safetensors.torch import load_file

    save_file({k: v.to(torch.bfloat16) for k, v in load_file(file).items()}, file)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", type=pathlib.Path)
    parser.add_argument("adapters", type=pathlib.Path)
    arguments = parser.parse_args()
    make(arguments.families, arguments.adapters)
