"""Images a second of torchvision's mobilenet_v3_small (features and pooling, random weights), from JPEG files.

    python extract_torch.py <folder> [n]

Channels-last, evaluation mode, two threads; a DataLoader with two workers decodes (Pillow), resizes (bilinear, 224x224)
and normalises. `noWorkers` is the same without workers, `forward` the network on one ready batch.
"""

import sys

import torch
import torchvision
from PIL import Image
from torchvision.transforms import v2

import measure

SIZE, BATCH, REPEATS, WORKERS = 224, 32, 3, 2


class Pictures(torch.utils.data.Dataset):
    def __init__(self, paths):
        self.paths = paths
        self.prepare = v2.Compose([v2.Resize((SIZE, SIZE)), v2.PILToTensor(), v2.ToDtype(torch.float32, scale=True),
                                   v2.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        with Image.open(self.paths[index]) as picture:
            return self.prepare(picture.convert("RGB"))


@torch.inference_mode()
def main(folder, count):
    torch.set_num_threads(measure.THREADS)
    paths = measure.jpeg_files(folder, count)
    network = torchvision.models.mobilenet_v3_small(weights=None).eval().to(memory_format=torch.channels_last)

    def features(batch):
        return network.avgpool(network.features(batch.to(memory_format=torch.channels_last))).flatten(1)

    def extract(workers):
        for batch in torch.utils.data.DataLoader(Pictures(paths), batch_size=BATCH, num_workers=workers):
            features(batch)

    ready = torch.rand(BATCH, 3, SIZE, SIZE)
    forward = measure.median_ms(lambda i: features(ready), 20, 3)
    rates = {name: len(paths) / measure.median_seconds(lambda w=workers: extract(w), REPEATS)
             for name, workers in (("imagesPerSecond", WORKERS), ("noWorkersImagesPerSecond", 0))}
    measure.report("extraction, torchvision mobilenet_v3_small", ["torch", "torchvision", "pillow"],
                   sizes={"pictures": len(paths), "size": SIZE, "batch": BATCH, "workers": WORKERS, "repeats": REPEATS},
                   **{name: round(rate, 1) for name, rate in rates.items()},
                   forwardImagesPerSecond=round(1000 * BATCH / forward["median"], 1))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else None)
