"""One training step, and one epoch, of the book's head: 8192 - Dense 256 relu - Dropout 0.5 - Dense 1 sigmoid.

Binary cross-entropy, RMSprop 2e-5, batch 20, float32, two threads. `step` is a step on a batch that lies ready in
memory; `epochSeconds` a whole epoch of 2000 shuffled samples, gathering included.

    python head_step.py            # both, one JSON line each
    python head_step.py torch      # or keras
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

import measure

FEATURES, HIDDEN, BATCH, SAMPLES, RATE = 8192, 256, 20, 2000, 2e-5
STEPS, WARM_UP, EPOCHS = 200, 30, 5
SIZES = {"features": FEATURES, "hidden": HIDDEN, "batch": BATCH, "samples": SAMPLES, "steps": STEPS}


def make_data():
    random = np.random.default_rng(0)
    x = np.maximum(random.normal(-0.5, 1, (SAMPLES, FEATURES)), 0).astype(np.float32)
    return x, random.integers(0, 2, (SAMPLES, 1)).astype(np.float32)


def measure_torch():
    import torch

    torch.set_num_threads(measure.THREADS)
    head = torch.nn.Sequential(torch.nn.Linear(FEATURES, HIDDEN), torch.nn.ReLU(), torch.nn.Dropout(0.5),
                               torch.nn.Linear(HIDDEN, 1))
    optimizer = torch.optim.RMSprop(head.parameters(), lr=RATE, alpha=0.9, eps=1e-7)
    loss_function = torch.nn.BCEWithLogitsLoss()
    x, y = (torch.from_numpy(values) for values in make_data())

    def step(xs, ys):
        optimizer.zero_grad()
        loss = loss_function(head(xs), ys)
        loss.backward()
        optimizer.step()
        return loss.item()

    def epoch():
        for rows in torch.randperm(SAMPLES).split(BATCH):
            step(x[rows], y[rows])

    times = measure.median_ms(lambda i: step(x[:BATCH], y[:BATCH]), STEPS, WARM_UP)
    measure.report("book head, PyTorch eager", ["torch", "numpy"], sizes=SIZES, stepMs=times,
                   epochSeconds=round(measure.median_seconds(epoch, EPOCHS), 4))


def measure_keras():
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(measure.THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(measure.THREADS)
    head = keras.Sequential([keras.Input((FEATURES,)), keras.layers.Dense(HIDDEN, activation="relu"),
                             keras.layers.Dropout(0.5), keras.layers.Dense(1, activation="sigmoid")])
    head.compile(optimizer=keras.optimizers.RMSprop(RATE), loss="binary_crossentropy")
    x, y = make_data()

    def epoch():
        head.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)

    times = measure.median_ms(lambda i: head.train_on_batch(x[:BATCH], y[:BATCH]), STEPS, WARM_UP)
    epoch()
    measure.report("book head, Keras on TensorFlow", ["keras", "tensorflow_cpu", "numpy"], sizes=SIZES, stepMs=times,
                   epochSeconds=round(measure.median_seconds(epoch, EPOCHS), 4), call="train_on_batch, fit")


if __name__ == "__main__":
    jobs = {"torch": measure_torch, "keras": measure_keras}
    if sys.argv[1:]:
        jobs[sys.argv[1]]()
    else:
        measure.run_each(jobs)
