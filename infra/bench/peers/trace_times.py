"""Where the time of a trace goes: time inside each operation and not in those that it calls.

    trace_times.py TRACE
"""

import collections
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    events = json.load(file)
events = [e for e in (events if isinstance(events, list) else events["traceEvents"]) if e.get("ph") == "X" and "dur" in e]
own, count = collections.Counter(), collections.Counter()
threads = collections.defaultdict(list)
for event in events:
    threads[event["tid"]].append(event)
for thread in threads.values():
    thread.sort(key=lambda e: (e["ts"], -e["dur"]))
    inside = []
    for event in thread:
        while inside and inside[-1]["ts"] + inside[-1]["dur"] <= event["ts"] + 1e-9:
            inside.pop()
        if inside:
            own[inside[-1]["name"]] -= event["dur"]
        own[event["name"]] += event["dur"]
        count[event["name"]] += 1
        inside.append(event)
total = sum(own.values())
span = max(e["ts"] + e["dur"] for e in events) - min(e["ts"] for e in events)
print(f"{total / 1e3:.1f} ms in operations, {span / 1e3:.1f} ms from first to last")
print(f"{'ms':>9} {'share':>6} {'calls':>8} {'us each':>9}  operation")
for name, value in own.most_common(25):
    print(f"{value / 1e3:9.1f} {100 * value / total:5.1f}% {count[name]:8d} {value / count[name]:9.1f}  {name}")
