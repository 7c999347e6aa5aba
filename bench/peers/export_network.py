"""Exports a network of the catalogue from PyTorch to ONNX: evaluation mode, any batch size, no classifier, random weights.

    python export_network.py <network> <size> <file.onnx> [exporter]

The network is torchvision's or timm's with Keras's layers: where strides or the number of cells differ, they are set as in Keras.
Exporter: "dynamo", the default of torch.onnx.export, or "script". Prints one JSON line: whose network it is, its parameters, and
images a second of PyTorch itself in one thread (channels last, batches of 8, processor seconds).
"""

import sys
import warnings

warnings.filterwarnings("ignore")
import measure  # noqa: E402
import timm  # noqa: E402
import torch  # noqa: E402
import torchvision  # noqa: E402

BATCH = 8


def vgg(name):
    return getattr(torchvision.models, name)(weights=None).features


def resnet(name):
    """With the strides of the first version of the paper, as in Keras: in a block's first convolution."""
    network = getattr(torchvision.models, name)(weights=None)
    for stage in (network.layer2, network.layer3, network.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    parts = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")
    return torch.nn.Sequential(*(getattr(network, part) for part in parts))


def timm_network(name, **options):
    return timm.create_model(name, num_classes=0, global_pool="", **options)


def torchvision_features(name):
    return getattr(torchvision.models, name)(weights=None).features


def densenet(name):
    """Keras has a ReLU behind the last normalization."""
    return torch.nn.Sequential(torchvision_features(name), torch.nn.ReLU(inplace=True))


def nasnet_mobile():
    """timm has the large form only; the mobile one has four cells a stage in place of six, and fewer channels."""
    from timm.models.nasnet import NASNetALarge

    class NASNetMobile(NASNetALarge):
        def forward(self, x):
            x = self.conv0(x)
            before = self.cell_stem_0(x)
            previous, last = before, self.cell_stem_1(x, before)
            for first in (0, 6, 12):
                for index in range(first, first + 4):
                    previous, last = last, getattr(self, f"cell_{index}")(last, previous)
                if first < 12:
                    last = getattr(self, f"reduction_cell_{first // 6}")(last, previous)
            return self.act(last)

    network = NASNetMobile(stem_size=32, num_features=1056, channel_multiplier=2, num_classes=0)
    for index in (4, 5, 10, 11, 16, 17):
        delattr(network, f"cell_{index}")
    return network


class PreactivatedBlock(torch.nn.Module):
    """A block of the residual network's second version; Keras halves maps in a stage's last block, with a pooling as shortcut."""

    def __init__(self, channels, filters, stride, widens):
        super().__init__()
        self.preactivation = torch.nn.Sequential(torch.nn.BatchNorm2d(channels), torch.nn.ReLU())
        self.widening = torch.nn.Conv2d(channels, 4 * filters, 1, stride) if widens else None
        self.pooling = torch.nn.MaxPool2d(1, stride) if stride > 1 else torch.nn.Identity()
        self.body = torch.nn.Sequential(
            torch.nn.Conv2d(channels, filters, 1, bias=False), torch.nn.BatchNorm2d(filters), torch.nn.ReLU(),
            torch.nn.Conv2d(filters, filters, 3, stride, padding=1, bias=False), torch.nn.BatchNorm2d(filters),
            torch.nn.ReLU(), torch.nn.Conv2d(filters, 4 * filters, 1),
        )

    def forward(self, x):
        y = self.preactivation(x)
        return (self.pooling(x) if self.widening is None else self.widening(y)) + self.body(y)


def resnet_v2(depths):
    """As Keras has it; timm's resnetv2 halves maps in other blocks."""
    layers = [torch.nn.Conv2d(3, 64, 7, 2, padding=3), torch.nn.ConstantPad2d(1, 0.0), torch.nn.MaxPool2d(3, 2)]
    channels = 64
    for stage, depth in enumerate(depths):
        filters = 64 * 2**stage
        for place in range(depth):
            stride = 2 if place == depth - 1 and stage < 3 else 1
            layers.append(PreactivatedBlock(channels, filters, stride, place == 0))
            channels = 4 * filters
    return torch.nn.Sequential(*layers, torch.nn.BatchNorm2d(channels), torch.nn.ReLU())


VGG = {f"vgg{n}": ("torchvision", lambda n=n: vgg(f"vgg{n}")) for n in (16, 19)}
RESNET = {f"resnet{n}": ("torchvision, strides as in Keras", lambda n=n: resnet(f"resnet{n}")) for n in (50, 101, 152)}
RESNET_V2 = {
    f"resnet{n}_v2": ("own, as in Keras", lambda depths=depths: resnet_v2(depths))
    for n, depths in ((50, (3, 4, 6, 3)), (101, (3, 4, 23, 3)), (152, (3, 8, 36, 3)))
}
DENSENET = {f"densenet{n}": ("torchvision", lambda n=n: densenet(f"densenet{n}")) for n in (121, 169, 201)}
EFFICIENTNET = {f"efficientnet_b{n}": ("timm", lambda n=n: timm_network(f"efficientnet_b{n}")) for n in range(8)}
EFFICIENTNET_V2 = {
    f"efficientnet_v2_{letter}": ("timm", lambda letter=letter: timm_network(f"tf_efficientnetv2_{letter}"))
    for letter in ("b0", "b1", "b2", "b3", "s", "m", "l")
}
CONVNEXT = {
    f"convnext_{size}": ("timm", lambda size=size: timm_network(f"convnext_{size}"))
    for size in ("tiny", "small", "base", "large", "xlarge")
}
PEERS = {
    **VGG, **RESNET, **RESNET_V2, **DENSENET, **EFFICIENTNET, **EFFICIENTNET_V2, **CONVNEXT,
    "mobilenet": ("timm mobilenetv1_100", lambda: timm_network("mobilenetv1_100")),
    "mobilenet_v2": ("torchvision", lambda: torchvision_features("mobilenet_v2")),
    "mobilenet_v3_large": ("torchvision", lambda: torchvision_features("mobilenet_v3_large")),
    "mobilenet_v3_small": ("torchvision", lambda: torchvision_features("mobilenet_v3_small")),
    "mobilenet_v3_small_keras": ("torchvision", lambda: torchvision_features("mobilenet_v3_small")),
    "inception_v3": ("timm", lambda: timm_network("inception_v3")),
    "inception_resnet_v2": ("timm", lambda: timm_network("inception_resnet_v2")),
    "xception": ("timm legacy_xception", lambda: timm_network("legacy_xception")),
    "nasnet_mobile": ("timm's NASNet cells", nasnet_mobile),
    "nasnet_large": ("timm nasnetalarge", lambda: timm_network("nasnetalarge")),
}
def normalize(network):
    """Weights that keep values of an ordinary size through all layers: denormal numbers would cost time of their own."""
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight, nonlinearity="relu")


