"""Makes what both sides of a measurement read: weights, tokenizer and rows of token ids of one shape.

    prepare.py OUT SHAPE DATA

DATA is a folder with gsm8k/train.jsonl and hh-rlhf/*.jsonl.gz, or "none": then texts of the same lengths are made up.
Everything is a function of the shape and the data.

The end token (1) is never sampled: all embeddings share a component that its row of the head opposes. The folder
"ending" holds the same weights with a generation_config.json that names so many more end tokens that an untrained
model, which samples nearly uniformly, ends after a third of 64 tokens on average.
"""

import glob
import gzip
import json
import math
import os
import random
import sys

import numpy
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

#        width, layers, heads, key heads, feed-forward, vocabulary, tied, rows, real rows, pairs, prompts
SHAPES = {
    "tiny": (64, 2, 4, 2, 160, 512, True, 2, 4, 4, 8),
    "1M": (128, 4, 4, 2, 352, 512, True, 16, 320, 128, 256),
    "5M": (256, 6, 8, 4, 704, 1024, True, 16, 320, 128, 256),
    "15M": (384, 6, 6, 2, 1280, 4096, False, 16, 320, 128, 256),
    "135M": (576, 30, 9, 3, 1536, 49152, True, 4, 32, 32, 64),
}
STEPS = 10  # of a round of dense rows
LONGEST = 512  # tokens of a real row; longer ones are left out for everybody
POSITIONS = 1024
CAP = 64
BEGIN, END, PAD = 0, 1, 2
APART = 0.1


def weights(shape, rng):
    width, layers, heads, key_heads, feed, vocabulary, tied = shape[:7]
    head = width // heads

    def matrix(rows, columns):
        return rng.normal(0, 0.02, (rows, columns)).astype(numpy.float32)

    embedding = matrix(vocabulary, width)
    embedding[:, 0] = APART
    found = {"model.embed_tokens.weight": embedding, "model.norm.weight": numpy.ones(width, numpy.float32)}
    for i in range(layers):
        at = f"model.layers.{i}."
        found[at + "input_layernorm.weight"] = numpy.ones(width, numpy.float32)
        found[at + "post_attention_layernorm.weight"] = numpy.ones(width, numpy.float32)
        found[at + "self_attn.q_proj.weight"] = matrix(heads * head, width)
        found[at + "self_attn.k_proj.weight"] = matrix(key_heads * head, width)
        found[at + "self_attn.v_proj.weight"] = matrix(key_heads * head, width)
        found[at + "self_attn.o_proj.weight"] = matrix(width, heads * head)
        found[at + "mlp.gate_proj.weight"] = matrix(feed, width)
        found[at + "mlp.up_proj.weight"] = matrix(feed, width)
        found[at + "mlp.down_proj.weight"] = matrix(width, feed)
    head_matrix = embedding
    if not tied:
        head_matrix = found["lm_head.weight"] = matrix(vocabulary, width)
    head_matrix[END, 0] = -40 * APART
    return found


def config(shape, architecture):
    width, layers, heads, key_heads, feed, vocabulary, tied = shape[:7]
    made = {
        "architectures": [architecture],
        "model_type": "llama",
        "hidden_size": width,
        "intermediate_size": feed,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": key_heads,
        "head_dim": width // heads,
        "vocab_size": vocabulary,
        "max_position_embeddings": POSITIONS,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "tie_word_embeddings": tied,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": BEGIN,
        "eos_token_id": END,
        "pad_token_id": PAD,
        "torch_dtype": "float32",
    }
    if architecture.endswith("SequenceClassification"):
        made["id2label"] = {"0": "LABEL_0"}
        made["label2id"] = {"LABEL_0": 0}
    return made


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def lines(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")


def folder(path, tokenizer, shape, tensors, architecture, ends):
    os.makedirs(path)
    tokenizer.save(os.path.join(path, "tokenizer.json"))
    write(
        os.path.join(path, "tokenizer_config.json"),
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": "<s>",
            "eos_token": "</s>",
            "pad_token": "<pad>",
            "model_max_length": POSITIONS,
            "clean_up_tokenization_spaces": False,
        },
    )
    write(os.path.join(path, "config.json"), config(shape, architecture))
    write(
        os.path.join(path, "generation_config.json"),
        {"bos_token_id": BEGIN, "eos_token_id": ends, "pad_token_id": PAD},
    )
    save_file(tensors, os.path.join(path, "model.safetensors"), metadata={"format": "pt"})


def ending():
    """Probability of ending at each token for which min(geometric, CAP) has a mean of CAP / 3."""
    low, high = 1e-4, 0.5
    for _ in range(60):
        p = (low + high) / 2
        mean = (1 - (1 - p) ** CAP) / p
        low, high = (p, high) if mean > CAP / 3 else (low, p)
    return p


def made_up(rng):
    """Questions, answers and pairs of invented words, as long as those of GSM8K and HH-RLHF."""
    words = ["".join(rng.choice("bdfgklmnprst") + rng.choice("aeiou") for _ in range(rng.randint(1, 4))) for _ in range(800)]

    def text(mean, spread):
        size = max(80, int(rng.lognormvariate(math.log(mean), spread)))
        out = []
        while sum(len(word) + 1 for word in out) < size:
            out.append(rng.choice(words))
        return " ".join(out)

    questions = [(text(220, 0.4), text(260, 0.5)) for _ in range(3000)]
    pairs = [(text(400, 0.7), text(220, 0.8), text(220, 0.8)) for _ in range(1000)]
    return questions, pairs


