"""Small weight files as Keras, NumPy and PyTorch write them, into test/golden/weights/, and what is in them.

One small network whose weights are a formula of their place is saved in each of Keras's formats; arrays of every
element type and order by NumPy; an HDF5 file with gzip, shuffle, checksums and half precision by h5py; a model by
PyTorch's ONNX exporter; a pickle by torch.save, which must be refused.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy as np
import torch
from torch.onnx._internal.torchscript_exporter import onnx_proto_utils

import goldenFile

FOLDER = goldenFile.FOLDER / "weights"


def fill(shape, start):
    """Values that are exact in half precision and differ by place and tensor."""
    size = int(np.prod(shape))
    return (((np.arange(size) * 7 + start * 13) % 97 - 48) / 16).reshape(shape).astype("float32")


def network():
    layers = keras.layers
    inside = keras.Sequential([keras.Input((4, 4, 4)), layers.Conv2D(2, 1, name="inner_conv")], name="inner")
    picture = keras.Input((6, 6, 3), name="picture")
    x = layers.Conv2D(4, 3, name="front")(picture)
    x = layers.BatchNormalization(name="norm")(x)
    x = inside(x)
    x = layers.Flatten(name="flat")(x)
    model = keras.Model(picture, layers.Dense(2, name="head")(x), name="small")
    model.set_weights([fill(weight.shape, place) for place, weight in enumerate(model.get_weights())])
    return model


def keras_files():
    model = network()
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    model.save(FOLDER / "small.keras")
    model.save(FOLDER / "small.h5")
    model.save_weights(FOLDER / "small.weights.h5")
    legacy = keras.src.legacy.saving.legacy_h5_format
    with h5py.File(FOLDER / "smallWeights.h5", "w") as file:
        legacy.save_weights_to_hdf5_group(file, model)
    return [
        {"layer": layer.name, "path": weight.path, **goldenFile.array(weight.numpy())}
        for layer in model.layers
        for weight in layer.weights
    ]


def hdf5_file():
    arrays = {
        "gzip": fill((30, 7), 1),
        "half": fill((5,), 2).astype("float16"),
        "big": fill((3, 2), 3).astype(">f4"),
        "whole": np.arange(-3, 3, dtype="int16").reshape(2, 3),
        "scalar": np.float64(1.25),
        "truth": np.array([True, False, True]),
    }
    with h5py.File(FOLDER / "packed.h5", "w") as file:
        for name, array in arrays.items():
            options = {"chunks": (8, 3), "compression": "gzip", "shuffle": True, "fletcher32": True}
            file.create_dataset(f"group/{name}", data=array, **(options if name == "gzip" else {}))
        file.create_dataset("resized", data=fill((9,), 4), chunks=(4,), maxshape=(None,))
    arrays = {f"group/{name}": array for name, array in arrays.items()}
    return {**arrays, "resized": fill((9,), 4)}


def numpy_files():
    arrays = {
        "plain": fill((2, 3), 1),
        "fortran": np.asfortranarray(fill((2, 3, 4), 2)),
        "big": fill((4,), 3).astype(">f8"),
        "half": fill((4,), 4).astype("float16"),
        "bytes": np.arange(5, dtype="uint8"),
        "long": np.array([2**40, -3], dtype="int64"),
        "scalar": np.float32(2.5),
        "empty": np.zeros((0, 3), dtype="float32"),
    }
    np.savez(FOLDER / "arrays.npz", **arrays)
    np.savez_compressed(FOLDER / "packed.npz", **arrays)
    np.save(FOLDER / "one.npy", arrays["fortran"])
    np.save(FOLDER / "objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return arrays


def torch_files():
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(64, 2)).eval()
    with torch.no_grad():
        for place, value in enumerate(module.state_dict().values()):
            value.copy_(torch.from_numpy(fill(tuple(value.shape), place)))
    torch.save(module.state_dict(), FOLDER / "pickle.pt")
    # This step only adds functions of the onnxscript package, which the network has none of, and needs the onnx package.
    onnx_proto_utils._add_onnxscript_fn = lambda proto, *_: proto
    torch.onnx.export(module, (torch.zeros(1, 3, 6, 6),), str(FOLDER / "small.onnx"), dynamo=False)
    return {name: value.numpy() for name, value in module.state_dict().items()}


def listed(arrays):
    return [
        {"name": name, "shape": list(array.shape), "values": [float(value) for value in array.ravel()]}
        for name, array in arrays.items()
    ]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    goldenFile.write(
        "weightFiles",
        {
            "source": goldenFile.source("weightFiles.py", ["keras", "h5py", "numpy", "torch"]),
            "keras": keras_files(),
            "hdf5": listed(hdf5_file()),
            "numpy": listed(numpy_files()),
            "torch": listed(torch_files()),
        },
    )
    for file in sorted(FOLDER.iterdir()):
        print(f"{file.name}: {file.stat().st_size} bytes")
