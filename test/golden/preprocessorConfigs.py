"""What the image processors of transformers (Pillow backend) make of one picture, by their preprocessor_config.json.

The picture is uint8 RGB [47, 61, 3]: element i (row, column, channel) is i * i * 7 % 251. Each case holds the file's text and every
`step`th value of the result [3, height, width]. `torchvision` is the largest difference of the class's default backend (null: it
has no such filter), in units of the result: it resamples with other roundings.
"""

import json

import numpy as np
import transformers
from PIL import Image
from transformers.models.beit.image_processing_pil_beit import BeitImageProcessorPil
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.convnext.image_processing_pil_convnext import ConvNextImageProcessorPil
from transformers.models.deit.image_processing_pil_deit import DeiTImageProcessorPil
from transformers.models.mobilenet_v2.image_processing_pil_mobilenet_v2 import MobileNetV2ImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

import goldenFile

IMAGENET = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
CASES = [
    (ViTImageProcessorPil, "ViT", {"size": {"height": 20, "width": 20}}),
    (ViTImageProcessorPil, "ViT", {"size": 24, "resample": 3, "do_rescale": True, "rescale_factor": 0.00392156862745098, **IMAGENET}),
    (ViTImageProcessorPil, "ViT", {"size": {"height": 18, "width": 26}, "resample": 0, "do_normalize": False}),
    (ViTImageProcessorPil, "ViT", {"size": {"height": 16, "width": 16}, "resample": 4, "do_rescale": False, "do_normalize": False}),
    (ViTImageProcessorPil, "ViT", {"size": {"height": 16, "width": 16}, "resample": 1}),
    (ViTImageProcessorPil, "ViT", {"size": {"height": 16, "width": 16}, "resample": 5}),
    (CLIPImageProcessorPil, "CLIP", {"size": 30, "crop_size": 20}),
    (CLIPImageProcessorPil, "CLIP", {"size": {"shortest_edge": 31}, "crop_size": {"height": 20, "width": 28}, "do_convert_rgb": True}),
    (BitImageProcessorPil, "Bit", {"size": {"shortest_edge": 33}, "crop_size": {"height": 22, "width": 22}, **IMAGENET}),
    (DeiTImageProcessorPil, "DeiT", {"size": {"height": 27, "width": 27}, "crop_size": {"height": 20, "width": 20}}),
    (BeitImageProcessorPil, "Beit", {"size": {"height": 20, "width": 20}, "do_center_crop": False}),
    (ConvNextImageProcessorPil, "ConvNext", {"size": {"shortest_edge": 21}, "crop_pct": 0.875}),
    (MobileNetV2ImageProcessorPil, "MobileNetV2", {"size": {"shortest_edge": 29}, "crop_size": {"height": 20, "width": 20}}),
    (SiglipImageProcessorPil, "Siglip", {"size": {"height": 20, "width": 20}}),
]


def main():
    count = 47 * 61 * 3
    pixels = (np.arange(count, dtype=np.int64) ** 2 * 7 % 251).astype(np.uint8).reshape(47, 61, 3)
    picture = Image.fromarray(pixels)
    cases = []
    for kind, family, settings in CASES:
        result = np.asarray(kind(**settings)(picture, return_tensors="np")["pixel_values"][0])
        difference = None
        if settings.get("resample") not in (4, 5):  # torchvision has neither box nor Hamming
            default = getattr(transformers, f"{family}ImageProcessor")(**settings)
            other = np.asarray(default(picture, return_tensors="np")["pixel_values"][0])
            difference = float(np.abs(result - other).max())
        text = json.dumps({"image_processor_type": f"{family}ImageProcessor", **settings})
        flat = result.ravel()
        step = max(1, len(flat) // 300) | 1
        cases.append({
            "config": text,
            "shape": list(result.shape),
            "step": step,
            "torchvision": difference,
            "values": goldenFile.array(flat[::step]),
        })
        print(family, result.shape, difference)
    source = goldenFile.source("preprocessorConfigs.py", ["transformers", "pillow", "numpy", "torchvision"])
    goldenFile.write("preprocessorConfigs", {"source": source, "cases": cases})


if __name__ == "__main__":
    main()
