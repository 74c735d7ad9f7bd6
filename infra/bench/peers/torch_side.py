"""transformers without a trainer: a plain training loop, generate, and a hand-written loop with a static cache.

    torch_side.py JSON

with work (sft, generate, static), folder, rows, model, batch, bf16, newTokens.
"""

import json
import os
import sys
import time

import rounds
import torch
import torch.nn.functional as F
from transformers import AutoModelForCausalLM

asked = json.loads(sys.argv[1])
folder = asked["folder"]
batch = asked["batch"]
model = AutoModelForCausalLM.from_pretrained(os.path.join(folder, asked.get("model", "model")), dtype=torch.float32)
rows = rounds.rows(os.path.join(folder, asked["rows"]))[: asked.get("limit")]


def batches():
    return [rows[i : i + batch] for i in range(0, len(rows), batch)]


def padded(sequences, side, value):
    longest = max(map(len, sequences))
    return torch.tensor([s + [value] * (longest - len(s)) if side == "right" else [value] * (longest - len(s)) + s for s in sequences])


def train():
    model.train()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=asked["learningRate"], betas=(0.9, 0.95), weight_decay=0.0, fused=True
    )
    work_done = sum(len(row["completion"]) for row in rows)
    rounds.ready()
    while True:
        start = rounds.asked()
        losses = []
        for part in batches():
            ids = padded([r["prompt"] + r["completion"] for r in part], "right", 2)
            labels = padded([[-100] * len(r["prompt"]) + r["completion"] for r in part], "right", -100)
            mask = padded([[1] * (len(r["prompt"]) + len(r["completion"])) for r in part], "right", 0)
            with torch.autocast("cpu", torch.bfloat16, enabled=asked["bf16"]):
                loss = model(input_ids=ids, attention_mask=mask, labels=labels, use_cache=False).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, foreach=True)
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        rounds.say(seconds=time.perf_counter() - start, count=work_done, losses=losses, steps=len(losses))


def generate():
    model.eval()
    if asked["bf16"]:
        model.to(torch.bfloat16)
    ends = torch.tensor(model.generation_config.eos_token_id).flatten()
    rounds.ready()
    while True:
        start = rounds.asked()
        tokens = 0
        for part in batches():
            prompts = [r["prompt"][: asked["promptTokens"]] for r in part]
            ids = padded(prompts, "left", 2)
            mask = padded([[1] * len(p) for p in prompts], "left", 0)
            with torch.inference_mode():
                out = model.generate(
                    ids, attention_mask=mask, max_new_tokens=asked["newTokens"], do_sample=True, top_k=0, top_p=1.0, temperature=1.0
                )[:, ids.shape[1] :]
            ended = torch.isin(out, ends)
            first = torch.where(ended.any(1), ended.int().argmax(1) + 1, out.shape[1])
            tokens += int(first.sum())
        rounds.say(seconds=time.perf_counter() - start, count=tokens)


class Static:
    """Decoding with preallocated keys and values and joined matrices, of the model's own weights."""

    def __init__(self, batch, positions):
        c = model.config
        self.heads, self.kv = c.num_attention_heads, c.num_key_value_heads
        self.width, self.eps = c.hidden_size, c.rms_norm_eps
        self.size = self.width // self.heads
        dtype = model.dtype
        self.keys = [torch.zeros(batch, self.kv, positions, self.size, dtype=dtype) for _ in range(c.num_hidden_layers)]
        self.values = [torch.zeros_like(k) for k in self.keys]
        frequency = 1.0 / 10000 ** (torch.arange(0, self.size, 2).float() / self.size)
        angle = torch.arange(positions).float()[:, None] * frequency[None]
        angle = torch.cat([angle, angle], -1)
        self.cos, self.sin = angle.cos().to(dtype), angle.sin().to(dtype)
        self.layers = [
            (
                layer.input_layernorm.weight,
                torch.cat([layer.self_attn.q_proj.weight, layer.self_attn.k_proj.weight, layer.self_attn.v_proj.weight]),
                layer.self_attn.o_proj.weight,
                layer.post_attention_layernorm.weight,
                torch.cat([layer.mlp.gate_proj.weight, layer.mlp.up_proj.weight]),
                layer.mlp.down_proj.weight,
            )
            for layer in model.model.layers
        ]

    def logits(self, ids, at):
        rows, length = ids.shape
        heads, kv, size = self.heads, self.kv, self.size
        x = F.embedding(ids, model.model.embed_tokens.weight)
        cos, sin = self.cos[at : at + length], self.sin[at : at + length]
        for i, (norm, qkv, output, feed_norm, gate_up, down) in enumerate(self.layers):
            y = F.linear(F.rms_norm(x, (self.width,), norm, self.eps), qkv).view(rows, length, heads + 2 * kv, size).transpose(1, 2)
            both, value = y[:, : heads + kv], y[:, heads + kv :]
            half = torch.cat([-both[..., size // 2 :], both[..., : size // 2]], -1)
            both = both * cos + half * sin
            q, k = both[:, :heads], both[:, heads:]
            self.keys[i][:, :, at : at + length] = k
            self.values[i][:, :, at : at + length] = value
            if length == 1:
                grouped = q.reshape(rows, kv, heads // kv, size)
                seen = (self.keys[i][:, :, : at + 1], self.values[i][:, :, : at + 1])
                a = F.scaled_dot_product_attention(grouped, *seen).reshape(rows, 1, self.width)
            else:
                each = heads // kv
                a = F.scaled_dot_product_attention(q, k.repeat_interleave(each, 1), value.repeat_interleave(each, 1), is_causal=True)
                a = a.transpose(1, 2).reshape(rows, length, self.width)
            x = x + F.linear(a, output)
            gate, up = F.linear(F.rms_norm(x, (self.width,), feed_norm, self.eps), gate_up).chunk(2, -1)
            x = x + F.linear(F.silu(gate) * up, down)
        return F.linear(F.rms_norm(x[:, -1], (self.width,), model.model.norm.weight, self.eps), model.lm_head.weight)


def static():
    """Prompts of one length, and no end token: what one writes in an afternoon."""
    model.eval()
    if asked["bf16"]:
        model.to(torch.bfloat16)
    rounds.ready()
    new = asked["newTokens"]
    while True:
        start = rounds.asked()
        tokens = 0
        for part in batches():
            ids = torch.tensor([r["prompt"][: asked["promptTokens"]] for r in part])
            with torch.inference_mode():
                cache = Static(ids.shape[0], ids.shape[1] + new)
                at, current = 0, ids
                out = torch.empty(ids.shape[0], new, dtype=torch.long)
                for i in range(new):
                    logits = cache.logits(current, at)
                    at += current.shape[1]
                    current = torch.multinomial(torch.softmax(logits.float(), -1), 1)
                    out[:, i : i + 1] = current
            tokens += out.numel()
        rounds.say(seconds=time.perf_counter() - start, count=tokens)


{"sft": train, "generate": generate, "static": static}[asked["work"]]()