def real(data):
    questions = []
    with open(os.path.join(data, "gsm8k", "train.jsonl"), encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            questions.append((row["question"], row["answer"]))
    pairs = []
    for path in sorted(glob.glob(os.path.join(data, "hh-rlhf", "*.jsonl.gz"))):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                chosen, rejected = row["chosen"], row["rejected"]
                common = os.path.commonprefix([chosen, rejected])
                cut = common.rfind("\n\nAssistant:")
                if cut >= 0:
                    cut += len("\n\nAssistant:")
                    pairs.append((chosen[:cut], chosen[cut:], rejected[cut:]))
    if not pairs:
        sys.exit(f"no hh-rlhf/*.jsonl.gz in {data}")
    return questions, pairs


def main():
    out, name, data = sys.argv[1:4]
    shape = SHAPES[name]
    vocabulary = shape[5]
    rows, real_rows, pair_count, prompt_count = shape[7:]
    rng = random.Random(1)
    questions, pairs = made_up(rng) if data == "none" else real(data)
    rng.shuffle(questions)
    rng.shuffle(pairs)

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=["<s>", "</s>", "<pad>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [text for row in questions[:3000] for text in row] + [text for row in pairs[:1000] for text in row]
    tokenizer.train_from_iterator(texts, trainer)

    def ids(text):
        return tokenizer.encode(text, add_special_tokens=False).ids

    values = numpy.random.default_rng(1)
    tensors = weights(shape, values)
    os.makedirs(out, exist_ok=True)
    folder(os.path.join(out, "model"), tokenizer, shape, tensors, "LlamaForCausalLM", END)
    more = max(1, round(ending() * vocabulary))
    folder(os.path.join(out, "ending"), tokenizer, shape, tensors, "LlamaForCausalLM", [END, *range(vocabulary - more, vocabulary)])
    body = {key: value for key, value in tensors.items() if key != "lm_head.weight"}
    body["score.weight"] = values.normal(0, 1 / math.sqrt(shape[0] + 1), (1, shape[0])).astype(numpy.float32)
    folder(os.path.join(out, "reward"), tokenizer, shape, body, "LlamaForSequenceClassification", END)

    for length in (128, 256):
        count = max(1, rows * 128 // length) * STEPS
        made = values.integers(3, vocabulary, (count, length)).tolist()
        lines(os.path.join(out, f"dense-{length}.jsonl"), [{"prompt": row[:1], "completion": row[1:]} for row in made])

    tokens = [{"prompt": [BEGIN, *ids(q + "\n")], "completion": [*ids(a), END]} for q, a in questions[: 4 * real_rows]]
    kept = [row for row in tokens if len(row["prompt"]) + len(row["completion"]) <= LONGEST][:real_rows]
    lines(os.path.join(out, "rows.jsonl"), kept)
    lines(os.path.join(out, "prompts.jsonl"), [{"prompt": row["prompt"]} for row in (kept * 64)[:prompt_count]])
    short = [(q, a) for q, a in questions if len(ids(q)) <= 128][:64]
    lines(os.path.join(out, "questions.jsonl"), [{"prompt": q, "completion": a} for q, a in short])
    found = []
    for prompt, chosen, rejected in pairs:
        row = {"prompt": [BEGIN, *ids(prompt)], "chosen": [*ids(chosen), END], "rejected": [*ids(rejected), END]}
        longest = len(row["prompt"]) + max(len(row["chosen"]), len(row["rejected"]))
        if longest <= LONGEST and row["chosen"] != row["rejected"]:
            found.append(row)
        if len(found) == pair_count:
            break
    lines(os.path.join(out, "pairs.jsonl"), found)
    chain = os.path.join(out, "chain")
    for part in ("sft", "pairs", "prompts"):
        os.makedirs(os.path.join(chain, part))
    fitting = [(q, a) for q, a in dict(questions).items() if len(ids(q)) + len(ids(a)) <= LONGEST - 8]
    sft, rest = fitting[:real_rows], fitting[real_rows:]
    compared, asked = rest[:pair_count], rest[pair_count : pair_count + 32]
    lines(os.path.join(chain, "sft", "train.jsonl"), [{"prompt": q, "completion": a} for q, a in sft])
    # The answer to another question is the worse one.
    wrong = [a for _, a in compared[1:] + compared[:1]]
    lines(
        os.path.join(chain, "pairs", "train.jsonl"),
        [{"prompt": q, "chosen": a, "rejected": b} for (q, a), b in zip(compared, wrong)],
    )
    lines(os.path.join(chain, "prompts", "train.jsonl"), [{"prompt": q} for q, _ in asked])
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "chain.yaml"), encoding="utf-8") as file:
        recipe = file.read().replace("train: 128", f"train: {len(compared)}")
    with open(os.path.join(out, "chain.yaml"), "w", encoding="utf-8") as file:
        file.write(recipe)
    write(
        os.path.join(out, "about.json"),
        {
            "data": "made up" if data == "none" else "gsm8k, hh-rlhf",
            "parameters": int(sum(value.size for value in tensors.values())),
            "inProducts": int(sum(v.size for k, v in tensors.items() if v.ndim == 2 and (shape[6] or "embed" not in k))),
            "rowTokens": sum(len(r["prompt"]) + len(r["completion"]) for r in kept) / len(kept),
            "trainedTokens": sum(len(r["completion"]) for r in kept) / len(kept),
            "pairTokens": sum(2 * len(r["prompt"]) + len(r["chosen"]) + len(r["rejected"]) for r in found) / len(found),
        },
    )


main()
