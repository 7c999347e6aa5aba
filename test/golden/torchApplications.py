"""Writes torchApplications.json: what torchvision and timm make of their own networks when every weight comes from a formula.

Run: python test/golden/torchApplications.py

Weights and the input come from the noise of applications.py, a number for each name and index; names are those of the state dictionary:
    of four axes                    = noise * sqrt(6 / product of all axes but the first) * gain, which is 1 unless a case says another
    of two axes                     = noise * sqrt(6 / second axis)
    *.weight of one axis, running_var, layer_scale, gamma = 1 + noise / 4;  others = noise / 10;  num_batches_tracked = 0
The input has the name "input", index in the order height, width, channels: noise.

`tensors`: SHA-256 of the lines "<name> [<shape>]" of all tensors without num_batches_tracked, sorted; `counters`: how many of those
there are; `form`: ours for it, where it is not "torch"; `epsilon` and `momentum` of every BatchNorm2d, where there are some; `headless`: without those of the classifier; `options`: ours. Cases with `size` have the output without classifier: [rows, columns, channels], up to 300 values at even steps; with
`includeTop` the scores before softmax.
"""

import hashlib

import numpy as np
import timm
import torch
import torchvision

import goldenFile

SAMPLES = 300
V = torchvision.models


def noise(name, count):
    """As in applications.py, which says how; that file needs Keras."""
    start = 2166136261
    for character in name:
        start = ((start ^ ord(character)) * 16777619) & 0xFFFFFFFF
    mixed = (np.uint32(start) ^ np.arange(count, dtype=np.uint32)) * np.uint32(2654435761)
    mixed = (mixed ^ (mixed >> np.uint32(15))) * np.uint32(2246822519)
    return (mixed ^ (mixed >> np.uint32(13))).astype(np.float64) / 2**31 - 1


def formula(name, shape, gain):
    values = noise(name, int(np.prod(shape)))
    if len(shape) in (2, 4):
        values = values * np.sqrt(6 / np.prod(shape[1:])) * (gain if len(shape) == 4 else 1)
    elif name.endswith(("running_var", "layer_scale", "gamma")) or (name.endswith("weight") and len(shape) == 1):
        values = 1 + values / 4
    else:
        values = values / 10
    return torch.from_numpy(values.reshape(shape).astype(np.float32))


def fill(network, gain=1):
    state = network.state_dict()
    for name, tensor in state.items():
        state[name] = torch.zeros_like(tensor) if name.endswith("num_batches_tracked") else formula(name, tuple(tensor.shape), gain)
    network.load_state_dict(state, strict=True)
    return network.eval()


def facts(network, headless=False):
    rows = {name: list(tensor.shape) for name, tensor in network.state_dict().items()}
    if headless:
        rows = {name: shape for name, shape in rows.items() if not name.startswith(("classifier.", "conv_head."))}
    counters = sum(name.endswith("num_batches_tracked") for name in rows)
    lines = sorted(f"{name} [{', '.join(map(str, shape))}]" for name, shape in rows.items() if not name.endswith("num_batches_tracked"))
    found = {(module.eps, module.momentum) for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)}
    assert len(found) <= 1
    normalization = [{"epsilon": epsilon, "momentum": momentum} for epsilon, momentum in found]
    return {"tensors": hashlib.sha256("\n".join(lines).encode()).hexdigest(), "counters": counters, **(normalization or [{}])[0]}


def structure(base, program, make, form=None):
    with torch.device("meta"):
        return {"base": base, "program": program, **of_form(form), **facts(make())}


def of_form(form):
    return {} if form is None else {"form": form}


