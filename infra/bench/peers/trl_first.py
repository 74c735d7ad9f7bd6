"""A script as one writes it for TRL: one optimizer step on 16 rows. Says when it is made.

    trl_first.py MODEL ROWS OUT
"""

import sys

from datasets import load_dataset
from transformers import TrainerCallback
from trl import SFTConfig, SFTTrainer


class Said(TrainerCallback):
    def on_step_end(self, args, state, control, **kwargs):
        print("first step", flush=True)


SFTTrainer(
    model=sys.argv[1],
    args=SFTConfig(
        output_dir=sys.argv[3],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        per_device_train_batch_size=16,
        max_steps=1,
        max_length=128,
        report_to="none",
        save_strategy="no",
        dataloader_pin_memory=False,
    ),
    train_dataset=load_dataset("json", data_files=sys.argv[2], split="train"),
    callbacks=[Said()],
).train()
