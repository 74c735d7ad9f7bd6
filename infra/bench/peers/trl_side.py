"""One trainer of TRL, a round being one epoch.

    trl_side.py JSON

with work (sft, dpo, rm, grpo), folder (of prepare.py), rows (a file there), model (a folder there), batch, bf16, how
(plain, split, grouped, packed).
"""

import json
import os
import re
import sys
import tempfile
import time

import rounds
from datasets import Dataset
from transformers import AutoTokenizer, TrainerCallback
from trl import DPOConfig, DPOTrainer, GRPOConfig, GRPOTrainer, RewardConfig, RewardTrainer, SFTConfig, SFTTrainer

asked = json.loads(sys.argv[1])
folder = asked["folder"]
batch = asked["batch"]
how = asked.get("how", "plain")
model = os.path.join(folder, asked.get("model", "model"))
rows = rounds.rows(os.path.join(folder, asked["rows"]))[: asked.get("limit")]
# A batch that is one pass, or four.
accumulate = min(4, batch) if how == "split" else 1


class Rounds(TrainerCallback):
    def __init__(self):
        self.begun = False
        self.tokens = 0
        self.losses = []
        self.parts = []

    def on_epoch_begin(self, args, state, control, **kwargs):
        if not self.begun:
            self.begun = True
            rounds.ready()
        self.losses, self.parts, self.tokens = [], [], 0
        self.start = rounds.asked()

    def on_step_end(self, args, state, control, **kwargs):
        self.losses.append(sum(part.item() for part in self.parts))
        self.parts = []

    def on_epoch_end(self, args, state, control, **kwargs):
        seconds = time.perf_counter() - self.start
        rounds.say(seconds=seconds, count=self.tokens or work_done, losses=self.losses, steps=len(self.losses))


watch = Rounds()


def watched(trainer):
    """The trainer, with its losses kept."""

    class Watched(trainer):
        def training_step(self, *args, **kwargs):
            loss = super().training_step(*args, **kwargs)
            watch.parts.append(loss.detach())
            return loss

    return Watched


common = {
    "output_dir": tempfile.mkdtemp(),
    "use_cpu": True,
    "bf16": asked["bf16"],
    "gradient_checkpointing": False,
    "per_device_train_batch_size": batch // accumulate,
    "gradient_accumulation_steps": accumulate,
    "num_train_epochs": 100000,
    "learning_rate": asked["learningRate"],
    "lr_scheduler_type": "constant",
    "weight_decay": 0.0,
    "adam_beta2": 0.95,
    "max_grad_norm": 1.0,
    "optim": "adamw_torch_fused",
    "train_sampling_strategy": "group_by_length" if how == "grouped" else "sequential",
    "report_to": "none",
    "save_strategy": "no",
    "logging_strategy": "no",
    "disable_tqdm": True,
    "dataloader_pin_memory": False,
    "seed": 1,
}
tokenizer = AutoTokenizer.from_pretrained(model)

if asked["work"] == "sft":
    data = [
        {"input_ids": row["prompt"] + row["completion"], "labels": [-100] * len(row["prompt"]) + row["completion"]}
        for row in rows
    ]
    work_done = sum(len(row["completion"]) for row in rows)
    if how == "packed":
        # As many packed rows as give about the same tokens for a step.
        size = max(len(row["input_ids"]) for row in data)
        mean = sum(len(row["input_ids"]) for row in data) / len(data)
        common["per_device_train_batch_size"] = max(1, round(batch * mean / size))
        config = SFTConfig(**common, max_length=size, packing=True)
    else:
        config = SFTConfig(**common, max_length=None)
    trainer = watched(SFTTrainer)(
        model=model, args=config, train_dataset=Dataset.from_list(data), processing_class=tokenizer, callbacks=[watch]
    )
elif asked["work"] == "dpo":

    class Tokenized(DPOTrainer):
        """With the ids that the other side has, in place of its own tokenization."""

        def _prepare_dataset(self, dataset, *args, **kwargs):
            return dataset

    data = [{"prompt_ids": r["prompt"], "chosen_ids": r["chosen"], "rejected_ids": r["rejected"]} for r in rows]
    work_done = len(rows)
    trainer = watched(Tokenized)(
        model=model,
        args=DPOConfig(**common, max_length=None, beta=0.1, precompute_ref_log_probs=True),
        train_dataset=Dataset.from_list(data),
        processing_class=tokenizer,
        callbacks=[watch],
    )
elif asked["work"] == "rm":
    data = [{"chosen_ids": r["prompt"] + r["chosen"], "rejected_ids": r["prompt"] + r["rejected"]} for r in rows]
    work_done = len(rows)
    trainer = watched(RewardTrainer)(
        model=model,
        args=RewardConfig(**common, max_length=None),
        train_dataset=Dataset.from_list(data),
        processing_class=tokenizer,
        callbacks=[watch],
    )
else:
    pattern = re.compile("(?s).*[a-m]")

    def reward(completions, completion_ids, **kwargs):
        watch.tokens += sum(len(ids) for ids in completion_ids)
        return [1.0 if pattern.fullmatch(text.strip()) else 0.0 for text in completions]

    group = asked["group"]
    common["per_device_train_batch_size"] = batch * group
    data = [{"prompt": tokenizer.bos_token + row["prompt"] + "\n"} for row in rows]
    work_done = 0
    trainer = watched(GRPOTrainer)(
        model=model,
        reward_funcs=reward,
        args=GRPOConfig(
            **common,
            num_generations=group,
            max_completion_length=asked["newTokens"],
            beta=0.04,
            loss_type="grpo",
            shuffle_dataset=False,
        ),
        train_dataset=Dataset.from_list(data),
        processing_class=tokenizer,
        callbacks=[watch],
    )
trainer.train()
