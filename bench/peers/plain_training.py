"""Time an image of the book's second way in Keras: a frozen MobileNetV3Small and a head, fitted on files through ImageDataGenerator.

    python plain_training.py <manifest.csv> <as-they-are or book or fine-tune> [epochs]

The manifest has the columns path, label, split (train or validation). Random weights: only the time matters. `fine-tune` also trains
the last three blocks. The first epoch warms up; an image of training and one of validation count alike.
"""

import csv
import os
import pathlib
import sys
import tempfile
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

import measure

SIZE, BATCH, LAST_BLOCKS = 224, 32, ("expanded_conv_8", "expanded_conv_9", "expanded_conv_10", "conv_1")
BOOK = {"rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 0.2, "shear_range": 0.2, "zoom_range": 0.2,
        "horizontal_flip": True, "fill_mode": "nearest"}


def linked(manifest, folder):
    """A folder for each split and class with links to its images."""
    counts = {}
    for row in csv.DictReader(open(manifest, newline="")):
        place = pathlib.Path(folder, row["split"], row["label"])
        place.mkdir(parents=True, exist_ok=True)
        source = pathlib.Path(manifest).parent / row["path"]
        counts[row["split"]] = counts.get(row["split"], 0) + 1
        (place / f"{counts[row['split']]}{source.suffix}").symlink_to(source)
    return counts


class EpochEnds(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append((time.perf_counter(), time.process_time()))


def network(way):
    base = keras.applications.MobileNetV3Small(input_shape=(SIZE, SIZE, 3), include_top=False, pooling="avg", weights=None)
    for layer in base.layers:
        layer.trainable = way == "fine-tune" and layer.name.startswith(LAST_BLOCKS)
    inputs = keras.Input((SIZE, SIZE, 3))
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(base(inputs, training=False)))
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def main(manifest, way, epochs=3):
    tf.config.threading.set_intra_op_parallelism_threads(measure.THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(measure.THREADS)
    generator = tf.keras.preprocessing.image.ImageDataGenerator
    with tempfile.TemporaryDirectory() as folder:
        counts = linked(manifest, folder)
        flow = {"target_size": (SIZE, SIZE), "batch_size": BATCH, "class_mode": "categorical"}
        train = generator(**(BOOK if way == "book" else {})).flow_from_directory(pathlib.Path(folder, "train"), **flow)
        validation = generator().flow_from_directory(pathlib.Path(folder, "validation"), **flow)
        # As many loading threads as there are cores, which serves Keras better than its default of one.
        for each in (train, validation):
            each.workers = measure.THREADS
        ends = EpochEnds()
        network(way).fit(train, validation_data=validation, epochs=1 + epochs, callbacks=[ends], verbose=0)
    (wall, processor), (last_wall, last_processor) = ends.ends[0], ends.ends[-1]
    seen = epochs * sum(counts.values())
    measure.report("plain training, Keras MobileNetV3Small", ["keras", "tensorflow_cpu", "scipy", "pillow"],
                   sizes={**counts, "size": SIZE, "batch": BATCH, "epochs": epochs}, way=way,
                   msAnImage=round(1000 * (last_wall - wall) / seen, 2),
                   processorMsAnImage=round(1000 * (last_processor - processor) / seen, 2))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
