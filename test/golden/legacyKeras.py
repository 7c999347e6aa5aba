"""The three historical behaviours of Keras's ImageDataGenerator for golden files.

Keras 3 is the real thing: keras.src.legacy.preprocessing.image. Keras 2.0.8 and 2.2 are written down here from their
documented differences, with NumPy and SciPy doing the arithmetic.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import scipy.ndimage

if not hasattr(scipy.ndimage, "interpolation"):
    scipy.ndimage.interpolation = scipy.ndimage

from keras.src.legacy.preprocessing.image import ImageDataGenerator  # noqa: E402
from PIL import Image, ImageEnhance  # noqa: E402


def picture(height, width, channels=3, seed=0):
    """A ramp with noise, whole values from 0 to 255."""
    random = np.random.RandomState(seed)
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    ramp = y * 17 + x * 11 + c * 40
    return ((ramp + random.randint(0, 60, ramp.shape)) % 256).astype(np.float32)


def draw_2_0_8(options, shape):
    """Parameters as Keras 2.0.8 draws them; theta in degrees."""
    height, width, channels = shape
    u = np.random.uniform
    p = {"theta": 0.0, "tx": 0.0, "ty": 0.0, "shear": 0.0, "zx": 1.0, "zy": 1.0}
    if options.get("rotation_range"):
        p["theta"] = u(-options["rotation_range"], options["rotation_range"])
    if options.get("height_shift_range"):
        p["tx"] = u(-options["height_shift_range"], options["height_shift_range"]) * height
    if options.get("width_shift_range"):
        p["ty"] = u(-options["width_shift_range"], options["width_shift_range"]) * width
    if options.get("shear_range"):
        p["shear"] = u(-options["shear_range"], options["shear_range"])
    zoom = options.get("zoom_range", 0)
    if zoom:
        p["zx"], p["zy"] = (float(z) for z in u(1 - zoom, 1 + zoom, 2))
    shift = options.get("channel_shift_range", 0)
    p["channel_shift_intensity"] = [u(-shift, shift) for _ in range(channels)] if shift else None
    p["flip_horizontal"] = bool(options.get("horizontal_flip") and np.random.random() < 0.5)
    p["flip_vertical"] = bool(options.get("vertical_flip") and np.random.random() < 0.5)
    p["brightness"] = None
    return p


def affine_row_first(x, p, shear_in_degrees, order, mode, cval):
    """Keras 2's affine transform: the first coordinate is the row, the centre is one pixel off."""
    theta = np.deg2rad(p["theta"])
    shear = np.deg2rad(p["shear"]) if shear_in_degrees else p["shear"]
    rotation = np.array([[np.cos(theta), -np.sin(theta), 0], [np.sin(theta), np.cos(theta), 0], [0, 0, 1]])
    shift = np.array([[1, 0, p["tx"]], [0, 1, p["ty"]], [0, 0, 1]])
    shearing = np.array([[1, -np.sin(shear), 0], [0, np.cos(shear), 0], [0, 0, 1]])
    zoom = np.diag([p["zx"], p["zy"], 1])
    if theta == 0 and p["tx"] == 0 and p["ty"] == 0 and shear == 0 and p["zx"] == 1 and p["zy"] == 1:
        return x
    matrix = rotation @ shift @ shearing @ zoom
    o_x, o_y = x.shape[0] / 2 + 0.5, x.shape[1] / 2 + 0.5
    there, back = np.eye(3), np.eye(3)
    there[:2, 2] = o_x, o_y
    back[:2, 2] = -o_x, -o_y
    matrix = there @ matrix @ back
    channels = [
        scipy.ndimage.affine_transform(
            x[:, :, c], matrix[:2, :2], matrix[:2, 2], order=order, mode=mode, cval=cval
        )
        for c in range(x.shape[2])
    ]
    return np.stack(channels, axis=2)


def apply_keras_2(x, p, era, mode="nearest", cval=0.0):
    """All transforms of Keras 2.0.8 (era "keras-2.0.8") or 2.2, in their order."""
    first = era == "keras-2.0.8"
    x = affine_row_first(x, p, not first, 0 if first else 1, mode, cval)
    if p["channel_shift_intensity"] is not None:
        low, high = x.min(), x.max()
        amounts = p["channel_shift_intensity"] if first else [p["channel_shift_intensity"]] * x.shape[2]
        x = np.stack([np.clip(x[:, :, c] + amounts[c], low, high) for c in range(x.shape[2])], axis=2)
    if p["flip_horizontal"]:
        x = x[:, ::-1]
    if p["flip_vertical"]:
        x = x[::-1]
    if p["brightness"] is not None:
        x = x - x.min()
        x = x / x.max() * 255
        bright = ImageEnhance.Brightness(Image.fromarray(x.astype("uint8"), "RGB"))
        x = np.asarray(bright.enhance(p["brightness"]), dtype=np.float32)
    return np.ascontiguousarray(x, dtype=np.float32)


def plain(parameters):
    """Parameters as JSON in camelCase."""
    names = {
        "theta": "theta", "tx": "tx", "ty": "ty", "shear": "shear", "zx": "zx", "zy": "zy",
        "flip_horizontal": "flipHorizontal", "flip_vertical": "flipVertical",
        "channel_shift_intensity": "channelShiftIntensity", "brightness": "brightness",
    }
    result = {}
    for name, value in parameters.items():
        if name.startswith("flip"):
            result[names[name]] = bool(value)
        elif isinstance(value, list):
            result[names[name]] = [float(v) for v in value]
        else:
            result[names[name]] = None if value is None else float(value)
    return result


def camel(options):
    """Options as JSON in camelCase."""
    def name(word):
        first, *rest = word.split("_")
        return first + "".join(part.capitalize() for part in rest)
    return {name(key): value for key, value in options.items()}
