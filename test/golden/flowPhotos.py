"""Makes flowPhotos.json: the book's generator, by real Keras, on photographs that are not part of the repository.

Run: python test/golden/flowPhotos.py <data>   (needs TensorFlow, Keras, SciPy, Pillow)
<data> is the folder that has cats_and_dogs_small/train.
"""

import os
import sys

import numpy as np
from goldenFile import source, write
from legacyKeras import ImageDataGenerator, camel

OPTIONS = {
    "rescale": 1 / 255, "rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 0.2, "shear_range": 0.2,
    "zoom_range": 0.2, "horizontal_flip": True,
}
FLOW = {"target_size": [150, 150], "batch_size": 20, "class_mode": "binary", "seed": 7}


def batches():
    train = os.path.join(sys.argv[1], "cats_and_dogs_small", "train")
    iterator = ImageDataGenerator(**OPTIONS).flow_from_directory(train, **FLOW)
    for _ in range(2):
        x, y = next(iterator)
        # A few rows of each picture, far apart, tell what a whole one would.
        rows = x[:, [0, 37, 75, 149], ::30, :].reshape(len(x), -1)
        yield {
            "y": y.tolist(), "means": x.mean(axis=(1, 2, 3), dtype=np.float64).tolist(),
            "samples": [[round(float(v), 7) for v in row] for row in rows],
        }


write("flowPhotos", {
    "source": source("flowPhotos.py", ["keras", "numpy", "scipy", "pillow"]),
    "options": camel(OPTIONS), "flow": camel(FLOW), "batches": list(batches()),
})
