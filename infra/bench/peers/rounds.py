"""What a peer says to the driver: one line of JSON when it is ready, and one after each round that it is asked for."""

import json
import os
import sys
import time

# Whatever libraries print goes to the log.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
if os.environ.get("OMP_NUM_THREADS"):
    import torch

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def say(**values):
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(line for line in status if line.startswith("VmHWM"))
    print(json.dumps({**values, "peakMb": int(peak.split()[1]) / 1024}), file=answers, flush=True)


def asked():
    """Waits until the driver asks for a round; ends the process when there is none."""
    if not sys.stdin.readline():
        os._exit(0)
    return time.perf_counter()


def ready():
    import transformers

    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    if "trl" in sys.modules:
        versions["trl"] = sys.modules["trl"].__version__
    say(ready=True, versions=versions)


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]
