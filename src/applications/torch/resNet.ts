import type { TorchNaming } from "./naming.ts";

/** The parts of a bottleneck block: Keras's number of the convolution to torchvision's modules. */
const parts: Readonly<Record<string, string>> = {
  "0_conv": "downsample.0",
  "0_bn": "downsample.1",
  "1_conv": "conv1",
  "1_bn": "bn1",
  "2_conv": "conv2",
  "2_bn": "bn2",
  "3_conv": "conv3",
  "3_bn": "bn3",
};

const fixed: Readonly<Record<string, string>> = { conv1_conv: "conv1", conv1_bn: "bn1", predictions: "fc" };

/** ResNet's modules; timm has torchvision's names: "layer1.0.conv1" for conv2_block1_1_conv. */
export const resNetNamings: readonly TorchNaming[] = [
  {
    program: "torchvision, timm",
    stem: "conv1",
    classifier: ["fc."],
    module: (layer) => {
      const [, stage, block, part] = /^conv(\d)_block(\d+)_(\d_\w+)$/.exec(layer) ?? [];
      if (part === undefined) return fixed[layer];
      return `layer${Number(stage) - 1}.${Number(block) - 1}.${parts[part]}`;
    },
  },
];
