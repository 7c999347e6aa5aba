"""Writes applications<Family>.json: what real Keras makes of its own networks when every weight comes from a formula.

Run: python test/golden/applications.py [family ...]   (default: all; "Gradients" among them)

Weights and inputs, so that any language can repeat them without a file. A weight's name is `<layer>/<weight>`, its values stand in
Keras's layout; all arithmetic is on unsigned 32-bit numbers, which wrap around, and `noise` is in double precision:
    start    = 2166136261, then for each character of the name: start = (start ^ code) * 16777619
    mixed    = (start ^ index) * 2654435761
    mixed    = (mixed ^ mixed >> 15) * 2246822519
    noise    = (mixed ^ mixed >> 13) / 2^31 - 1                          from -1 to 1
    kernels  = noise * sqrt(6 / inputs of one output) * the case's gain   He's range; depthwise: the window's elements
    gamma, moving_variance, variance = 1 + noise / 4;  bias, beta, moving_mean, mean = noise / 10;  count = 0
The input has the name "input", index in the order height, width, channels: 1 + noise times the case's `inputScale`, less `inputShift`.

Each case has the layers in order with class, output shape and number of weights, the SHA-256 of the printed summary, and the output:
whole if small, else `samples` values at even steps (Keras's order). `moments`: mean and deviation of every layer's output.
Operations on tensors, which Keras puts into the table of a summary but not into `model.layers`, count as layers.

applicationsGradients.json has the gradients of one training step, a network of each family: normalizations keep to their moving
statistics (as a base does that is fine-tuned), two pictures (the input of twice the length), the loss
sum(output * (1 + cos(3 i + 1) / 2)). The direction has one sign, so that a ReLU that rounding turns on or off does not count for much.
For every trained weight: the gradient's length, and its product with the noise of the weight's name. A case names the weights by
the SHA-256 of their names, one a line.
"""

import hashlib
import os
import re
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["COLUMNS"] = "200"  # room for the tables that summary prints

import keras
import numpy as np
import tensorflow as tf

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


def weight_name(layer, weight):
    return "gamma" if type(layer).__name__ == "LayerScale" else weight.name  # Keras numbers this one


def formula(layer, weight, gain):
    name = weight_name(layer, weight)
    values = noise(f"{layer.name}/{name}", int(np.prod(weight.shape)))
    if name.endswith("kernel"):
        depthwise = isinstance(layer, keras.layers.DepthwiseConv2D) or name.startswith("depthwise")
        inputs = np.prod(weight.shape[:2] if depthwise else weight.shape[:-1])
        values = values * np.sqrt(6 / inputs) * gain
    elif name in ("gamma", "moving_variance", "variance"):
        values = 1 + values / 4
    elif name == "count":
        values = values * 0
    else:
        values = values / 10
    return values.reshape(weight.shape).astype(np.float32)


def single_layers(model):
    """Layers in order, those of nested models in their place."""
    for layer in model.layers:
        yield from single_layers(layer) if hasattr(layer, "layers") else [layer]


def fill(model, gain=1.0):
    for layer in single_layers(model):
        layer.set_weights([formula(layer, weight, gain) for weight in layer.weights])
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # it goes on with the old weights otherwise; loading a file does this as well


def picture(shape, scale, shift, count=1):
    values = (1 + noise("input", count * int(np.prod(shape)))) * scale - shift
    return values.reshape((count, *shape)).astype(np.float32)


