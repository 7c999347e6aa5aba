"""The files that weightFiles.js reads: VGG16 without its classifier in five formats, and files of 500 MB.

Run: python bench/weightFiles.py <folder>
"""

import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"

import h5py
import keras
import numpy as np
from safetensors.numpy import save_file

folder = pathlib.Path(sys.argv[1])
folder.mkdir(exist_ok=True)
model = keras.applications.VGG16(weights=None, include_top=False)
model.save(folder / "vgg16.keras")
model.save_weights(folder / "vgg16.weights.h5")
model.save(folder / "vgg16Model.h5", include_optimizer=False)
with h5py.File(folder / "vgg16.h5", "w") as file:
    keras.src.legacy.saving.legacy_h5_format.save_weights_to_hdf5_group(file, model)
weights = {f"{layer.name}/{weight.name}": weight.numpy() for layer in model.layers for weight in layer.weights}
save_file(weights, folder / "vgg16.safetensors")
large = {f"layer_{number}/kernel": np.ones((1250, 1000), "float32") for number in range(100)}
save_file(large, folder / "large.safetensors")
with h5py.File(folder / "large.h5", "w") as file:
    for name, values in large.items():
        file.create_dataset(name, data=values)
