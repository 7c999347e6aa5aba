"""Whole models as Keras 3 and Keras 2 (tf-keras) write them, into test/golden/models/, and what they predict, into modelFiles.json.

Run: python test/golden/modelFiles.py

The same networks are made by both: one with a shared layer, a model called twice, a Sequential in it and a frozen part; one stack. Keras 3
saves `.keras` and `.h5`; Keras 2 `.h5`, its own `.keras`, and, written here as the converter of TensorFlow.js lays it out, `model.json`
with one file of weights, once as float32 and once with 8-bit numbers. Keras 1 is no longer to be had: `keras1.h5` has its layout (names,
options and order as in its `topology.py`), with weights of a Keras 2 network. `teachable/` has the form of a Teachable Machine export.

Inputs and weights: ((index * 7919 + seed * 104729) % 2003) / 1001.5 - 1, two samples; weights have seeds from 10 on, times 0.3, and
moving variances and gammas 1 + that.
"""

import json
import os
import pathlib
import subprocess
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import numpy as np

import goldenFile

FOLDER = goldenFile.FOLDER / "models"


def formula(shape, seed):
    index = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((index * 7919 + seed * 104729) % 2003) / 1001.5 - 1).reshape(shape).astype(np.float32)


def fill(model):
    for seed, weight in enumerate(model.weights):
        name = getattr(weight, "path", weight.name)
        values = 0.3 * formula(tuple(weight.shape), seed + 10)
        weight.assign(1 + values if "gamma" in name or "variance" in name else values)
    return model


def nested(keras):
    layers = keras.layers
    inside = keras.Input((5, 5, 4), name="inside")
    x = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(inside)
    x = layers.BatchNormalization(epsilon=0.01, name="bn")(x)
    x = layers.LeakyReLU(0.2, name="leaky")(x)
    block = keras.Model(inside, layers.Add(name="sum")([x, inside]), name="block")
    tail = keras.Sequential([keras.Input((5, 5, 4)), layers.Conv2D(3, 2, activation="relu"), layers.Flatten()], name="tail")
    shared = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, kernel_regularizer="l2", name="shared")
    a, b = keras.Input((10, 10, 3), name="a"), keras.Input((10, 10, 3), name="b")
    left, right = block(shared(a)), block(shared(b), training=False)
    both = layers.Concatenate(name="both")([tail(left), tail(right)])
    block.trainable = False
    outputs = [layers.Dense(3, activation="softmax", name="classes")(both), layers.GlobalAveragePooling2D(name="mean")(right)]
    return fill(keras.Model([a, b], outputs, name="nested"))


def stack(keras):
    layers = keras.layers
    return fill(keras.Sequential([
        keras.Input((8, 8, 3)),
        layers.Rescaling(1 / 2, offset=0.5),
        layers.SeparableConv2D(4, 3, activation="swish"),
        layers.MaxPooling2D(),
        layers.PReLU(shared_axes=[1, 2]),
        layers.Dropout(0.5),
        layers.Flatten(),
        layers.Dense(3, activation="sigmoid"),
    ], name="stack"))


def arithmetic(keras):
    """Operations outside of layers, as Keras's MobileNetV3 has them."""
    picture = keras.Input((6, 6, 3))
    x = keras.layers.Conv2D(4, 3, name="conv")(picture)
    gate = keras.layers.ReLU(6.0)(x + 3.0) * (1.0 / 6.0)
    y = x * gate - 0.25
    return fill(keras.Model(picture, keras.layers.Flatten()(y + x), name="arithmetic"))


def of_applications(keras):
    """ConvNeXt's block and a shortcut of InceptionResNetV2, with the classes that Keras has for these networks alone."""
    from keras.src.applications.convnext import LayerScale
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

    layers = keras.layers
    picture = keras.Input((8, 8, 3))
    stem = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 2, strides=2), layers.LayerNormalization(epsilon=1e-6)], name="stem")
    x = stem(picture)
    y = layers.Conv2D(4, 7, padding="same", groups=4, name="depthwise")(x)
    y = layers.LayerNormalization(epsilon=1e-6, name="layernorm")(y)
    y = layers.Dense(16, name="pointwise_1")(y)
    y = layers.Activation("gelu", name="gelu")(y)
    y = layers.Dense(4, name="pointwise_2")(y)
    y = LayerScale(1e-6, 4, name="layer_scale")(y)
    x = layers.Add()([x, layers.Activation("linear", name="identity")(y)])
    x = CustomScaleLayer(0.17)([x, layers.Conv2D(4, 1, name="up")(x)])
    return fill(keras.Model(picture, layers.GlobalAveragePooling2D()(x), name="of_applications"))


