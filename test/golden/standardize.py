"""Makes standardize.json: Keras's standardisation with all switches, and what fit finds.

Run: python test/golden/standardize.py   (needs TensorFlow, Keras, SciPy)
"""

import itertools
import warnings

import numpy as np
from goldenFile import array, source, write
from legacyKeras import ImageDataGenerator, camel, picture

warnings.simplefilter("ignore")
FLAGS = [
    "featurewise_center", "samplewise_center", "featurewise_std_normalization", "samplewise_std_normalization",
]
FEW = np.stack([picture(5, 4, 3, seed) for seed in range(10)])
MANY = np.stack([picture(3, 4, 3, seed) for seed in range(60)])


def combinations():
    for values in itertools.product((False, True), repeat=4):
        options = {**dict(zip(FLAGS, values)), "rescale": 1 / 255}
        generator = ImageDataGenerator(**options)
        generator.fit(FEW)
        output = generator.standardize(FEW[3].copy())
        statistics = {
            "mean": None if generator.mean is None else array(generator.mean.ravel()),
            "std": None if generator.std is None else array(generator.std.ravel()),
        }
        yield {"options": camel(options), **statistics, "output": array(output)}


def whitening():
    for name, data in (("few", FEW), ("many", MANY)):
        for epsilon in (1e-6, 0.1):
            options = {"zca_whitening": True, "zca_epsilon": epsilon, "rescale": 1 / 255}
            generator = ImageDataGenerator(**options)
            generator.fit(data)
            yield {
                "data": name, "options": camel(options), "matrix": array(generator.zca_whitening_matrix),
                "output": array(generator.standardize(data[1].copy())),
            }


def augmented():
    options = {"featurewise_std_normalization": True, "rotation_range": 30, "horizontal_flip": True, "zoom_range": 0.3}
    generator = ImageDataGenerator(**options)
    generator.fit(FEW, augment=True, rounds=3, seed=11)
    statistics = {"mean": array(generator.mean.ravel()), "std": array(generator.std.ravel())}
    return {"options": camel(options), "rounds": 3, "seed": 11, **statistics}


write("standardize", {
    "source": source("standardize.py", ["keras", "numpy", "scipy"]),
    "few": array(FEW),
    "many": array(MANY),
    "combinations": list(combinations()),
    "whitening": list(whitening()),
    "augmented": augmented(),
})
