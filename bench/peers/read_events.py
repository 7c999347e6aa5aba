"""Reads the event files of the TensorBoard callback with TensorBoard itself, and prints what it found as one line of JSON.

First TensorBoard's event accumulator (which checks every record's CRC and brings summaries to their present form), then a running
server on 127.0.0.1, asked for the scalars and histograms that its pages ask for.

    python bench/peers/read_events.py <logDir>
"""

import json
import os
import sys
import time
import urllib.parse
import urllib.request

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorboard.program
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util


def accumulated(folder):
    """By tag: the plugin that shows it, its steps, and its values (of a histogram: the sum of its counts)."""
    events = EventAccumulator(folder, size_guidance={"tensors": 0})
    events.Reload()
    found = {}
    for tag in events.Tags()["tensors"]:
        plugin = events.SummaryMetadata(tag).plugin_data.plugin_name
        arrays = [(e.step, tensor_util.make_ndarray(e.tensor_proto)) for e in events.Tensors(tag)]
        values = [float(a) if plugin == "scalars" else float(a[:, 2].sum()) for _, a in arrays]
        found[tag] = {"plugin": plugin, "steps": [step for step, _ in arrays], "values": values}
    return found


def served(log_dir, runs):
    """What the pages of a running TensorBoard get."""
    board = tensorboard.program.TensorBoard()
    board.configure(argv=[None, "--logdir", log_dir, "--port", "0", "--host", "127.0.0.1", "--load_fast", "false"])
    url = board.launch().rstrip("/")

    def get(path):
        with urllib.request.urlopen(f"{url}/data/plugin/{path}") as answer:
            return json.load(answer)

    deadline = time.time() + 60
    while set(runs) - set(get("scalars/tags")) and time.time() < deadline:
        time.sleep(0.5)
    time.sleep(1)
    result = {}
    for plugin in ("scalars", "histograms"):
        for run, tags in get(f"{plugin}/tags").items():
            for tag in tags:
                rows = get(f"{plugin}/{plugin}?" + urllib.parse.urlencode({"run": run, "tag": tag}))
                result[f"{plugin}: {run}/{tag}"] = len(rows)
    return result


log_dir = sys.argv[1]
runs = sorted(run for run in os.listdir(log_dir) if os.path.isdir(os.path.join(log_dir, run)))
print(json.dumps({"tensorboard": tensorboard.__version__,
                  "read": {run: accumulated(os.path.join(log_dir, run)) for run in runs},
                  "served": served(log_dir, runs)}))
