"""Images a second of Keras's own MobileNetV3Small (no top, average pooling, random weights), from JPEG files.

    python extract_keras.py <folder> [n]

A tf.data pipeline reads, decodes, resizes (bilinear, 224x224) and batches; `predict` takes it. The preprocessing layer is
inside the model. `forward` is `predict` on one ready batch.
"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

import measure

SIZE, BATCH, REPEATS = 224, 32, 3


def load(path):
    picture = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.image.resize(picture, (SIZE, SIZE), method="bilinear")


def main(folder, count):
    tf.config.threading.set_intra_op_parallelism_threads(measure.THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(measure.THREADS)
    paths = measure.jpeg_files(folder, count)
    pictures = tf.data.Dataset.from_tensor_slices(paths).map(load, num_parallel_calls=tf.data.AUTOTUNE)
    pictures = pictures.batch(BATCH).prefetch(tf.data.AUTOTUNE)
    base = keras.applications.MobileNetV3Small(input_shape=(SIZE, SIZE, 3), include_top=False, pooling="avg", weights=None)
    ready = np.random.default_rng(0).uniform(0, 255, (BATCH, SIZE, SIZE, 3)).astype(np.float32)
    base.predict(pictures.take(2), verbose=0)
    forward = measure.median_ms(lambda i: base.predict_on_batch(ready), 20, 3)
    seconds = measure.median_seconds(lambda: base.predict(pictures, verbose=0), REPEATS)
    measure.report("extraction, Keras MobileNetV3Small", ["keras", "tensorflow_cpu"],
                   sizes={"pictures": len(paths), "size": SIZE, "batch": BATCH, "repeats": REPEATS},
                   imagesPerSecond=round(len(paths) / seconds, 1),
                   forwardImagesPerSecond=round(1000 * BATCH / forward["median"], 1))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else None)
