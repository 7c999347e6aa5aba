"""What Keras's callbacks decide, epoch by epoch, on scripted measurements.

Each case drives one real callback with a stand-in for the model: the decisions of EarlyStopping and ReduceLROnPlateau, the
text of CSVLogger, the file names of ModelCheckpoint and the lines of Progbar.
"""

import os
import pathlib
import re
import tempfile

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402
from keras.src.utils import io_utils  # noqa: E402
import goldenFile  # noqa: E402

SEQUENCES = {
    "falling": [0.9, 0.7, 0.6, 0.5, 0.45, 0.4],
    "plateau": [0.9, 0.5, 0.5, 0.51, 0.4999, 0.5, 0.55, 0.52, 0.51, 0.6],
    "late": [0.5, 0.6, 0.7, 0.6, 0.55, 0.45, 0.44, 0.5, 0.6, 0.7, 0.8],
    "rising": [0.1, 0.2, 0.3, 0.4],
    "nan": [0.5, float("nan"), 0.4, float("nan"), 0.45, 0.46, 0.47],
    "nanFirst": [float("nan"), 0.5, 0.4, 0.3],
}

EARLY = [
    {},
    {"patience": 2},
    {"patience": 3, "min_delta": 0.05},
    {"patience": 2, "min_delta": -0.05},
    {"patience": 2, "baseline": 0.55},
    {"patience": 2, "start_from_epoch": 3},
    {"patience": 2, "restore_best_weights": True},
    {"monitor": "val_acc", "patience": 1, "mode": "max"},
    {"monitor": "val_acc", "patience": 2, "mode": "max", "min_delta": 0.05, "baseline": 0.52},
]

PLATEAU = [
    {},
    {"patience": 2},
    {"patience": 1, "factor": 0.5},
    {"patience": 1, "factor": 0.5, "cooldown": 2},
    {"patience": 1, "factor": 0.1, "min_lr": 0.0005},
    {"patience": 2, "min_delta": 0.05, "factor": 0.2},
    {"monitor": "val_acc", "mode": "max", "patience": 1},
]

CSV = [
    {"options": {}, "epochs": [{"loss": 0.6931471824645996, "acc": 1.0}, {"loss": 1e-05, "acc": 0.0}]},
    {"options": {"separator": ";"}, "epochs": [{"loss": 1e-07, "val_loss": 1e22}, {"loss": float("nan"), "val_loss": float("inf")}]},
    {"options": {}, "epochs": [{"loss": 0.5, "val_loss": 0.0001}, {"loss": 123456789012345680.0}, {"loss": 1234567890123456.0, "val_loss": -0.25}]},
    {"options": {"append": True}, "before": "epoch,loss,val_loss\r\n0,0.5,NA\r\n", "epochs": [{"loss": 0.25}]},
]

PATHS = [
    ("{epoch:02d}-{val_loss:.2f}", 3, None, {"val_loss": 0.456}),
    ("e{epoch}", 0, None, {"val_loss": 1.0}),
    ("{epoch:04d}/{acc:.4f}-{val_loss:.3e}", 11, None, {"val_loss": 0.000123, "acc": 1.0}),
    ("{epoch}-{batch:05d}-{loss}", 1, 6, {"loss": 0.5}),
    ("{loss:8.3f}|{loss:.1%}|{loss}", 1, None, {"loss": 2e-05}),
]


class Optimizer:
    learning_rate = 0.001


class Model:
    """As much of a model as the callbacks look at."""

    def __init__(self):
        self.stop_training = False
        self.optimizer = Optimizer()
        self.weights_now = None

    def get_weights(self):
        return self.weights_now

    def set_weights(self, weights):
        self.weights_now = weights


def run(callback, monitor, values):
    """For each epoch whether training goes on, and the rate afterwards."""
    model = Model()
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        model.weights_now = epoch
        callback.on_epoch_end(epoch, {monitor: value})
        rates.append(float(model.optimizer.learning_rate))
        if model.stop_training:
            break
    callback.on_train_end()
    return model, rates


