"""Renders chat templates with transformers: what dev.temper.trainers.template is compared to.

    python chat_templates.py TEMPLATES CASES EXPECTED

TEMPLATES is a folder of *.jinja or a JSON object of them (then only the first case is rendered), CASES
a JSON list of conversations, EXPECTED the file that is written: for every template and case the text and what the template marks as the assistant's, or that
it is refused. strftime_now is at 26 July 2024, 12:00.

Needs transformers (5.23.0 wrote the file in the repository) and jinja2.
"""

import datetime
import json
import pathlib
import sys

import transformers
from transformers.utils import chat_template_utils


class Frozen(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26, 12, 0, 0)


def rendered(template, case):
    try:
        texts, spans = chat_template_utils.render_jinja_template(
            conversations=[case["messages"]],
            tools=case.get("tools"),
            chat_template=template,
            return_assistant_tokens_mask=True,
            add_generation_prompt=case.get("add_generation_prompt", False),
            **{"bos_token": "<BOS>", "eos_token": "<EOS>", "pad_token": "<PAD>"},
            **case.get("variables", {}),
        )
    except Exception as refusal:  # whatever Python raises: the Java side must refuse too
        return {"refused": f"{type(refusal).__name__}: {refusal}"[:200]}
    return {"text": texts[0], "generated": [list(span) for span in spans[0]]}


def main(templates, cases, expected):
    transformers.logging.set_verbosity_error()
    chat_template_utils.datetime = Frozen
    conversations = json.loads(pathlib.Path(cases).read_text("utf-8"))
    if templates.endswith(".json"):
        sources = json.loads(pathlib.Path(templates).read_text("utf-8"))
        conversations = conversations[:1]
    else:
        files = sorted(pathlib.Path(templates).glob("*.jinja"))
        sources = {file.stem: file.read_text("utf-8") for file in files}
    result = {
        name: {case["name"]: rendered(template, case) for case in conversations}
        for name, template in sources.items()
    }
    lines = json.dumps(result, ensure_ascii=False, indent=1)
    pathlib.Path(expected).write_text(lines + "\n", "utf-8")
    counts = [len([r for r in of.values() if "text" in r]) for of in result.values()]
    print(f"{len(result)} templates, {sum(counts)} renderings, "
          f"{len(result) * len(conversations) - sum(counts)} refusals")


if __name__ == "__main__":
    main(*sys.argv[1:])
