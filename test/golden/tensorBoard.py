"""Event records as TensorFlow writes them, for the encoder of the TensorBoard callback.

Scalars are those of tf.summary.scalar, histograms tensors of [left, right, count] rows as of tf.summary.histogram; the
messages are built by TensorFlow's own protobuf classes and framed by its TFRecordWriter.
"""

import base64
import os
import pathlib
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.core.framework import summary_pb2, tensor_pb2, types_pb2  # noqa: E402
from tensorflow.core.util import event_pb2  # noqa: E402
import goldenFile  # noqa: E402

SCALARS = [
    ("epoch_loss", 0.6931471824645996, 0, 1795319266.631237),
    ("epoch_acc", 1.0, 1, 1795319266.75),
    ("batch_loss", 1e-30, 300, 1.5),
    ("evaluation_loss_vs_iterations", float("nan"), 70000, 2.0),
    ("epoch_größe", -3.25, 5_000_000_000, 1795319267.0),
]


def record(event):
    with tempfile.TemporaryDirectory() as folder:
        file = str(pathlib.Path(folder, "records"))
        with tf.io.TFRecordWriter(file) as writer:
            writer.write(event.SerializeToString(deterministic=True))
        return base64.b64encode(pathlib.Path(file).read_bytes()).decode("ascii")


def metadata(plugin):
    plugin_data = summary_pb2.SummaryMetadata.PluginData(plugin_name=plugin)
    return summary_pb2.SummaryMetadata(plugin_data=plugin_data)


def event(wall_time, step, tag, plugin, tensor):
    value = summary_pb2.Summary.Value(tag=tag, metadata=metadata(plugin), tensor=tensor)
    return event_pb2.Event(wall_time=wall_time, step=step, summary=summary_pb2.Summary(value=[value]))


def scalar(tag, value, step, wall_time):
    tensor = tensor_pb2.TensorProto(dtype=types_pb2.DT_FLOAT, float_val=[value])
    tensor.tensor_shape.SetInParent()
    shown = value if value == value else "NaN"
    bytes_ = record(event(wall_time, step, tag, "scalars", tensor))
    return {"kind": "scalar", "tag": tag, "value": shown, "step": step, "wallTime": wall_time, "record": bytes_}


def histogram(tag, buckets, step, wall_time):
    tensor = tensor_pb2.TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=np.ravel(buckets).tolist())
    for size in (len(buckets), 3):
        tensor.tensor_shape.dim.add(size=size)
    bytes_ = record(event(wall_time, step, tag, "histograms", tensor))
    return {"kind": "histogram", "tag": tag, "buckets": buckets, "step": step, "wallTime": wall_time, "record": bytes_}


goldenFile.write(
    "tensorBoard",
    {
        "source": goldenFile.source("tensorBoard.py", ["tensorflow-cpu"]),
        "version": record(event_pb2.Event(wall_time=1795319266.631237, file_version="brain.Event:2")),
        "events": [scalar(*case) for case in SCALARS]
        + [histogram("dense/kernel/histogram", [[-1.0, 0.0, 3.0], [0.0, 1.0, 4.0]], 2, 3.5)],
    },
)
