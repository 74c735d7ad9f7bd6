"""A small Llama as transformers makes it, with a tokenizer of its own, and rows of GSM8K and HH-RLHF beside it.

    python make_llama.py DATA INTO

DATA holds gsm8k/train.jsonl, gsm8k/test.jsonl and hh-rlhf/harmless-base-test.jsonl.gz as they are published.
"""

import gzip
import json
import pathlib
import shutil
import sys

import tokenizers
import torch
import transformers

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
VOCABULARY = 2048
SFT, RL, TEST = 1600, 160, 64


def tokenizer(texts):
    bpe = tokenizers.Tokenizer(tokenizers.models.BPE())
    bpe.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = tokenizers.decoders.ByteLevel()
    bpe.train_from_iterator(
        texts,
        tokenizers.trainers.BpeTrainer(
            vocab_size=VOCABULARY,
            special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
            initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    wrapped = transformers.PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token="<|endoftext|>",
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
    )
    wrapped.chat_template = TEMPLATE
    return wrapped


def main():
    data, into = (pathlib.Path(argument) for argument in sys.argv[1:3])
    train = (data / "gsm8k/train.jsonl").read_text().splitlines()
    test = (data / "gsm8k/test.jsonl").read_text().splitlines()
    (into / "gsm8k-sft.jsonl").write_text("\n".join(train[:SFT]) + "\n")
    (into / "gsm8k-rl.jsonl").write_text("\n".join(train[SFT : SFT + RL]) + "\n")
    (into / "gsm8k-test.jsonl").write_text("\n".join(test[:TEST]) + "\n")
    shutil.copy(data / "hh-rlhf/harmless-base-test.jsonl.gz", into / "hh.jsonl.gz")
    texts = [row[key] for row in map(json.loads, train) for key in ("question", "answer")]
    with gzip.open(into / "hh.jsonl.gz", "rt") as lines:
        texts += [json.loads(line)["chosen"] for line in lines]
    torch.manual_seed(5)
    words = tokenizer(texts)
    model = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=VOCABULARY,
            hidden_size=128,
            intermediate_size=344,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=640,
            rms_norm_eps=1e-5,
            tie_word_embeddings=True,
            bos_token_id=words.bos_token_id,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
        )
    )
    model.to(torch.bfloat16).save_pretrained(into / "model", max_shard_size="1MB")
    words.save_pretrained(into / "model")
    print(f"{model.num_parameters():,} parameters, {len(list((into / 'model').glob('*.safetensors')))} shards, transformers {transformers.__version__}")


main()
