"""Fine-tuning of the embedded base in PyTorch, by the recipe of bench/accuracy.js. One JSON line for each way and seed.

    python fine_tune.py <folder> <ways> <seeds> [images a class] [head epochs] [further epochs] [pixels]
    python fine_tune.py cats_and_dogs_small head,last:3,all 0,1,2 500 4 2 160

<folder> holds train/, validation/ and test/ with one folder a class; of train/ the first pictures of each class by number are
taken. Network: torchvision's mobilenet_v3_small with the npm package's weights (test/golden/mobileNetV3Small.py), its
classifier replaced by the head: features standardised by the training pictures' moments in the unchanged base, then a
linear layer that starts at 0, with an L2 penalty of 0.02.

Pictures: Pillow, RGB, stretched to a square of 224 pixels or as many as asked for (bilinear), unvaried. Batches of 32 in an
order drawn for every epoch. First the head alone on stored features: Adam, 3e-3 falling to 0 along a cosine over its steps.
Then the head with `last:3` (features[10] to features[12], the rest stored) or `all` of the base: a new Adam, 1e-4 falling
likewise. BatchNorm uses its moving statistics; its gamma and beta are trained. `head` trains the head alone for all epochs.
"""

import math
import pathlib
import re
import sys
import time

import numpy as np
import torch
from PIL import Image
from torch import nn

import measure

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "test" / "golden"))
import mobileNetV3Small

BATCH, L2, HEAD_RATE, BASE_RATE = 32, 0.02, 3e-3, 1e-4
CUTS = {"head": None, "last:3": 10, "all": 0}


class Head(nn.Module):
    """Standardisation with fixed moments, then a linear layer that starts at 0."""

    def __init__(self, features, classes):
        super().__init__()
        self.register_buffer("mean", features.mean(0))
        self.register_buffer("deviation", features.var(0, correction=0).sqrt().clamp_min(1e-7))
        self.linear = nn.Linear(features.shape[1], classes)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, features):
        return self.linear((features - self.mean) / self.deviation)


def load_pixels(folder, size, count=None):
    """uint8 [pictures, size, size, 3] and labels; of each class the first `count` by the number in their names."""
    pixels, labels = [], []
    for label, name in enumerate(sorted(p for p in folder.iterdir() if p.is_dir())):
        paths = sorted(measure.jpeg_files(name), key=lambda path: int(re.search(r"\d+", pathlib.Path(path).name)[0]))
        for path in paths[:count]:
            with Image.open(path) as picture:
                pixels.append(np.asarray(picture.convert("RGB").resize((size, size), Image.Resampling.BILINEAR)))
            labels.append(label)
    return np.stack(pixels), torch.tensor(labels)


def pixel_reader(pixels, metadata):
    """Reads rows of pixels as the network takes them."""
    return lambda rows: torch.from_numpy(mobileNetV3Small.normalize(pixels[rows.numpy()], metadata)).to(
        memory_format=torch.channels_last)


@torch.no_grad()
def outputs_of(network, read, count):
    """What a network gives for all rows, in their order."""
    network.eval()
    return torch.cat([network(read(rows)) for rows in torch.arange(count).split(BATCH)])


def train_phase(network, head, read, labels, epochs, rate, generator):
    """Trains everything in `network`, whose last part is `head`, and returns the mean loss of each epoch."""
    steps = epochs * math.ceil(len(labels) / BATCH)
    optimizer = torch.optim.Adam(network.parameters(), lr=rate, eps=1e-7)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5 * (1 + math.cos(math.pi * step / steps)))
    losses = []
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(labels), generator=generator).split(BATCH):
            optimizer.zero_grad()
            penalty = L2 * head.linear.weight.square().sum()
            loss = nn.functional.cross_entropy(network(read(rows)), labels[rows]) + penalty
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(rows)
        losses.append(round(total / len(labels), 5))
    return losses


def score(network, read, labels):
    logits = outputs_of(network, read, len(labels))
    loss = nn.functional.cross_entropy(logits, labels).item()
    return {"right": int((logits.argmax(1) == labels).sum()), "total": len(labels), "loss": round(loss, 5)}


class Experiment:
    """The pictures, and what the unchanged base makes of them: computed once for all ways and seeds."""

    def __init__(self, folder, images, size):
        splits = {"train": images, "validation": None, "test": None}
        loaded = {name: load_pixels(pathlib.Path(folder) / name, size, count) for name, count in splits.items()}
        _, metadata, _ = mobileNetV3Small.load_network()
        self.labels = {name: labels for name, (_, labels) in loaded.items()}
        self.readers = {0: {name: pixel_reader(pixels, metadata) for name, (pixels, _) in loaded.items()}}
        self.pooled = self.stored(lambda base: nn.Sequential(base.features, base.avgpool, nn.Flatten()))

    def base(self):
        network, _, _ = mobileNetV3Small.load_network()
        return network.to(memory_format=torch.channels_last)

    def stored(self, part_of):
        part = part_of(self.base())
        features = {name: outputs_of(part, read, len(self.labels[name])) for name, read in self.readers[0].items()}
        return {name: (lambda rows, values=values: values[rows]) for name, values in features.items()}

    def readers_at(self, cut):
        if cut not in self.readers:
            self.readers[cut] = self.stored(lambda base: base.features[:cut])
        return self.readers[cut]

    def run(self, way, seed, head_epochs, epochs):
        generator, cut, labels = torch.Generator().manual_seed(seed), CUTS[way], self.labels["train"]
        head = Head(self.pooled["train"](torch.arange(len(labels))), int(labels.max()) + 1)
        alone = head_epochs + (epochs if cut is None else 0)
        losses = train_phase(head, head, self.pooled["train"], labels, alone, HEAD_RATE, generator)
        network, readers = head, self.pooled
        if cut is not None:
            base, readers = self.base(), self.readers_at(cut)
            network = nn.Sequential(base.features[cut:], base.avgpool, nn.Flatten(), head).eval()
            losses += train_phase(network, head, readers["train"], labels, epochs, BASE_RATE, generator)
        return {"losses": losses, **{name: score(network, readers[name], self.labels[name]) for name in ("validation", "test")}}


def main(folder, ways, seeds, images=1000, head_epochs=8, epochs=3, size=224):
    torch.set_num_threads(measure.THREADS)
    images, head_epochs, epochs, size = (int(each) for each in (images, head_epochs, epochs, size))
    experiment = Experiment(folder, images, size)
    for way in ways.split(","):
        for seed in map(int, seeds.split(",")):
            start = time.perf_counter()
            results = experiment.run(way, seed, head_epochs, epochs)
            measure.report("fine-tuning, PyTorch", ["torch", "torchvision", "pillow"], program="PyTorch", way=way, seed=seed,
                           images=images, headEpochs=head_epochs, epochs=epochs, imageSize=size, **results,
                           seconds=round(time.perf_counter() - start))


if __name__ == "__main__":
    main(*sys.argv[1:])
