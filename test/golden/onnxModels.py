"""Small ONNX models as other programs write them, and what ONNX Runtime for Python and PyTorch compute with them.

Models (test/golden/onnx/): `cnnScript` and `cnnDynamo`: one residual network by both exporters of PyTorch; `vitScript` and
`vitDynamo`: a tiny ViTModel of transformers; `quantStatic`, `quantDynamic`: cnnScript by onnxruntime.quantization; `control`:
If, Loop and a model-local function; `fixedBatch`: four samples in each run; `nhwc`: channels last at both ends;
`uint8`: bytes as input; `external`: weights in external.bin; `twoInputs`: a picture and a text.

Weights come from formulas and inputs too: element i of a picture is (i * 7919 % 1009) / 1009, or for bytes i * 7919 % 251.
The JSON holds ONNX Runtime's values (all optimizations off) of some values of each model, and for cnnDynamo and vitDynamo
PyTorch's gradient of sum(features * direction) by every weight, direction element i being sin(i).
"""

import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
import transformers
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import quantization

import goldenFile

FOLDER = goldenFile.FOLDER / "onnx"
MAX_MODEL = 200_000
SIZE = 32
SAMPLES = 3


def ramp(*shape):
    count = int(np.prod(shape))
    return ((np.arange(count, dtype=np.int64) * 7919 % 1009) / 1009).astype(np.float32).reshape(shape)


def fill(module):
    """Weights by a formula of the place in the list, so that the script gives the same files each time."""
    with torch.no_grad():
        tensors = [*module.parameters(), *[one for one in module.buffers() if one.dtype == torch.float32]]
        for place, tensor in enumerate(tensors):
            fan = max(1, tensor[0].numel()) if tensor.dim() > 1 else 4
            values = np.sin(np.arange(tensor.numel()) * 1.7 + place) * np.sqrt(2 / fan)
            tensor.copy_(torch.from_numpy(values.astype(np.float32)).reshape(tensor.shape))
        for each in module.modules():
            if isinstance(each, torch.nn.BatchNorm2d):
                each.running_var.abs_().add_(0.5)
            if isinstance(each, (torch.nn.LayerNorm, torch.nn.BatchNorm2d)):
                each.weight.add_(1)
    return module.eval()


class Residual(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = torch.nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = torch.nn.BatchNorm2d(8)
        self.pool = torch.nn.MaxPool2d(2)
        self.left = torch.nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.right = torch.nn.Conv2d(8, 8, 1)
        self.wide = torch.nn.Conv2d(8, 12, 3, padding=1, bias=False)
        self.classifier = torch.nn.Linear(12, 5)

    def forward(self, pixels):
        x = self.pool(torch.relu(self.norm(self.stem(pixels))))
        x = x + self.right(torch.nn.functional.hardswish(self.left(x)))
        x = torch.nn.functional.relu6(self.wide(x))
        x = torch.nn.functional.adaptive_avg_pool2d(x, 1).flatten(1)
        return torch.softmax(self.classifier(x), 1)


def features_of(net, pixels):
    """What comes before the classifier."""
    kept = {}
    handle = net.classifier.register_forward_pre_hook(lambda _, inputs: kept.update(x=inputs[0]))
    net(pixels)
    handle.remove()
    return kept["x"]


def vit():
    config = transformers.ViTConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, image_size=SIZE, patch_size=8
    )
    return fill(transformers.ViTModel(config))


def export(name, net, inputs, dynamo, names, outputs, batch=True):
    path = FOLDER / f"{name}.onnx"
    if dynamo:
        shapes = ({0: torch.export.Dim("batch", min=1, max=64)},) if batch else None
        torch.onnx.export(
            net, (inputs,), str(path), dynamo=True, input_names=names, output_names=outputs, dynamic_shapes=shapes,
            external_data=False, verbose=False,
        )
    else:
        axes = {each: {0: "batch"} for each in [*names, *outputs]} if batch else None
        torch.onnx.export(
            net, (inputs,), str(path), dynamo=False, input_names=names, output_names=outputs, dynamic_axes=axes, opset_version=14
        )
    model = onnx.load(str(path))
    for node in model.graph.node:  # source lines of this machine
        node.doc_string = ""
        del node.metadata_props[:]
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    del model.graph.metadata_props[:], model.metadata_props[:]
    save(name, model)


def save(name, model):
    path = FOLDER / f"{name}.onnx"
    onnx.save(model, str(path))
    if path.stat().st_size > MAX_MODEL:
        raise SystemExit(f"{name}: {path.stat().st_size} bytes")
    print(f"{name}.onnx: {path.stat().st_size} bytes")


def built(name, nodes, inputs, outputs, initializers, functions=(), opset=17):
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    opsets = [helper.make_opsetid("", opset), *[helper.make_opsetid(each.domain, 1) for each in functions]]
    model = helper.make_model(graph, opset_imports=opsets, functions=list(functions), ir_version=8)
    onnx.checker.check_model(model)
    save(name, model)


