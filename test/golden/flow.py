"""Makes flow.json: what Keras's directory, array and table iterators give for a tree of small files with odd names.

Run: python test/golden/flow.py   (needs TensorFlow, Keras, SciPy, Pillow, pandas)

The tree is made here and by the test from the same list of names and the same formula; the file holds results only.
"""

import os
import tempfile
import warnings

import numpy as np
from goldenFile import array, source, write
from legacyKeras import ImageDataGenerator, camel
from PIL import Image

import keras

warnings.simplefilter("ignore")
NAMES = [
    *[f"cats/cat.{i}.png" for i in (0, 1, 2, 9, 10, 11, 20, 100)],
    *[f"dogs/dog {i}.png" for i in (3, 1, 2, 30, 4)],
    "dogs/DOG.PNG", "dogs/a/inner.png", "dogs/a-b/side.png", "dogs/.hidden.png", "dogs/notes.txt",
    *[f"Zebra/z{i}.png" for i in range(4)],
    "\u00e9t\u00e9/1.png", "\u00e9t\u00e9/e\u0301.png", "\u00e9t\u00e9/\ufb01.png", "\u00e9t\u00e9/\U0001f431.png",
    ".git/config.png", "empty/readme.md",
]
SIZES = [(9, 7), (8, 8), (5, 11)]
AUGMENT = {
    "rotation_range": 25, "width_shift_range": 0.2, "zoom_range": 0.2, "horizontal_flip": True, "rescale": 1 / 255,
    "brightness_range": [0.7, 1.3],
}


def pixels(number):
    """Formula of the picture with that place in the list."""
    height, width = SIZES[number % 3]
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((x * 23 + y * 41 + c * 67 + number * 13 + x * y * number) % 256).astype(np.uint8)


def make_tree(root):
    for number, name in enumerate(NAMES):
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if name.lower().endswith(".png"):
            Image.fromarray(pixels(number)).save(path, format="PNG")
        else:
            open(path, "w").close()


def batches(iterator, count, by_index=False):
    result = []
    for step in range(count):
        if by_index:
            if step and step % len(iterator) == 0:
                iterator.on_epoch_end()
            batch = iterator[step % len(iterator)]
        else:
            batch = next(iterator)
        x, y = batch if isinstance(batch, tuple) else (batch, None)
        # One number a picture keeps the file small and still tells any two pictures apart.
        weights = np.arange(1, x[0].size + 1, dtype=np.float64) / x[0].size
        sums = [float((image.astype(np.float64).ravel() * weights).sum()) for image in x]
        result.append({"sums": sums, "y": None if y is None else np.asarray(y, dtype=float).tolist()})
    return result


def directories(root):
    for options, flow, count, by_index in [
        ({}, {"target_size": [6, 5], "batch_size": 7, "seed": 7}, 12, False),
        (AUGMENT, {"target_size": [6, 6], "batch_size": 7, "seed": 7, "class_mode": "sparse"}, 12, False),
        (AUGMENT, {"target_size": [6, 6], "batch_size": 7, "seed": 7, "class_mode": "sparse"}, 12, True),
        ({"validation_split": 0.3}, {"subset": "validation", "seed": 1, "target_size": [4, 4], "batch_size": 3,
                                     "classes": ["dogs", "cats"], "class_mode": "binary"}, 4, False),
        ({"validation_split": 0.3}, {"subset": "training", "shuffle": False, "target_size": [4, 4], "batch_size": 3,
                                     "color_mode": "grayscale", "class_mode": None}, 4, False),
        (AUGMENT, {"target_size": [6, 6], "batch_size": 5, "seed": 3, "save": True, "save_prefix": "p"}, 6, False),
        ({}, {"target_size": [6, 5], "batch_size": 30, "shuffle": False, "interpolation": "bilinear"}, 1, False),
        ({}, {"target_size": [6, 5], "batch_size": 30, "shuffle": False, "color_mode": "rgba"}, 1, False),
        ({}, {"target_size": [4, 6], "batch_size": 30, "shuffle": False, "keep_aspect_ratio": True}, 1, False),
    ]:
        arguments = dict(flow)
        with tempfile.TemporaryDirectory() as saved:
            if arguments.pop("save", False):
                arguments["save_to_dir"] = saved
            iterator = ImageDataGenerator(**options).flow_from_directory(root, **arguments)
            found = batches(iterator, count, by_index)
            yield {
                "options": camel(options), "flow": camel(flow), "byIndex": by_index,
                "classIndices": iterator.class_indices,
                "filenames": iterator.filenames, "classes": iterator.classes.tolist(), "length": len(iterator),
                "batches": found, "saved": sorted(os.listdir(saved)),
            }


