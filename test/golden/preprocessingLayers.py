"""Makes preprocessingLayers.json: Keras 3's random layers with factors fixed, on the TensorFlow backend.

Run: python test/golden/preprocessingLayers.py   (needs TensorFlow, Keras, SciPy)

A pair of equal factors leaves nothing to chance. What a layer draws otherwise depends on its backend, so only the
deterministic part is recorded; flips and crops, which have no factor, are called with their transformation given.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from goldenFile import array, source, write
from keras import layers
from legacyKeras import picture

X = picture(7, 9)
TALL = picture(11, 6)
FILLS = ["reflect", "wrap", "constant", "nearest"]


def call(layer, x):
    return array(np.asarray(layer(x[None], training=True))[0])


def projection(fill, interpolation):
    return {"fill_mode": fill, "interpolation": interpolation, "fill_value": 31.5}


def case(name, draw, settings, output, image="square"):
    record = {"type": name, "draw": draw, "image": image, "output": output}
    words = {"fill_mode": "fillMode", "interpolation": "interpolation", "fill_value": "fillValue"}
    return {**record, **{words.get(key, key): value for key, value in settings.items()}}


def moving():
    for fill in FILLS:
        for interpolation in ("bilinear", "nearest"):
            settings = projection(fill, interpolation)
            for turn in (0.07, -0.31):
                y = call(layers.RandomRotation((turn, turn), **settings), X)
                yield case("randomRotation", {"turn": turn}, settings, y)
            for height, width in ((0.35, 0.35), (-0.45, 0.6)):
                y = call(layers.RandomZoom((height, height), (width, width), **settings), X)
                yield case("randomZoom", {"height": height, "width": width}, settings, y)
            for height, width in ((0.23, -0.61), (-0.9, 0.4)):
                y = call(layers.RandomTranslation((height, height), (width, width), **settings), X)
                yield case("randomTranslation", {"height": height, "width": width}, settings, y)


def colours():
    for value_range, x in (((0, 255), X), ((0, 1), X / 255)):
        image = "square" if value_range[1] == 255 else "unit"
        settings = {"valueRange": value_range}
        for factor in (0.3, 1.0, 1.75):
            layer = layers.RandomContrast((0.5, 0.5), value_range=value_range)
            shape = (1, 1, 1, 1)
            given = {"contrast_factor": np.full(shape, factor, np.float32)}
            y = np.asarray(layer.transform_images(keras.ops.convert_to_tensor(x[None]), given))[0]
            yield case("randomContrast", {"factor": factor}, settings, array(y), image)
        for delta in (-0.4, 0.25):
            y = call(layers.RandomBrightness((delta, delta), value_range=value_range), x)
            yield case("randomBrightness", {"delta": delta}, settings, y, image)


def flips_and_crops():
    for mode in ("horizontal", "vertical", "horizontal_and_vertical"):
        layer = layers.RandomFlip(mode)
        y = layer.transform_images(
            keras.ops.convert_to_tensor(X[None]), {"flips": np.ones((1, 1, 1, 1), bool), "input_shape": (1, 7, 9, 3)}
        )
        draw = {"flipHorizontal": mode != "vertical", "flipVertical": mode != "horizontal"}
        yield case("randomFlip", draw, {"mode": mode}, array(np.asarray(y)[0]))
    for top, left in ((0, 0), (3, 4), (2, 1)):
        layer = layers.RandomCrop(4, 5)
        y = layer.transform_images(keras.ops.convert_to_tensor(X[None]), (top, left))
        yield case("randomCrop", {"top": top, "left": left}, {"height": 4, "width": 5}, array(np.asarray(y)[0]))
    for height, width in ((7, 6), (9, 9), (12, 20), (5, 6)):
        y = call(layers.RandomCrop(height, width), TALL)
        draw = {"top": None, "left": None}
        yield case("randomCrop", draw, {"height": height, "width": width}, y, "tall")


write("preprocessingLayers", {
    "source": source("preprocessingLayers.py", ["keras", "numpy", "tensorflow_cpu"]),
    "square": array(X),
    "unit": array(X / 255),
    "tall": array(TALL),
    "cases": [*moving(), *colours(), *flips_and_crops()],
})