def info(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def weights(name, *shape):
    values = (np.sin(np.arange(np.prod(shape)) * 0.9 + len(name)) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)
    return numpy_helper.from_array(values.reshape(shape), name)


def control():
    """A Loop that halves three times, an If by the mean of a weight, a function of its own; a Gemm as classifier."""
    body = helper.make_graph(
        [
            helper.make_node("Mul", ["state", "half"], ["next"]),
            helper.make_node("Identity", ["go"], ["goes"]),
        ],
        "body",
        [info("i", [], TensorProto.INT64), info("go", [], TensorProto.BOOL), info("state", None)],
        [info("goes", [], TensorProto.BOOL), info("next", None)],
    )
    then = helper.make_graph([helper.make_node("Relu", ["looped"], ["yes"])], "then", [], [info("yes", None)])
    other = helper.make_graph([helper.make_node("Neg", ["looped"], ["no"])], "else", [], [info("no", None)])
    function = helper.make_function(
        "own", "Twice", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 17)]
    )
    nodes = [
        helper.make_node("Conv", ["pixels", "kernel"], ["mapped"], name="conv", strides=[2, 2]),
        helper.make_node("Loop", ["three", "", "mapped"], ["looped"], name="loop", body=body),
        helper.make_node("If", ["yes?"], ["chosen"], name="if", then_branch=then, else_branch=other),
        helper.make_node("Twice", ["chosen"], ["doubled"], name="twice", domain="own"),
        helper.make_node("GlobalAveragePool", ["doubled"], ["pooled"], name="pool"),
        helper.make_node("Flatten", ["pooled"], ["flat"], name="flatten"),
        helper.make_node("Gemm", ["flat", "dense", "bias"], ["logits"], name="gemm"),
    ]
    initializers = [
        weights("kernel", 6, 3, 3, 3),
        numpy_helper.from_array(np.float32(0.5), "half"),
        numpy_helper.from_array(np.int64(3), "three"),
        numpy_helper.from_array(np.bool_(True), "yes?"),
        weights("dense", 6, 4),
        weights("bias", 4),
    ]
    shape = ["batch", 3, SIZE, SIZE]
    built("control", nodes, [info("pixels", shape)], [info("logits", ["batch", 4])], initializers, [function])


def special_inputs():
    kernel = weights("kernel", 4, 3, 3, 3)
    conv = helper.make_node("Conv", ["turned", "kernel"], ["mapped"], name="conv", strides=[2, 2])
    into = helper.make_node("Transpose", ["pixels"], ["turned"], name="in", perm=[0, 3, 1, 2])
    relu = helper.make_node("Relu", ["mapped"], ["active"], name="relu")
    out = helper.make_node("Transpose", ["active"], ["features"], name="out", perm=[0, 2, 3, 1])
    shape = ["n", SIZE, SIZE, 3]
    built("nhwc", [into, conv, relu, out], [info("pixels", shape)], [info("features", ["n", 15, 15, 4])], [kernel])

    floats = helper.make_node("Cast", ["bytes"], ["floats"], name="cast", to=TensorProto.FLOAT)
    scaled = helper.make_node("Mul", ["floats", "scale"], ["turned"], name="scale")
    scale = numpy_helper.from_array(np.float32(1 / 255), "scale")
    shape = ["n", 3, "height", "width"]
    inputs, outputs = [info("bytes", shape, TensorProto.UINT8)], [info("active", ["n", 4, "h", "w"])]
    built("uint8", [floats, scaled, conv, relu], inputs, outputs, [kernel, scale])

    shape = numpy_helper.from_array(np.array([4, -1], np.int64), "shape")
    nodes = [
        helper.make_node("Conv", ["pixels", "kernel"], ["mapped"], name="conv", strides=[4, 4]),
        helper.make_node("Reshape", ["mapped", "shape"], ["features"], name="flat"),
    ]
    outputs = [info("features", [4, 256])]
    built("fixedBatch", nodes, [info("pixels", [4, 3, SIZE, SIZE])], outputs, [kernel, shape])

    nodes = [
        helper.make_node("Conv", ["pixels", "kernel"], ["mapped"], name="conv", strides=[4, 4]),
        helper.make_node("GlobalAveragePool", ["mapped"], ["pooled"], name="pool"),
        helper.make_node("Flatten", ["pooled"], ["image_embeds"], name="flat"),
        helper.make_node("Cast", ["tokens"], ["text"], name="text", to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["image_embeds", "text"], ["logits_per_image"], name="product"),
    ]
    inputs = [info("tokens", [4, 2], TensorProto.INT64), info("pixels", ["n", 3, SIZE, SIZE])]
    outputs = [info("logits_per_image", ["n", 2]), info("image_embeds", ["n", 4])]
    built("twoInputs", nodes, inputs, outputs, [kernel])


