"""Images a second of Keras's `predict` for a network of its catalogue: no classifier, random weights, one thread.

    python keras_rate.py <class name> <size>

TensorFlow backend; batches of 8 random pictures; processor seconds. Prints one JSON line.
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

import measure  # noqa: E402

BATCH = 8


def main(name, size):
    measure.THREADS = 1
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    network = getattr(keras.applications, name)(weights=None, include_top=False, input_shape=(size, size, 3))
    pictures = np.random.default_rng(0).random((BATCH, size, size, 3), dtype="float32")
    seconds = measure.processor_seconds(lambda: network.predict(pictures, batch_size=BATCH, verbose=0))
    measure.report("forward, Keras", ["keras", "tensorflow-cpu"], network=name, size=size, batch=BATCH,
                   imagesPerSecond=BATCH / seconds)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
