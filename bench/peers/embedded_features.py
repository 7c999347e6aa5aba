"""Features of the embedded base by PyTorch, as the input of logistic_regression.py.

    python embedded_features.py <dataset> <out>

<dataset> holds train/, validation/ and test/ (those that exist are done) with one folder a class. Pictures: Pillow, RGB,
stretched to 224x224 (bilinear), the network's own normalisation. Network: torchvision's mobilenet_v3_small with the npm
package's weights, as test/golden/mobileNetV3Small.py loads it. Writes <out>/<split>.npy (float32 [pictures, 576]) and
<out>/<split>_labels.npy (classes in the order of their names); the pictures' order is that of their names in each class.
"""

import pathlib
import sys
import time

import numpy as np
import torch
from PIL import Image

import measure

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "test" / "golden"))
import mobileNetV3Small

SIZE, BATCH = 224, 32


def load(path):
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR))


def extract_split(network, metadata, folder):
    classes = sorted(p for p in folder.iterdir() if p.is_dir())
    samples = [(path, label) for label, name in enumerate(classes) for path in measure.jpeg_files(name)]
    features = []
    for start in range(0, len(samples), BATCH):
        pixels = np.stack([load(path) for path, _ in samples[start : start + BATCH]])
        batch = torch.from_numpy(mobileNetV3Small.normalize(pixels, metadata)).to(memory_format=torch.channels_last)
        features.append(network.avgpool(network.features(batch)).flatten(1).numpy())
    return np.concatenate(features), np.array([label for _, label in samples]), [p.name for p in classes]


@torch.inference_mode()
def main(dataset, out):
    torch.set_num_threads(measure.THREADS)
    network, metadata, _ = mobileNetV3Small.load_network()
    network = network.to(memory_format=torch.channels_last)
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    counts, start = {}, time.perf_counter()
    for split in ("train", "validation", "test"):
        folder = pathlib.Path(dataset) / split
        if not folder.is_dir():
            continue
        features, labels, classes = extract_split(network, metadata, folder)
        np.save(out / f"{split}.npy", features)
        np.save(out / f"{split}_labels.npy", labels)
        counts[split] = len(labels)
    measure.report("embedded base features, PyTorch", ["torch", "torchvision", "pillow"], pictures=counts, classes=classes,
                   seconds=round(time.perf_counter() - start, 1))


if __name__ == "__main__":
    main(*sys.argv[1:])