def predicted(model):
    shapes = model.input_shape if isinstance(model.input_shape, list) else [model.input_shape]
    inputs = [formula((2, *shape[1:]), seed) for seed, shape in enumerate(shapes)]
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    return [goldenFile.array(output) for output in (outputs if isinstance(outputs, list) else [outputs])]


def tfjs(model, name, quantized=False):
    """What tensorflowjs_converter writes of a Keras model."""
    folder = FOLDER / name
    folder.mkdir(exist_ok=True)
    data, weights, seen = b"", [], set()
    for weight in model.weights:
        if weight.name in seen:
            continue
        seen.add(weight.name)
        values = weight.numpy()
        entry = {"name": weight.name.split(":")[0], "shape": list(values.shape), "dtype": "float32"}
        if quantized:
            low, scale = float(values.min()), float(np.ptp(values)) / 255 or 1.0
            numbers = np.round((values - low) / scale).astype("uint8")
            entry["quantization"] = {"dtype": "uint8", "min": low, "scale": scale, "original_dtype": "float32"}
            data += numbers.tobytes()
            weight.assign((numbers.astype("float64") * scale + low).astype("float32"))
        else:
            data += values.tobytes()
        weights.append(entry)
    (folder / "group1-shard1of1.bin").write_bytes(data)
    config = json.loads(model.to_json())
    topology = {"keras_version": config.pop("keras_version"), "backend": config.pop("backend"), "model_config": config}
    (folder / "model.json").write_text(json.dumps({
        "format": "layers-model", "generatedBy": "keras v2", "convertedBy": "TensorFlow.js Converter",
        "modelTopology": topology, "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": weights}]}))


def teachable(keras):
    layers = keras.layers
    picture = keras.Input((12, 12, 3), name="input_1")
    x = layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False, name="Conv1")(picture)
    x = layers.BatchNormalization(epsilon=0.001, name="bn_Conv1")(x)
    x = layers.ReLU(6.0, name="out_relu")(x)
    body = keras.Model(picture, x, name="model1")
    front = keras.Sequential([body, layers.GlobalAveragePooling2D(name="global_average_pooling2d_1")], name="sequential_1")
    head = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="relu", name="dense_Dense1"),
                             layers.Dense(2, use_bias=False, activation="softmax", name="dense_Dense2")], name="sequential_3")
    model = fill(keras.Sequential([front, head], name="sequential_4"))
    tfjs(model, "teachable")
    (FOLDER / "teachable" / "metadata.json").write_text(json.dumps({
        "tfjsVersion": "1.3.1", "tmVersion": "2.4.7", "packageVersion": "0.8.4", "packageName": "@teachablemachine/image",
        "modelName": "my-image-model", "labels": ["cat", "dog"], "imageSize": 12}))
    return predicted(model)