def external():
    model = onnx.load(str(FOLDER / "cnnScript.onnx"))
    onnx.save(
        model, str(FOLDER / "external.onnx"), save_as_external_data=True, location="external.bin", size_threshold=0
    )


class Calibration(quantization.CalibrationDataReader):
    def __init__(self):
        self.left = [{"pixels": ramp(1, 3, SIZE, SIZE)}, {"pixels": 1 - ramp(1, 3, SIZE, SIZE)}]

    def get_next(self):
        return self.left.pop() if self.left else None


def quantized():
    path = str(FOLDER / "cnnScript.onnx")
    quantization.quantize_static(path, str(FOLDER / "quantStatic.onnx"), Calibration())
    quantization.quantize_dynamic(path, str(FOLDER / "quantDynamic.onnx"))
    for name in ["quantStatic", "quantDynamic"]:
        save(name, onnx.load(str(FOLDER / f"{name}.onnx")))


def values(name, feed, wanted, batch=None):
    """ONNX Runtime's values of some values of a model."""
    model = onnx.load(str(FOLDER / f"{name}.onnx"))
    known = {output.name for output in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=each) for each in wanted if each not in known)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    (key, pixels), = feed.items()
    parts = [session.run(wanted, {key: pixels[i : i + (batch or len(pixels))]}) for i in range(0, len(pixels), batch or len(pixels))]
    arrays = [np.concatenate(each) for each in zip(*parts)]
    return {"model": name, "values": [{"name": n, **sampled(a)} for n, a in zip(wanted, arrays)]}


def sampled(array):
    flat = array.ravel()
    step = max(1, len(flat) // 200)
    return {"shape": list(array.shape), "step": step, "sampled": goldenFile.array(flat[::step])}


def gradients(name, net, features, pixels):
    net.zero_grad()
    result = features(net, torch.from_numpy(pixels))
    direction = torch.from_numpy(np.sin(np.arange(result.numel())).astype(np.float32)).reshape(result.shape)
    (result * direction).sum().backward()
    found = []
    for key, parameter in net.named_parameters():
        if parameter.grad is not None:
            found.append({"name": key, **sampled(parameter.grad.numpy())})
    return {"model": name, "gradients": found}


def main():
    FOLDER.mkdir(exist_ok=True)
    net, transformer = fill(Residual()), vit()
    pixels = torch.from_numpy(ramp(2, 3, SIZE, SIZE))
    export("cnnScript", net, pixels, False, ["pixels"], ["probabilities"])
    export("cnnDynamo", net, pixels, True, ["pixels"], ["probabilities"])
    names = ["last_hidden_state", "pooler_output"]
    export("vitScript", transformer, pixels, False, ["pixel_values"], names)
    export("vitDynamo", transformer, pixels, True, ["pixel_values"], names)
    control()
    special_inputs()
    external()
    quantized()
    batch = ramp(SAMPLES, 3, SIZE, SIZE)
    last = np.ascontiguousarray(batch.transpose(0, 2, 3, 1))
    integers = (np.arange(batch.size) * 7919 % 251).astype(np.uint8).reshape(batch.shape)
    flat = {each: onnx.load(str(FOLDER / f"{each}.onnx")).graph.node for each in ["cnnScript", "cnnDynamo", "quantStatic", "quantDynamic"]}
    before = {each: next(node.output[0] for node in nodes if node.op_type in ("Flatten", "Reshape")) for each, nodes in flat.items()}
    content = {
        "source": goldenFile.source(
            "onnxModels.py", ["torch", "onnx", "onnxscript", "onnxruntime", "transformers", "numpy"]
        ),
        "models": [
            values("cnnScript", {"pixels": batch}, ["probabilities", before["cnnScript"]]),
            values("cnnDynamo", {"pixels": batch}, ["probabilities", before["cnnDynamo"]]),
            values("quantStatic", {"pixels": batch}, ["probabilities"]),
            values("quantDynamic", {"pixels": batch}, ["probabilities"], batch=1),
            values("vitScript", {"pixel_values": batch}, names),
            values("vitDynamo", {"pixel_values": batch}, names),
            values("control", {"pixels": batch}, ["logits", "flat"]),
            values("nhwc", {"pixels": last}, ["features"]),
            values("uint8", {"bytes": integers}, ["active"]),
            values("fixedBatch", {"pixels": ramp(4, 3, SIZE, SIZE)}, ["features"]),
        ],
        "gradients": [
            gradients("cnnDynamo", net, features_of, batch),
            gradients("vitDynamo", transformer, lambda net, x: net(x).last_hidden_state[:, 0], batch),
        ],
    }
    goldenFile.write("onnxModels", content)


if __name__ == "__main__":
    main()
