"""Writes shiftedNames.json: how the layers of Keras's networks are called in a legacy .h5 that was not the first one of its session.

Run: python test/golden/shiftedNames.py

Keras numbers layers without a name of their own in each session, so published files have other numbers than a new network: they are loaded by
order. Each network is built twice; of the second one Keras's own writer of `.h5` says `layer_names` and `weight_names`, in its order, of layers with
weights: name, and for each weight its name, without the layer's where it begins with that, and its shape.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import io

import h5py
import keras
from keras.src.legacy.saving import legacy_h5_format

import goldenFile

NETWORKS = {
    "inception_v3": (keras.applications.InceptionV3, 75),
    "xception": (keras.applications.Xception, 71),
    "convnext_tiny": (keras.applications.ConvNeXtTiny, 32),
    "nasnet_mobile": (keras.applications.NASNetMobile, 32),
}


def case(base, make, size):
    keras.backend.clear_session()
    make(weights=None, include_top=False, input_shape=(size, size, 3))
    network = make(weights=None, include_top=False, input_shape=(size, size, 3))
    layers = []
    with h5py.File(io.BytesIO(), "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, network)
        for name in legacy_h5_format.load_attributes_from_hdf5_group(file, "layer_names"):
            group = file[name]
            weights = legacy_h5_format.load_attributes_from_hdf5_group(group, "weight_names")
            if weights:
                layers.append([name, *([weight.removeprefix(f"{name}/"), *group[weight].shape] for weight in weights)])
    print(base, len(layers), layers[0])
    return {"base": base, "size": size, "layers": layers}


cases = [case(base, make, size) for base, (make, size) in NETWORKS.items()]
goldenFile.write("shiftedNames", {"source": goldenFile.source("shiftedNames.py", ["keras", "tensorflow-cpu", "h5py"]), "cases": cases})
