"""Makes randomTransform.json: parameters that Keras's generator draws, and the pictures it makes of them.

Run: python test/golden/randomTransform.py   (needs TensorFlow, Keras, SciPy, Pillow)
"""

import numpy as np
from goldenFile import array, source, write
from legacyKeras import ImageDataGenerator, apply_keras_2, camel, draw_2_0_8, picture, plain

BOOK = {
    "rotation_range": 40, "width_shift_range": 0.2, "height_shift_range": 0.2, "shear_range": 0.2,
    "zoom_range": 0.2, "horizontal_flip": True,
}
CONFIGS = {
    "book": BOOK,
    "flips": {"horizontal_flip": True, "vertical_flip": True},
    "pixels": {"width_shift_range": 3, "height_shift_range": [-4, 2, 9], "vertical_flip": True},
    "colour": {"channel_shift_range": 30.0, "brightness_range": [0.4, 1.6], "zoom_range": [0.5, 1.5]},
    "all": {
        **BOOK, "shear_range": 15, "channel_shift_range": 20.0, "brightness_range": [0.5, 1.5], "vertical_flip": True,
    },
    "odd": {"rotation_range": 180, "width_shift_range": 1.5, "height_shift_range": 1, "shear_range": 45.5},
}
FIRST_ERA = {
    "book": BOOK,
    "colour": {"channel_shift_range": 30.0, "zoom_range": 0.5, "vertical_flip": True},
    "pixels": {"width_shift_range": 2, "height_shift_range": 0.5, "shear_range": 0.3},
}
SHAPES = [(150, 150, 3), (120, 200, 3)]


def parameters():
    for name, options in CONFIGS.items():
        generator = ImageDataGenerator(**options)
        for shape in SHAPES:
            draws = [plain(generator.get_random_transform(shape, seed)) for seed in range(20)]
            yield {"compat": "keras-3", "name": name, "options": camel(options), "shape": shape, "draws": draws}
    for name, options in FIRST_ERA.items():
        draws = []
        for seed in range(20):
            np.random.seed(seed)
            draws.append(plain(draw_2_0_8(options, SHAPES[1])))
        yield {"compat": "keras-2.0.8", "name": name, "options": camel(options), "shape": SHAPES[1], "draws": draws}


def images():
    x = picture(12, 17)
    generator = ImageDataGenerator(**CONFIGS["all"])
    for seed in range(10):
        y = generator.random_transform(x, seed)
        yield {"compat": "keras-3", "options": camel(CONFIGS["all"]), "seed": seed, "output": array(y)}
    # The same stream and the same parameters; other geometry and brightness.
    for seed in range(5):
        y = apply_keras_2(x, generator.get_random_transform(x.shape, seed), "keras-2.2")
        yield {"compat": "keras-2.2", "options": camel(CONFIGS["all"]), "seed": seed, "output": array(y)}
    first = {**BOOK, "channel_shift_range": 20.0, "vertical_flip": True}
    for seed in range(5):
        np.random.seed(seed)
        y = apply_keras_2(x, draw_2_0_8(first, x.shape), "keras-2.0.8")
        yield {"compat": "keras-2.0.8", "options": camel(first), "seed": seed, "output": array(y)}


write("randomTransform", {
    "source": source("randomTransform.py", ["keras", "numpy", "scipy", "pillow"]),
    "parameters": list(parameters()),
    "input": array(picture(12, 17)),
    "images": list(images()),
})