def arrays():
    x = np.stack([np.asarray(Image.fromarray(pixels(i)).resize((6, 6), 0), dtype=np.float32) for i in range(11)])
    y = np.arange(11)
    for options, flow, count in [
        (AUGMENT, {"batch_size": 4, "seed": 5}, 7),
        ({**AUGMENT, "validation_split": 0.4}, {"subset": "training", "batch_size": 4, "seed": 9,
                                                "ignore_class_split": True}, 4),
        ({"validation_split": 0.4}, {"subset": "validation", "batch_size": 3, "shuffle": False,
                                     "ignore_class_split": True}, 3),
    ]:
        iterator = ImageDataGenerator(**options).flow(x, y, **flow)
        yield {"options": camel(options), "flow": camel(flow), "batches": batches(iterator, count)}


def datasets(root):
    shutil_free = os.path.join(root, "empty")
    for arguments in [
        {"image_size": [6, 5], "shuffle": False, "batch_size": 50},
        {"image_size": [6, 5], "shuffle": False, "batch_size": 50, "label_mode": "categorical", "color_mode": "grayscale"},
        {"image_size": [20, 17], "shuffle": False, "batch_size": 50, "interpolation": "nearest", "label_mode": None},
        {"image_size": [6, 6], "shuffle": False, "batch_size": 50, "crop_to_aspect_ratio": True},
        {"image_size": [6, 6], "shuffle": False, "batch_size": 50, "pad_to_aspect_ratio": True},
        {"image_size": [6, 5], "validation_split": 0.25, "subset": "validation", "seed": 4, "shuffle": False,
         "batch_size": 50},
    ]:
        dataset = keras.utils.image_dataset_from_directory(root, verbose=False, **arguments)
        found = []
        for batch in dataset:
            x, y = batch if isinstance(batch, tuple) else (batch, None)
            found.append({"x": array(x.numpy()) if arguments["image_size"] == [6, 5] else None,
                          "sums": batches(iter([x.numpy()]), 1)[0]["sums"],
                          "y": None if y is None else y.numpy().tolist()})
        yield {"options": camel(arguments), "classNames": dataset.class_names,
               "filePaths": [os.path.relpath(path, root) for path in dataset.file_paths], "batches": found}
    # Shuffled splits: the order of paths is fixed by the seed.
    for subset in ("training", "validation"):
        arguments = {"image_size": [6, 5], "validation_split": 0.25, "subset": subset, "seed": 4, "batch_size": 50}
        dataset = keras.utils.image_dataset_from_directory(root, verbose=False, **arguments)
        yield {"options": camel(arguments), "classNames": dataset.class_names, "batches": None,
               "filePaths": [os.path.relpath(path, root) for path in dataset.file_paths]}
    assert os.path.isdir(shutil_free)


with tempfile.TemporaryDirectory() as folder:
    make_tree(folder)
    write("flow", {
        "source": source("flow.py", ["keras", "numpy", "scipy", "pillow"]),
        "names": NAMES,
        "sizes": SIZES,
        "directories": list(directories(folder)),
        "arrays": list(arrays()),
        "datasets": list(datasets(folder)),
    })
