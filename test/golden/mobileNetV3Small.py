"""Golden features of the embedded base: torchvision's mobilenet_v3_small with the npm package's float16 weights.

Weights: the GGUF file of @qvac/classification-ggml, read here with NumPy alone; widened to float32. BatchNorm epsilon is
0.001 (the file says so, torchvision agrees), all layers in evaluation mode. Preprocessing: pixel / 255, then
(value - mean) / std with the file's own mean and std (ImageNet's). Nothing is resized: the pictures have the net's size.

Pictures: `picture(p, size)`, uint8 RGB [size, size, 3] from whole numbers only, so that any language can repeat them.
All intermediates are nonnegative and below 2^31; // is integer division; x is the column, y the row, c the channel:
    wave  = (x*(p+3) + y*(2*p+1) + (x*y)//(16+p)) % 512;  wave = wave if wave < 256 else 511 - wave
    dx    = abs(3*x - size);  dy = abs(2*y - size)
    ring  = ((dx*dx + dy*dy) // (60 + 25*p)) % 256
    check = 170 if (x//(8+2*p) + y//(11+p)) % 2 == 1 else 40
    grain = (x*x*31 + y*y*17 + x*y*13 + c*29) % 61
    value = (wave*(1 + (c+p)%3) + ring*(1 + (c+2*p+1)%3) + check*(1 + c) + grain*2) // 6
    pixel = min(value, 255)
The JSON holds the SHA-256 of each picture's bytes, rows first.

Each picture has: `pooled`, the mean over positions of the last convolution stage (576 floats); `logits` of the file's own
three-class classifier; `blocks`, mean and standard deviation (population) of the output of features.0 ... features.12;
and, for the two small pictures, `map`, the whole last stage [576, size/32, size/32]. Tensor names and shapes are in
mobileNetV3SmallTensors.json.
"""

import hashlib
import pathlib
import struct

import numpy as np
import torch
import torchvision

import goldenFile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
WEIGHTS = REPOSITORY / "node_modules/@qvac/classification-ggml/weights/mobilenetv3_3class_v3_fp16.gguf"
PICTURES = [(0, 224), (1, 224), (2, 224), (3, 224), (4, 224), (5, 224), (6, 96), (7, 160)]
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
TENSOR_TYPES = {0: np.dtype("<f4"), 1: np.dtype("<f2")}