def sampled(values):
    flat = values.ravel()
    count = min(flat.size, SAMPLES)
    return goldenFile.array(flat[np.arange(count) * flat.size // count])


@torch.inference_mode()
def case(base, program, make, size, features=None, top=False, headless=False, form=None, gain=None):
    """`features` makes the map of the network; timm's own by default."""
    network = fill(make(), gain or 1)
    x = noise("input", size[0] * size[1] * 3).reshape(1, *size, 3).astype(np.float32)
    x = torch.from_numpy(np.moveaxis(x, -1, 1).copy())
    if top:
        output = network(x)[0].numpy()
    else:
        output = np.moveaxis((features or type(network).forward_features)(network, x)[0].numpy(), 0, -1)
    print(f"{base} {program} {size}: output {output.shape}, deviation {output.std():.3g}, zeros {np.mean(output == 0):.2f}")
    more = {"includeTop": True} if top else {"headless": True} if headless else {}
    return {"base": base, "program": program, **of_form(form), **({} if gain is None else {"gain": gain}), "size": list(size), **more, **facts(network, headless), "shape": list(output.shape), "output": sampled(output)}


def listed(network, x):
    return network.features(x)


def res_net(network, x):
    for name in ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"]:
        x = getattr(network, name)(x)
    return x


def dense_net(network, x):
    return torch.relu(network.features(x))


def conv_next(network, x):
    """The map normalized as torchvision's classifier does with the pooled one: so Keras's form ends."""
    return network.classifier[0](network.features(x))


def timm_conv_next(network, x):
    return network.head.norm(network.forward_features(x))


ODD = (45, 61)


def timm_model(name):
    return lambda: timm.create_model(name)


def efficient_nets():
    vision, image_models = "torchvision", "timm"
    for letters in ["b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7"]:
        yield structure(f"efficientnet_{letters}", vision, getattr(V, f"efficientnet_{letters}"))
        yield structure(f"efficientnet_{letters}", image_models, timm_model(f"efficientnet_{letters}"), "timm")
        yield structure(f"efficientnet_{letters}", image_models, timm_model(f"tf_efficientnet_{letters}"), "tf")
    for letters in ["s", "m", "l"]:
        yield structure(f"efficientnet_v2_{letters}", vision, getattr(V, f"efficientnet_v2_{letters}"))
    for letters in ["b0", "b1", "b2", "b3", "s", "m", "l"]:
        yield structure(f"efficientnet_v2_{letters}", image_models, timm_model(f"tf_efficientnetv2_{letters}"), "tf")
    yield case("efficientnet_b0", vision, V.efficientnet_b0, ODD, listed)
    yield case("efficientnet_b0", vision, V.efficientnet_b0, (32, 32), top=True)
    yield case("efficientnet_b0", image_models, timm_model("efficientnet_b0"), (32, 48), form="timm")
    yield case("efficientnet_b0", image_models, timm_model("tf_efficientnet_b0"), ODD, form="tf")
    yield case("efficientnet_v2_s", vision, V.efficientnet_v2_s, ODD, listed, gain=0.6)
    yield case("efficientnet_v2_b0", image_models, timm_model("tf_efficientnetv2_b0"), ODD, form="tf")


def narrow_mobile_nets():
    def narrow(base, name, size, **more):
        options = {"minimalistic": True} if "minimal" in name else {"alpha": int(name[-3:]) / 100}
        form = "tf" if name.startswith("tf_") else "timm"
        return {**case(base, "timm", timm_model(name), size, form=form, **more), "options": options}

    yield narrow("mobilenet_v3_small_keras", "mobilenetv3_small_050", ODD)
    yield narrow("mobilenet_v3_small_keras", "mobilenetv3_small_075", (32, 48))
    yield narrow("mobilenet_v3_small_keras", "tf_mobilenetv3_small_075", ODD)
    yield narrow("mobilenet_v3_small_keras", "tf_mobilenetv3_small_minimal_100", ODD)
    yield narrow("mobilenet_v3_large", "mobilenetv3_large_075", ODD)
    yield narrow("mobilenet_v3_large", "mobilenetv3_large_075", (32, 32), top=True)
    yield narrow("mobilenet_v3_large", "tf_mobilenetv3_large_075", ODD)
    yield narrow("mobilenet_v3_large", "tf_mobilenetv3_large_minimal_100", ODD)


def mobile_nets_of_timm():
    program = "timm"
    yield case("mobilenet_v3_large", program, timm_model("mobilenetv3_large_100"), ODD, form="timm")
    yield case("mobilenet_v3_large", program, timm_model("mobilenetv3_large_100"), (32, 32), top=True, form="timm")
    yield case("mobilenet_v3_large", program, timm_model("tf_mobilenetv3_large_100"), ODD, form="tf")
    yield case("mobilenet_v3_large", program, timm_model("tf_mobilenetv3_large_100"), (32, 32), top=True, form="tf")
    yield case("mobilenet_v3_small", program, timm_model("mobilenetv3_small_100"), (96, 128), headless=True, form="timm")
    yield case("mobilenet_v3_small_keras", program, timm_model("tf_mobilenetv3_small_100"), ODD, form="tf")


def cases():
    vision, image_models = "torchvision", "timm"
    return [
        case("resnet50", vision, V.resnet50, ODD, res_net),
        structure("resnet50", image_models, lambda: timm.create_model("resnet50")),
        structure("resnet101", vision, V.resnet101),
        structure("resnet152", vision, V.resnet152),
        case("vgg16", vision, V.vgg16, ODD, listed),
        structure("vgg16", image_models, lambda: timm.create_model("vgg16")),
        structure("vgg19", vision, V.vgg19),
        structure("vgg19", image_models, lambda: timm.create_model("vgg19")),
        case("mobilenet_v2", vision, V.mobilenet_v2, ODD, listed),
        case("mobilenet_v2", vision, V.mobilenet_v2, (64, 64), listed),
        case("mobilenet_v2", image_models, lambda: timm.create_model("mobilenetv2_100"), ODD),
        case("mobilenet_v2", vision, V.mobilenet_v2, (32, 32), top=True),
        case("mobilenet_v3_small", vision, V.mobilenet_v3_small, (96, 128), listed, headless=True),
        case("mobilenet_v3_large", vision, V.mobilenet_v3_large, ODD, listed),
        case("mobilenet_v3_large", vision, V.mobilenet_v3_large, (32, 32), top=True),
        case("densenet121", vision, V.densenet121, ODD, dense_net),
        structure("densenet121", image_models, lambda: timm.create_model("densenet121")),
        structure("densenet169", vision, V.densenet169),
        structure("densenet201", vision, V.densenet201),
        case("convnext_tiny", vision, V.convnext_tiny, ODD, conv_next),
        case("convnext_tiny", image_models, lambda: timm.create_model("convnext_tiny"), (32, 32), timm_conv_next),
        structure("convnext_small", vision, V.convnext_small),
        structure("convnext_base", vision, V.convnext_base),
        structure("convnext_large", vision, V.convnext_large),
        structure("convnext_xlarge", image_models, lambda: timm.create_model("convnext_xlarge")),
        *efficient_nets(),
        *mobile_nets_of_timm(),
        *narrow_mobile_nets(),
    ]


torch.set_num_threads(2)
made_by = goldenFile.source("torchApplications.py", ["torch", "torchvision", "timm", "numpy"])
goldenFile.write("torchApplications", {"source": made_by, "cases": cases()})
