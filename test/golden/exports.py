"""Opens the model files that this library writes with real Keras, and records what they predict into exports.json.

Run: python test/golden/exports.py <folder>

The folder holds, for each network of test/support/exportNetworks.ts, `<name>.keras`, `<name>.weights.h5` and `<name>/model.json`; a test
writes them there when PERMAFROST_EXPORTS names the folder. Keras 3 opens the first two, the weights with `load_weights` into a new model
of the same configuration; Keras 2 (tf-keras) reads the configuration and the weights in the TensorFlow.js files. All three must agree, and
the file names the digests of what was opened.

Inputs: ((index * 7919 + seed * 104729) % 2003) / 1001.5 - 1, two samples, the seed being the number of the input.
"""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import zipfile

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np

NETWORKS = ["everyLayer", "nested", "stack", "ofApplications", "mobileNetV2"]


def formula(shape, seed):
    index = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((index * 7919 + seed * 104729) % 2003) / 1001.5 - 1).reshape(shape).astype(np.float32)


def predicted(model):
    shapes = model.input_shape if isinstance(model.input_shape, list) else [model.input_shape]
    inputs = [formula((2, *shape[1:]), seed) for seed, shape in enumerate(shapes)]
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    return [np.asarray(output) for output in (outputs if isinstance(outputs, list) else [outputs])]


def digest(content):
    return hashlib.sha256(content).hexdigest()


def keras_3(folder):
    import keras

    import goldenFile

    cases = []
    for name in NETWORKS:
        file = folder / f"{name}.keras"
        model = keras.saving.load_model(file)
        outputs = predicted(model)
        fresh = keras.models.clone_model(model)
        fresh.load_weights(folder / f"{name}.weights.h5")
        for a, b in zip(outputs, predicted(fresh)):
            assert np.array_equal(a, b), f"{name}: its weights give other predictions"
        older = folder / f"{name}.keras2.npz"
        for place, output in enumerate(outputs):
            difference = np.abs(output - np.load(older)[f"arr_{place}"]).max()
            print(f"{name}: output {output.shape}, spread {np.ptp(output):.3g}, Keras 2 differs by {difference:.3g}")
            assert difference < 1e-5, name
        with zipfile.ZipFile(file) as archive:
            members = {member: digest(archive.read(member)) for member in ["config.json", "model.weights.h5"]}
        tfjs = digest((folder / name / "model.json").read_bytes())
        cases.append({"name": name, "members": members, "modelJson": tfjs,
                      "outputs": [goldenFile.array(output) for output in outputs]})
    versions = ["keras", "tf_keras", "tensorflow-cpu", "h5py"]
    goldenFile.write("exports", {"source": goldenFile.source("exports.py", versions), "cases": cases})


def keras_2(folder):
    """TensorFlow.js's layout through tf-keras: the configuration, and every weight by its name."""
    import tf_keras

    for name in NETWORKS:
        content = json.loads((folder / name / "model.json").read_text())
        model = tf_keras.models.model_from_json(json.dumps(content["modelTopology"]["model_config"]))
        values = {}
        for group in content["weightsManifest"]:
            data = b"".join((folder / name / path).read_bytes() for path in group["paths"])
            at = 0
            for weight in group["weights"]:
                count = int(np.prod(weight["shape"]))
                values[weight["name"]] = np.frombuffer(data, "<f4", count, at).reshape(weight["shape"])
                at += 4 * count
            assert at == len(data)
        for layer in leaves(model):
            # A Normalization counts what it was adapted on.
            own = [w.numpy() if last(w) == "count" else values.pop(f"{layer.name}/{last(w)}") for w in layer.weights]
            layer.set_weights(own)
            if hasattr(layer, "finalize_state"):
                layer.finalize_state()
        assert not values, f"{name}: {list(values)} belong to no layer"
        np.savez(folder / f"{name}.keras2.npz", *predicted(model))


def last(weight):
    return weight.name.split("/")[-1].split(":")[0]


def leaves(model):
    for layer in model.layers:
        yield from leaves(layer) if hasattr(layer, "layers") else [layer]


if __name__ == "__main__":
    if sys.argv[2:] == ["keras-2"]:
        keras_2(pathlib.Path(sys.argv[1]))
    else:
        # The two cannot be in one process.
        subprocess.run([sys.executable, __file__, sys.argv[1], "keras-2"], check=True)
        keras_3(pathlib.Path(sys.argv[1]))
