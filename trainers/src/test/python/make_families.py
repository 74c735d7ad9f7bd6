"""Tiny random checkpoints of every family, with what transformers computes from them.

    python make_families.py ../resources/families
    python make_families.py --newer-configs ../resources/families   # with transformers 5

The second form adds config-5.json, the same configuration as transformers 5 saves it.
"""

import argparse
import json
import pathlib

import torch
import transformers

VOCABULARY, PAD, END = 64, 1, 2
ROWS, TOKENS, PROMPT, NEW, LONG, LAST = 2, 24, 5, 16, 400, 4

SMALL = dict(
    vocab_size=VOCABULARY,
    hidden_size=32,
    intermediate_size=40,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=512,
    bos_token_id=0,
    eos_token_id=END,
    pad_token_id=PAD,
)
LLAMA3 = dict(
    rope_type="llama3",
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=64,
)
YARN = dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=128)

# name: (classes, stored as, largest shard, configuration)
FAMILIES = {
    "llama2": ("Llama", "float32", None, dict(num_key_value_heads=4, rms_norm_eps=1e-5)),
    "llama3": (
        "Llama",
        "bfloat16",
        "16KB",
        dict(rope_theta=500000.0, rope_scaling=LLAMA3, tie_word_embeddings=True, eos_token_id=[END, 31]),
    ),
    "llama-biases": (
        "Llama",
        "float16",
        None,
        dict(
            attention_bias=True,
            mlp_bias=True,
            head_dim=10,
            rope_scaling=dict(rope_type="linear", factor=2.0),
        ),
    ),
    "mistral": ("Mistral", "bfloat16", None, dict(sliding_window=6, head_dim=12)),
    "qwen2": (
        "Qwen2",
        "bfloat16",
        None,
        dict(rope_theta=1e6, rope_scaling=YARN, tie_word_embeddings=True, use_sliding_window=False),
    ),
    "qwen2-window": (
        "Qwen2",
        "bfloat16",
        None,
        dict(use_sliding_window=True, sliding_window=6, max_window_layers=1),
    ),
    "qwen3": ("Qwen3", "bfloat16", "16KB", dict(head_dim=16, rope_theta=1e6, tie_word_embeddings=True)),
    "olmo2": ("Olmo2", "bfloat16", None, dict(rope_theta=500000.0)),
    "smollm3": (
        "SmolLM3",
        "bfloat16",
        None,
        dict(rope_theta=5e6, no_rope_layers=[1, 0], tie_word_embeddings=True, pretraining_tp=2),
    ),
    "gemma2": (
        "Gemma2",
        "bfloat16",
        None,
        dict(
            head_dim=12,
            query_pre_attn_scalar=20,
            sliding_window=6,
            attn_logit_softcapping=3.0,
            final_logit_softcapping=5.0,
        ),
    ),
    "gemma3": (
        "Gemma3Text",
        "bfloat16",
        None,
        dict(
            head_dim=12,
            query_pre_attn_scalar=20,
            sliding_window=6,
            layer_types=["sliding_attention", "full_attention"],
            rope_theta=1e6,
            rope_scaling=dict(rope_type="linear", factor=8.0),
        ),
    ),
}
REWARDS = {
    "llama-reward": ("Llama", "bfloat16", dict(tie_word_embeddings=True)),
    "mistral-reward": ("Mistral", "bfloat16", dict(sliding_window=6)),
    "qwen2-reward": ("Qwen2", "bfloat16", dict(tie_word_embeddings=True)),
    "qwen3-reward": ("Qwen3", "bfloat16", dict(head_dim=16)),
}


def causal(classes):
    return getattr(transformers, classes.replace("Text", "") + "ForCausalLM")


def randomize(model, seed):
    """Weights large enough that a mistake anywhere shows in the logits."""
    generator = torch.Generator().manual_seed(seed)
    gemma = type(model).__name__.startswith("Gemma")
    for name, parameter in model.named_parameters():
        shape = parameter.shape
        if name.endswith("bias"):
            value = 0.3 * torch.randn(shape, generator=generator)
        elif len(shape) == 1:
            value = torch.rand(shape, generator=generator) + (-0.5 if gemma else 0.5)
        elif "embed_tokens" in name:
            value = (0.05 if gemma else 0.25) * torch.randn(shape, generator=generator)
        else:
            value = 1.3 * torch.randn(shape, generator=generator) / shape[1] ** 0.5
        parameter.data.copy_(value)


def ids(seed, *shape):
    return torch.randint(6, VOCABULARY, shape, generator=torch.Generator().manual_seed(seed))


def store(model, dtype, shard, folder):
    model = model.to(getattr(torch, dtype))
    sizes = {} if shard is None else {"max_shard_size": shard}
    model.save_pretrained(folder, **sizes)
    return type(model).from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def expectations(model):
    """Logits, and greedy completions up to the end token."""
    short, long = ids(1, ROWS, TOKENS), ids(2, 1, LONG)
    greedy = []
    for row in short[:, :PROMPT]:
        out = model.generate(row[None], do_sample=False, max_new_tokens=NEW)[0, PROMPT:].tolist()
        greedy.append(out)
    with torch.no_grad():
        logits = model(short).logits
        last = model(long).logits[0, -LAST:]
    numbers = dict(ids=short.tolist(), long=long[0].tolist(), greedy=greedy)
    return numbers, {"logits": logits.contiguous(), "last": last.contiguous()}


def scores(model):
    rows = [ids(10 + i, 4 + 5 * i) for i in range(4)]
    with torch.no_grad():
        found = [model(row[None]).logits[0, 0] for row in rows]
    return dict(ids=[row.tolist() for row in rows]), {"scores": torch.stack(found)}


def write(folder, numbers, tensors):
    (folder / "expected.json").write_text(json.dumps(numbers) + "\n")
    safetensors_file = folder / "expected.safetensors"
    from safetensors.torch import save_file

    save_file(tensors, safetensors_file)


def make(out):
    for seed, (name, (classes, dtype, shard, more)) in enumerate(FAMILIES.items()):
        config = getattr(transformers, classes + "Config")(**{**SMALL, **more})
        model = causal(classes)(config)
        randomize(model, seed)
        folder = out / name
        model = store(model, dtype, shard, folder)
        write(folder, *expectations(model))
    for seed, (name, (classes, dtype, more)) in enumerate(REWARDS.items()):
        config = getattr(transformers, classes + "Config")(**{**SMALL, **more, "num_labels": 1})
        model = getattr(transformers, classes + "ForSequenceClassification")(config)
        randomize(model, 100 + seed)
        folder = out / name
        model = store(model, dtype, None, folder)
        write(folder, *scores(model))


def newer_configs(out):
    for name in [*FAMILIES, *REWARDS]:
        config = transformers.AutoConfig.from_pretrained(out / name)
        config.to_json_file(out / name / "config-5.json")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--newer-configs", action="store_true")
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    (newer_configs if arguments.newer_configs else make)(arguments.folder)