@torch.inference_mode()
def main(name, size, file, exporter="dynamo"):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    source, build = PEERS[name]
    network = build().eval()
    normalize(network)
    x = torch.rand(2, 3, size, size)
    names = {"input_names": ["x"], "output_names": ["y"]}
    if exporter == "dynamo":
        dynamic = ({0: torch.export.Dim("n", min=1, max=1024)},)
        torch.onnx.export(network, (x,), file, dynamo=True, external_data=True, dynamic_shapes=dynamic, verbose=False, **names)
    else:
        torch.onnx.export(network, (x,), file, dynamo=False, dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, **names)
    measure.THREADS = 1
    measure.report("forward, PyTorch", ["torch", "torchvision", "timm", "onnx", "onnxscript"], source=source, size=size,
                   batch=BATCH, exporter=exporter, parameters=sum(p.numel() for p in network.parameters()),
                   imagesPerSecond=rate(network, size))


def rate(network, size):
    network = network.to(memory_format=torch.channels_last)
    pictures = torch.rand(BATCH, 3, size, size).to(memory_format=torch.channels_last)
    return BATCH / measure.processor_seconds(lambda: network(pictures))


if __name__ == "__main__":
    name, size, file, *rest = sys.argv[1:]
    main(name, int(size), file, *rest)