class GgufReader:
    """Reads a GGUF file (version 3, little endian): key-value metadata, tensor table, then aligned tensor bytes."""

    def __init__(self, path):
        self.bytes = pathlib.Path(path).read_bytes()
        self.position = 0

    def scalar(self, form):
        (value,) = struct.unpack_from(form, self.bytes, self.position)
        self.position += struct.calcsize(form)
        return value

    def string(self):
        length = self.scalar("<Q")
        self.position += length
        return self.bytes[self.position - length : self.position].decode("utf-8")

    def value(self, kind):
        if kind == 8:
            return self.string()
        if kind == 9:
            inner, count = self.scalar("<I"), self.scalar("<Q")
            return [self.value(inner) for _ in range(count)]
        return self.scalar(SCALARS[kind])

    def read(self):
        """Metadata, and tensors as (name, type, shape in row-major order, values)."""
        if self.bytes[:4] != b"GGUF":
            raise SystemExit(f"{WEIGHTS}: not a GGUF file")
        self.position = 4
        version, tensor_count, pair_count = self.scalar("<I"), self.scalar("<Q"), self.scalar("<Q")
        metadata = {"version": version}
        for _ in range(pair_count):
            key = self.string()
            metadata[key] = self.value(self.scalar("<I"))
        table = []
        for _ in range(tensor_count):
            name, rank = self.string(), self.scalar("<I")
            shape = [self.scalar("<Q") for _ in range(rank)][::-1]  # the file lists the innermost size first
            table.append((name, shape, TENSOR_TYPES[self.scalar("<I")], self.scalar("<Q")))
        alignment = metadata.get("general.alignment", 32)
        start = -(-self.position // alignment) * alignment
        return metadata, [(name, dtype, shape, self.tensor(start + offset, shape, dtype))
                          for name, shape, dtype, offset in table]

    def tensor(self, offset, shape, dtype):
        count = int(np.prod(shape, dtype=np.int64))
        return np.frombuffer(self.bytes, dtype, count, offset).reshape(shape)


def picture(p, size):
    """The test picture of the docstring's formula, uint8 [size, size, 3]."""
    y, x, c = np.meshgrid(np.arange(size), np.arange(size), np.arange(3), indexing="ij")
    wave = (x * (p + 3) + y * (2 * p + 1) + (x * y) // (16 + p)) % 512
    wave = np.where(wave < 256, wave, 511 - wave)
    dx, dy = abs(3 * x - size), abs(2 * y - size)
    ring = ((dx * dx + dy * dy) // (60 + 25 * p)) % 256
    check = np.where((x // (8 + 2 * p) + y // (11 + p)) % 2 == 1, 170, 40)
    grain = (x * x * 31 + y * y * 17 + x * y * 13 + c * 29) % 61
    value = (wave * (1 + (c + p) % 3) + ring * (1 + (c + 2 * p + 1) % 3) + check * (1 + c) + grain * 2) // 6
    return np.minimum(value, 255).astype(np.uint8)


def load_network(dtype=torch.float32):
    """torchvision's network with the file's weights, in evaluation mode; also the file's metadata and tensor table."""
    metadata, tensors = GgufReader(WEIGHTS).read()
    network = torchvision.models.mobilenet_v3_small(weights=None, num_classes=metadata["mobilenet.num_classes"])
    state = {name: torch.from_numpy(values.astype(np.float32).copy()) for name, _, _, values in tensors}
    for name in state:
        if name.endswith("num_batches_tracked"):
            state[name] = state[name].to(torch.int64)
    network.load_state_dict(state, strict=True)
    epsilons = {module.eps for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)}
    assert len(epsilons) == 1 and abs(epsilons.pop() - metadata["mobilenet.bn_eps"]) < 1e-9
    return network.eval().to(dtype), metadata, tensors


def mean_and_std(metadata):
    channels = "rgb"
    return tuple(np.array([metadata[f"mobilenet.{kind}_{c}"] for c in channels], np.float32) for kind in ("mean", "std"))


def normalize(pixels, metadata):
    """uint8 [..., H, W, 3] to float32 [..., 3, H, W]: pixel / 255, minus mean, divided by std."""
    mean, std = mean_and_std(metadata)
    values = (pixels.astype(np.float32) / np.float32(255) - mean) / std
    return np.ascontiguousarray(np.moveaxis(values, -1, -3))


def evaluate(network, pixels, metadata, dtype=torch.float32):
    x = torch.from_numpy(normalize(pixels[None], metadata)).to(dtype)
    blocks = []
    for layer in network.features:
        x = layer(x)
        blocks.append((float(x.mean()), float(x.std(correction=0))))
    pooled = network.avgpool(x).flatten(1)
    return x[0].numpy(), pooled[0].numpy(), network.classifier(pooled)[0].numpy(), blocks


def picture_case(network, exact_network, metadata, p, size):
    pixels = picture(p, size)
    features, pooled, logits, blocks = evaluate(network, pixels, metadata)
    _, exact, _, _ = evaluate(exact_network, pixels, metadata, torch.float64)
    deviation = float(np.max(np.abs(pooled - exact)))
    print(f"picture {p} at {size}: pixel mean {pixels.mean():.1f} std {pixels.std():.1f}, pooled max {pooled.max():.3f}, "
          f"logits {logits.round(3)}, float64 deviation {deviation:.1e}")
    case = {"picture": p, "size": size, "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
            "firstPixels": pixels[0, :4].tolist(), "pooled": goldenFile.array(pooled),
            "logits": goldenFile.numbers(logits), "float64Deviation": float(f"{deviation:.2e}"),
            "blocks": [{"name": f"features.{i}", "mean": goldenFile.number(mean), "std": goldenFile.number(std)}
                       for i, (mean, std) in enumerate(blocks)]}
    return {**case, "map": goldenFile.array(features)} if size < 224 else case


def write_tensors(made_by, metadata, tensors):
    rows = [{"name": name, "type": "F16" if dtype.itemsize == 2 else "F32", "shape": shape} for name, dtype, shape, _ in tensors]
    file = {"bytes": WEIGHTS.stat().st_size, "sha256": hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()}
    goldenFile.write("mobileNetV3SmallTensors", {"source": made_by, "file": file, "metadata": metadata, "tensors": rows})


@torch.inference_mode()
def main():
    torch.set_num_threads(1)
    network, metadata, tensors = load_network()
    exact_network, _, _ = load_network(torch.float64)
    made_by = goldenFile.source("mobileNetV3Small.py", ["torch", "torchvision", "numpy"])
    mean, std = mean_and_std(metadata)
    cases = [picture_case(network, exact_network, metadata, p, size) for p, size in PICTURES]
    write_tensors(made_by, metadata, tensors)
    formula = __doc__.split("Pictures: ")[1].split("The JSON holds")[0]
    goldenFile.write("mobileNetV3Small", {
        "source": made_by, "pictureFormula": [line.strip() for line in formula.strip().splitlines()],
        "preprocessing": {"mean": goldenFile.numbers(mean), "std": goldenFile.numbers(std), "scale": "pixel / 255"},
        "batchNormEpsilon": 0.001, "classes": [metadata[f"mobilenet.class_{i}"] for i in range(3)], "cases": cases})


if __name__ == "__main__":
    main()