def sampled(values):
    flat = np.asarray(values).ravel()
    count = min(flat.size, SAMPLES)
    return goldenFile.array(flat[np.arange(count) * flat.size // count])


def moments(model, x):
    outputs = keras.Model(model.inputs, [one.output for one in model._operations]).predict(x, verbose=0)
    return goldenFile.array([[np.mean(one, dtype=np.float64), np.std(one, dtype=np.float64)] for one in outputs])


def summary(model):
    lines = []
    model.summary(print_fn=lambda text, line_break=True: lines.append(text))
    return hashlib.sha256("\n".join(lines).rstrip().encode()).hexdigest()


def layer_row(layer):
    shape = layer.output.shape[1:]
    count = layer.count_params() if isinstance(layer, keras.Layer) else 0
    return [layer.name, type(layer).__name__, list(shape), count]


def keras_spelling(options):
    return {re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", key): value for key, value in options.items()}


def case(network, make, options, values=True, layers=True, scale=1.0, shift=1.0, gain=1.0):
    """One network in one form. `options` are this library's, in Keras's spelling once converted."""
    keras.backend.clear_session()
    model = make(weights=None, **keras_spelling(options))
    facts = {"network": network, "options": options, "name": model.name, "parameters": model.count_params(),
             "trainable": int(sum(np.prod(w.shape) for w in model.trainable_weights)),
             "weights": len(model.weights), "summary": summary(model)}
    if layers:
        facts["layers"] = [layer_row(layer) for layer in model._operations]
    if not values:
        return facts
    fill(model, gain)
    x = picture(model.input_shape[1:], scale, shift)
    output = model.predict(x, verbose=0)
    print(f"{network} {options}: {model.count_params()} weights, output {output.shape}, deviation {output.std():.3g}, zeros {np.mean(output == 0):.2f}")
    facts |= {"inputScale": scale, "inputShift": shift, "gain": gain, "shape": list(output.shape[1:]), "output": sampled(output)}
    return facts | ({"moments": moments(model, x)} if layers else {})


PIXELS = {"scale": 127.5, "shift": 0.0}  # 0 to 255, for networks that scale inside
CALM = {**PIXELS, "gain": 0.7}  # at 1 signals grow until float32 and float64 disagree in the third digit


def structure(network, make, size=224, **options):
    """Names and counts alone, with all classes: for networks too large to be computed here."""
    options = {"inputShape": [size, size, 3], "includeTop": True, **options}
    return case(network, make, options, values=False, layers=False)


def usual(network, make, odd=(45, 61), size=224, smallest=32, big=False, **values):
    """With all classes by name and count; without classifier at an odd size; unless big, at the default size and with few classes."""
    cases = [
        structure(network, make, size),
        case(network, make, {"inputShape": [*odd, 3], "includeTop": False}, **values),
    ]
    if big:
        return cases
    few = {"inputShape": [smallest, smallest, 3], "includeTop": True, "classes": 10}
    return [
        *cases,
        case(network, make, {"inputShape": [size, size, 3], "includeTop": False}, layers=False, **values),
        case(network, make, few, layers=False, **values),
    ]


def pooled(network, make, pooling, size=32, **options):
    options = {"inputShape": [size, size, 3], "includeTop": False, "pooling": pooling, **options}
    return case(network, make, options, values=False, layers=False)


def vgg():
    return [
        *usual("vgg16", A.VGG16),
        *usual("vgg19", A.VGG19, big=True),
        pooled("vgg16", A.VGG16, "avg"),
        pooled("vgg16", A.VGG16, "max"),
    ]


def resnet():
    larger = [structure("resnet101", A.ResNet101), structure("resnet152", A.ResNet152)]
    return [*usual("resnet50", A.ResNet50), *larger]


def resnet_v2():
    larger = [structure("resnet101_v2", A.ResNet101V2), structure("resnet152_v2", A.ResNet152V2)]
    return [*usual("resnet50_v2", A.ResNet50V2), pooled("resnet50_v2", A.ResNet50V2, "avg"), *larger]


def mobilenet():
    return [
        *usual("mobilenet", A.MobileNet),
        case("mobilenet", A.MobileNet, {"inputShape": [64, 64, 3], "includeTop": False, "alpha": 0.5}),
        pooled("mobilenet", A.MobileNet, "avg", size=64),
    ]


def mobilenet_v2():
    return [
        *usual("mobilenet_v2", A.MobileNetV2),
        case("mobilenet_v2", A.MobileNetV2, {"inputShape": [64, 64, 3], "includeTop": False, "alpha": 0.35}),
        case("mobilenet_v2", A.MobileNetV2, {"inputShape": [32, 32, 3], "includeTop": False, "alpha": 1.4}, values=False),
    ]


def mobilenet_v3():
    small, large = ("mobilenet_v3_small_keras", A.MobileNetV3Small), ("mobilenet_v3_large", A.MobileNetV3Large)
    plain = {"inputShape": [64, 64, 3], "includeTop": False, "minimalistic": True, "includePreprocessing": False}
    return [
        *usual(*small, **PIXELS),
        *usual(*large, **PIXELS),
        case(*small, plain, layers=False),
        structure(*small, alpha=0.75, dropoutRate=0),
        structure(*large, alpha=1.25),
        structure(*large, minimalistic=True),
        pooled(*small, "max"),
    ]


def densenet():
    larger = [structure("densenet169", A.DenseNet169), structure("densenet201", A.DenseNet201)]
    return [*usual("densenet121", A.DenseNet121), *larger]


def efficientnet():
    sizes = {1: 240, 2: 260, 3: 300, 4: 380, 5: 456, 6: 528, 7: 600}
    larger = [structure(f"efficientnet_b{n}", getattr(A, f"EfficientNetB{n}"), size) for n, size in sizes.items()]
    return [
        *usual("efficientnet_b0", A.EfficientNetB0, **PIXELS),
        *larger,
        pooled("efficientnet_b3", A.EfficientNetB3, "avg"),
    ]


def efficientnet_v2():
    sizes = {"B1": 240, "B2": 260, "B3": 300, "S": 384, "M": 480, "L": 480}
    plain = {"inputShape": [64, 64, 3], "includeTop": False, "includePreprocessing": False}
    return [
        *usual("efficientnet_v2_b0", A.EfficientNetV2B0, **CALM),
        case("efficientnet_v2_b0", A.EfficientNetV2B0, plain, values=False, layers=False),
        case("efficientnet_v2_s", A.EfficientNetV2S, {"inputShape": [45, 61, 3], "includeTop": False}, layers=False, **CALM),
        *[structure(f"efficientnet_v2_{n.lower()}", getattr(A, f"EfficientNetV2{n}"), size) for n, size in sizes.items()],
    ]


def inception_v3():
    return [
        *usual("inception_v3", A.InceptionV3, odd=(79, 93), size=299, smallest=75),
        pooled("inception_v3", A.InceptionV3, "max", size=75),
    ]


def inception_resnet_v2():
    few = {"inputShape": [75, 75, 3], "includeTop": True, "classes": 10}
    name, make = "inception_resnet_v2", A.InceptionResNetV2
    return [
        *usual(name, make, odd=(79, 93), size=299, big=True),
        case(name, make, few, values=False, layers=False),
    ]


def xception():
    return usual("xception", A.Xception, odd=(73, 91), size=299, smallest=71)


def convnext():
    larger = ["Small", "Base", "Large", "XLarge"]
    plain = {"inputShape": [64, 64, 3], "includeTop": False, "includePreprocessing": False, "pooling": "avg"}
    return [
        *usual("convnext_tiny", A.ConvNeXtTiny, **PIXELS),
        case("convnext_tiny", A.ConvNeXtTiny, plain, values=False, layers=False),
        *[structure(f"convnext_{size.lower()}", getattr(A, f"ConvNeXt{size}")) for size in larger],
    ]


def nasnet():
    return [*usual("nasnet_mobile", A.NASNetMobile), structure("nasnet_large", A.NASNetLarge, 331)]


def gradient(network, make, size=32, scale=1.0, shift=1.0, gain=1.0):
    """One training step, as the head of this file says."""
    keras.backend.clear_session()
    model = make(weights=None, include_top=False, input_shape=(size, size, 3))
    fill(model, gain)
    x = picture(model.input_shape[1:], scale, shift, count=2)
    with tf.GradientTape() as tape:
        output = model(x, training=False)
        direction = 1 + np.cos(3 * np.arange(int(np.prod(output.shape))) + 1).reshape(output.shape) / 2
        loss = tf.reduce_sum(output * direction.astype(np.float32))
    owned = [(layer, weight) for layer in single_layers(model) for weight in layer.trainable_weights]
    gradients = tape.gradient(loss, [weight.value for _, weight in owned])
    names, rows = [], []
    for (layer, weight), values in zip(owned, gradients):
        names.append(f"{layer.name}/{weight_name(layer, weight)}")
        values = values.numpy().astype(np.float64).ravel()
        rows.append([np.linalg.norm(values), values @ noise(names[-1], values.size)])
    print(f"{network}: loss {float(loss):.4g}, gradients {np.min(rows, 0)[0]:.3g} to {np.max(rows, 0)[0]:.3g}")
    return {"network": network, "size": size, "inputScale": scale, "inputShift": shift, "gain": gain, "loss": goldenFile.number(loss),
            "count": len(names), "names": hashlib.sha256("\n".join(names).encode()).hexdigest(), "gradients": goldenFile.array(rows)}


def gradients():
    return [
        gradient("vgg16", A.VGG16),
        gradient("resnet50", A.ResNet50),
        gradient("resnet50_v2", A.ResNet50V2),
        gradient("mobilenet", A.MobileNet),
        gradient("mobilenet_v2", A.MobileNetV2),
        gradient("mobilenet_v3_small_keras", A.MobileNetV3Small, **PIXELS),
        gradient("densenet121", A.DenseNet121),
        gradient("efficientnet_b0", A.EfficientNetB0, **PIXELS),
        gradient("efficientnet_v2_b0", A.EfficientNetV2B0, **CALM),
        gradient("inception_v3", A.InceptionV3, size=75),
        gradient("inception_resnet_v2", A.InceptionResNetV2, size=75),
        gradient("xception", A.Xception, size=71),
        gradient("convnext_tiny", A.ConvNeXtTiny, **PIXELS),
        gradient("nasnet_mobile", A.NASNetMobile),
    ]


FAMILIES = {
    "ConvNeXt": convnext,
    "DenseNet": densenet,
    "EfficientNet": efficientnet,
    "EfficientNetV2": efficientnet_v2,
    "InceptionResNetV2": inception_resnet_v2,
    "InceptionV3": inception_v3,
    "MobileNet": mobilenet,
    "MobileNetV2": mobilenet_v2,
    "MobileNetV3": mobilenet_v3,
    "NasNet": nasnet,
    "ResNet": resnet,
    "ResNetV2": resnet_v2,
    "Vgg": vgg,
    "Xception": xception,
    "Gradients": gradients,
}

for family in sys.argv[1:] or FAMILIES:
    made_by = goldenFile.source("applications.py", ["keras", "tensorflow-cpu", "numpy"], backend="tensorflow")
    goldenFile.write(f"applications{family}", {"source": made_by, "cases": FAMILIES[family]()})