def words(values):
    return [v if v == v else "NaN" for v in values]


def early(options, name, values):
    callback = keras.callbacks.EarlyStopping(**{"mode": "min", **options})
    model, rates = run(callback, options.get("monitor", "val_loss"), values)
    return {
        "options": options,
        "values": words(values),
        "epochs": len(rates),
        "stoppedEpoch": callback.stopped_epoch if model.stop_training else None,
        "bestEpoch": callback.best_epoch,
        "weightsOf": model.weights_now,
    }


def plateau(options, name, values):
    callback = keras.callbacks.ReduceLROnPlateau(**{"mode": "min", **options})
    _, rates = run(callback, options.get("monitor", "val_loss"), values)
    return {"options": options, "values": words(values), "rates": rates}


def csv(case):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "log.csv")
        if "before" in case:
            file.write_bytes(case["before"].encode())
        callback = keras.callbacks.CSVLogger(file, **case["options"])
        callback.on_train_begin()
        for epoch, logs in enumerate(case["epochs"]):
            callback.on_epoch_end(epoch, logs)
        callback.on_train_end()
        text = file.read_bytes().decode()
    epochs = [{key: (value if abs(value) < float("inf") else str(value)) for key, value in logs.items()} for logs in case["epochs"]]
    return {**case, "epochs": epochs, "text": text}


def path(template, epoch, batch, logs):
    callback = keras.callbacks.ModelCheckpoint(template + ".weights.h5", save_weights_only=True)
    return {
        "template": template,
        "epoch": epoch,
        "batch": batch,
        "logs": logs,
        "path": callback._get_file_path(epoch, batch, logs).removesuffix(".weights.h5"),
    }


def bar(verbose, target, steps, seconds, logs):
    """What Progbar writes for steps that take the same time each, on a clock that stands still otherwise."""
    import keras.src.utils.progbar as progbar

    clock = {"now": 1000.0}
    written = []
    real_time, real_print = progbar.time, io_utils.print_msg
    progbar.time = type("Clock", (), {"time": staticmethod(lambda: clock["now"])})
    io_utils.print_msg = lambda text, line_break=True: written.append(text)
    try:
        one = progbar.Progbar(target, verbose=verbose, stateless_metrics=set())
        one._dynamic_display = True
        for step in range(1, steps + 1):
            clock["now"] += seconds
            one.update(step, list(logs.items()), finalize=False)
        if steps == target:
            one.update(target, list(logs.items()), finalize=True)
    finally:
        progbar.time, io_utils.print_msg = real_time, real_print
    lines = [re.sub("\b+", "", text) for text in written]
    return {"verbose": verbose, "target": target, "steps": steps, "seconds": seconds, "logs": logs, "lines": lines[-2:]}


goldenFile.write(
    "callbacks",
    {
        "source": goldenFile.source("callbacks.py", ["keras", "tensorflow-cpu"]),
        "earlyStopping": [early(o, n, v) for o in EARLY for n, v in SEQUENCES.items()],
        "reduceLROnPlateau": [plateau(o, n, v) for o in PLATEAU for n, v in SEQUENCES.items()],
        "csv": [csv(case) for case in CSV],
        "paths": [path(*case) for case in PATHS],
        "bars": [
            bar(1, 100, 37, 0.33, {"acc": 0.5, "loss": 0.6931471824645996}),
            bar(1, 100, 100, 0.06, {"acc": 0.5, "loss": 0.6931471824645996}),
            bar(1, 7, 7, 0.0004, {"loss": 0.0001234}),
            bar(1, 1, 1, 2.4, {"loss": -3.0}),
            bar(1, 5000, 12, 3.0, {"loss": 12.5}),
            bar(1, 500, 12, 0.5, {"loss": 12.5}),
            bar(2, 3, 3, 0.061, {"acc": 0.4, "loss": 0.7481, "val_acc": 0.5, "val_loss": 0.00069}),
            bar(2, 12, 12, 0.00021, {"loss": -0.5}),
        ],
    },
)
