"""Writes applications<Family>.json: what real Keras makes of its own networks when every weight comes from a formula.

Run: python test/golden/applications.py [family ...]   (default: all)

Weights and inputs, so that any language can repeat them without a file. A weight's name is `<layer>/<weight>`, its values stand in
Keras's layout; all arithmetic is on unsigned 32-bit numbers, which wrap around, and `noise` is in double precision:
    start    = 2166136261, then for each character of the name: start = (start ^ code) * 16777619
    mixed    = (start ^ index) * 2654435761
    mixed    = (mixed ^ mixed >> 15) * 2246822519
    noise    = (mixed ^ mixed >> 13) / 2^31 - 1                          from -1 to 1
    kernels  = noise * sqrt(6 / inputs of one output)                     He's range; depthwise: the window's elements
    gamma, moving_variance = 1 + noise / 4;  bias, beta, moving_mean = noise / 10
The input has the name "input", index in the order height, width, channels: 1 + noise times the case's `inputScale`, less `inputShift`.

Each case has the layers in order with class, output shape and number of weights, the SHA-256 of the printed summary, and the output:
whole if small, else `samples` values at even steps (Keras's order). `moments`: mean and deviation of every layer's output.
"""

import hashlib
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["COLUMNS"] = "200"  # room for the tables that summary prints

import keras
import numpy as np

import goldenFile

SAMPLES = 300
A = keras.applications


def noise(name, count):
    start = 2166136261
    for character in name:
        start = ((start ^ ord(character)) * 16777619) & 0xFFFFFFFF
    mixed = (np.uint32(start) ^ np.arange(count, dtype=np.uint32)) * np.uint32(2654435761)
    mixed = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(2246822519)
    return (mixed ^ (mixed >> np.uint32(13))).astype(np.float64) / 2**31 - 1


def formula(layer, weight):
    values = noise(f"{layer.name}/{weight.name}", int(np.prod(weight.shape)))
    if weight.name == "kernel":
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
        inputs = np.prod(weight.shape[:2] if depthwise else weight.shape[:-1])
        values = values * np.sqrt(6 / inputs)
    elif weight.name in ("gamma", "moving_variance"):
        values = 1 + values / 4
    else:
        values = values / 10
    return values.reshape(weight.shape).astype(np.float32)


def picture(shape, scale, shift):
    return ((1 + noise("input", int(np.prod(shape)))) * scale - shift).reshape((1, *shape)).astype(np.float32)


def sampled(values):
    flat = np.asarray(values).ravel()
    count = min(flat.size, SAMPLES)
    return goldenFile.array(flat[np.arange(count) * flat.size // count])


def moments(model, x):
    outputs = keras.Model(model.inputs, [layer.output for layer in model.layers]).predict(x, verbose=0)
    return goldenFile.array([[np.mean(one, dtype=np.float64), np.std(one, dtype=np.float64)] for one in outputs])


def summary(model):
    lines = []
    model.summary(print_fn=lambda text, line_break=True: lines.append(text))
    return hashlib.sha256("\n".join(lines).rstrip().encode()).hexdigest()


def layer_row(layer):
    shape = layer.output.shape[1:]
    return [layer.name, type(layer).__name__, list(shape), layer.count_params()]


def case(network, make, options, values=True, layers=True, scale=1.0, shift=1.0):
    """One network in one form. `options` are this library's, in Keras's spelling once converted."""
    keras.backend.clear_session()
    spelling = {"inputShape": "input_shape", "includeTop": "include_top", "classifierActivation": "classifier_activation"}
    model = make(weights=None, **{spelling.get(key, key): value for key, value in options.items()})
    facts = {"network": network, "options": options, "name": model.name, "parameters": model.count_params(),
             "trainable": int(sum(np.prod(w.shape) for w in model.trainable_weights)),
             "weights": len(model.weights), "summary": summary(model)}
    if layers:
        facts["layers"] = [layer_row(layer) for layer in model.layers]
    if not values:
        return facts
    for layer in model.layers:
        layer.set_weights([formula(layer, weight) for weight in layer.weights])
    x = picture(model.input_shape[1:], scale, shift)
    output = model.predict(x, verbose=0)
    print(f"{network} {options}: {model.count_params()} weights, output {output.shape}, deviation {output.std():.3g}, zeros {np.mean(output == 0):.2f}")
    facts |= {"inputScale": scale, "inputShift": shift, "shape": list(output.shape[1:]), "output": sampled(output)}
    return facts | ({"moments": moments(model, x)} if layers else {})


def usual(network, make, odd, big=False, scale=1.0, shift=1.0):
    """With all classes by name and count; without classifier at an odd size; unless big, at the default size and with few classes."""
    values = {"scale": scale, "shift": shift}
    cases = [
        case(network, make, {"inputShape": [224, 224, 3], "includeTop": True}, values=False, layers=False),
        case(network, make, {"inputShape": odd, "includeTop": False}, **values),
    ]
    if big:
        return cases
    few = {"inputShape": [32, 32, 3], "includeTop": True, "classes": 10}
    return [
        *cases,
        case(network, make, {"inputShape": [224, 224, 3], "includeTop": False}, layers=False, **values),
        case(network, make, few, layers=False, **values),
    ]


def vgg():
    return [
        *usual("vgg16", A.VGG16, [45, 61, 3]),
        *usual("vgg19", A.VGG19, [45, 61, 3], big=True),
        case("vgg16", A.VGG16, {"inputShape": [32, 32, 3], "includeTop": False, "pooling": "avg"}, values=False, layers=False),
        case("vgg16", A.VGG16, {"inputShape": [32, 32, 3], "includeTop": False, "pooling": "max"}, values=False, layers=False),
    ]


def resnet():
    return usual("resnet50", A.ResNet50, [45, 61, 3])


def mobilenet():
    return [
        *usual("mobilenet", A.MobileNet, [45, 61, 3]),
        case("mobilenet", A.MobileNet, {"inputShape": [64, 64, 3], "includeTop": False, "alpha": 0.5}),
        case("mobilenet", A.MobileNet, {"inputShape": [64, 64, 3], "includeTop": False, "pooling": "avg"}, values=False, layers=False),
    ]


def mobilenet_v2():
    return [
        *usual("mobilenet_v2", A.MobileNetV2, [45, 61, 3]),
        case("mobilenet_v2", A.MobileNetV2, {"inputShape": [64, 64, 3], "includeTop": False, "alpha": 0.35}),
        case("mobilenet_v2", A.MobileNetV2, {"inputShape": [32, 32, 3], "includeTop": False, "alpha": 1.4}, values=False),
    ]


def densenet():
    return usual("densenet121", A.DenseNet121, [45, 61, 3])


FAMILIES = {"Vgg": vgg, "ResNet": resnet, "MobileNet": mobilenet, "MobileNetV2": mobilenet_v2, "DenseNet": densenet}

for family in sys.argv[1:] or FAMILIES:
    made_by = goldenFile.source("applications.py", ["keras", "tensorflow-cpu", "numpy"], backend="tensorflow")
    goldenFile.write(f"applications{family}", {"source": made_by, "cases": FAMILIES[family]()})
