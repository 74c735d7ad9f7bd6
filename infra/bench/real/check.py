"""Loads what a run has made in transformers, and compares with what Temper computes of it.

    python check.py EXPORTED...    # each a Hugging Face directory
"""

import pathlib
import sys

import torch
import transformers


def main():
    for folder in map(pathlib.Path, sys.argv[1:]):
        config = transformers.AutoConfig.from_pretrained(folder)
        kind = (
            transformers.AutoModelForSequenceClassification
            if "SequenceClassification" in config.architectures[0]
            else transformers.AutoModelForCausalLM
        )
        model, loading = kind.from_pretrained(folder, output_loading_info=True, dtype=torch.float32)
        left = {key: value for key, value in loading.items() if value}
        if left:
            sys.exit(f"{folder}: not loaded as it is: {left}")
        words = transformers.AutoTokenizer.from_pretrained(folder)
        text = words.apply_chat_template(
            [{"role": "user", "content": "What is 2 + 2?"}], tokenize=False, add_generation_prompt=True
        )
        ids = torch.tensor([words(text, add_special_tokens=False)["input_ids"]])
        with torch.no_grad():
            output = model(ids).logits
        if not torch.isfinite(output).all():
            sys.exit(f"{folder}: logits are not finite")
        said = ""
        if kind is transformers.AutoModelForCausalLM:
            made = model.generate(ids, max_new_tokens=24, do_sample=False)
            said = repr(words.decode(made[0, ids.shape[1] :]))
        print(f"{folder.name}: {config.architectures[0]}, {model.num_parameters():,} parameters, loads; {said}")


main()