def keras_1(keras):
    """A small VGG as Keras 1.2 saved it."""
    layers = keras.layers
    model = fill(keras.Sequential([
        keras.Input((8, 8, 3)),
        layers.ZeroPadding2D(1),
        layers.Conv2D(4, 3, activation="relu", name="block1_conv1"),
        layers.BatchNormalization(epsilon=0.001, name="batchnormalization_1"),
        layers.MaxPooling2D(2, name="block1_pool"),
        layers.Flatten(name="flatten_1"),
        layers.Dropout(0.5, name="dropout_1"),
        layers.Dense(3, activation="softmax", name="dense_1"),
    ]))
    plain = {"trainable": True, "W_regularizer": None, "b_regularizer": None, "activity_regularizer": None,
             "W_constraint": None, "b_constraint": None, "init": "glorot_uniform", "bias": True}
    config = [
        {"class_name": "ZeroPadding2D", "config": {"name": "zeropadding2d_1", "trainable": True, "padding": [1, 1], "dim_ordering": "tf",
                                                   "batch_input_shape": [None, 8, 8, 3], "input_dtype": "float32"}},
        {"class_name": "Convolution2D", "config": {**plain, "name": "block1_conv1", "nb_filter": 4, "nb_row": 3, "nb_col": 3,
                                                   "activation": "relu", "border_mode": "valid", "subsample": [1, 1], "dim_ordering": "tf"}},
        {"class_name": "BatchNormalization", "config": {"name": "batchnormalization_1", "trainable": True, "epsilon": 0.001, "mode": 0, "axis": -1,
                                                        "momentum": 0.99, "gamma_regularizer": None, "beta_regularizer": None}},
        {"class_name": "MaxPooling2D", "config": {"name": "block1_pool", "trainable": True, "pool_size": [2, 2], "strides": [2, 2],
                                                  "border_mode": "valid", "dim_ordering": "tf"}},
        {"class_name": "Flatten", "config": {"name": "flatten_1", "trainable": True}},
        {"class_name": "Dropout", "config": {"name": "dropout_1", "trainable": True, "p": 0.5}},
        {"class_name": "Dense", "config": {**plain, "name": "dense_1", "output_dim": 3, "activation": "softmax", "input_dim": 64}},
    ]
    names = {"block1_conv1": ["W_1", "b_1"], "dense_1": ["W", "b"],
             "batchnormalization_1": ["gamma", "beta", "running_mean", "running_std"]}
    with h5py.File(FOLDER / "keras1.h5", "w") as file:
        file.attrs["keras_version"] = "1.2.2".encode()
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": config}).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [entry["config"]["name"].encode() for entry in config]
        for entry in config:
            layer = entry["config"]["name"]
            part = group.create_group(layer)
            keys = [f"{layer}_{name}:0" for name in names.get(layer, [])]
            part.attrs["weight_names"] = [key.encode() for key in keys]
            for key, value in zip(keys, model.get_layer(layer).get_weights() if keys else []):
                part.create_dataset(key, data=value)
    return predicted(model)


def cases(files, outputs):
    return [{"file": file, "outputs": outputs} for file in files]


def keras_2():
    import tf_keras as keras

    found = []
    for make in (nested, stack):
        model = make(keras)
        name = make.__name__
        model.save(FOLDER / f"{name}2.h5", save_format="h5", include_optimizer=False)
        model.save(FOLDER / f"{name}2.keras")
        tfjs(model, f"{name}Tfjs")
        found += cases([f"{name}2.h5", f"{name}2.keras", f"{name}Tfjs/model.json"], predicted(model))
    tfjs(model, "quantized", quantized=True)
    found += cases(["quantized/model.json"], predicted(model))
    found += cases(["teachable/model.json"], teachable(keras))
    found += cases(["keras1.h5"], keras_1(keras))
    print(json.dumps(found))


def keras_3():
    import keras

    found = []
    for make in (nested, stack):
        model = make(keras)
        name = make.__name__
        model.save(FOLDER / f"{name}3.keras")
        model.save(FOLDER / f"{name}3.h5", include_optimizer=False)
        model.save_weights(FOLDER / f"{name}3.weights.h5")
        found += cases([f"{name}3.keras", f"{name}3.h5"], predicted(model))
    for make, name in ((arithmetic, "arithmetic3"), (of_applications, "ofApplications3")):
        model = make(keras)
        model.save(FOLDER / f"{name}.keras")
        model.save(FOLDER / f"{name}.h5", include_optimizer=False)
        found += cases([f"{name}.keras", f"{name}.h5"], predicted(model))
    return found


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    if sys.argv[1:] == ["keras-2"]:
        keras_2()
    else:
        # The two cannot be in one process.
        older = subprocess.run([sys.executable, __file__, "keras-2"], check=True, stdout=subprocess.PIPE).stdout
        source = goldenFile.source("modelFiles.py", ["keras", "tf_keras", "tensorflow-cpu", "h5py"])
        goldenFile.write("modelFiles", {"source": source, "cases": keras_3() + json.loads(older.splitlines()[-1])})
        for file in sorted(FOLDER.rglob("*.*")):
            print(f"{file.relative_to(FOLDER)}: {file.stat().st_size} bytes")
