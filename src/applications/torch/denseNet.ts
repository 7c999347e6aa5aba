import type { TorchNaming } from "./naming.ts";

/** The layers of a dense layer, and of a transition between blocks. */
const parts: Readonly<Record<string, string>> = {
  "0_bn": "norm1",
  "1_conv": "conv1",
  "1_bn": "norm2",
  "2_conv": "conv2",
};

const fixed: Readonly<Record<string, string>> = {
  conv1_conv: "features.conv0",
  conv1_bn: "features.norm0",
  bn: "features.norm5",
  predictions: "classifier",
};

/** DenseNet's modules; timm has torchvision's names: "features.denseblock1.denselayer1.conv1" for conv2_block1_1_conv. */
export const denseNetNamings: readonly TorchNaming[] = [
  {
    program: "torchvision, timm",
    stem: "features.conv0",
    classifier: ["classifier."],
    module: (layer) => {
      const [, block, number, part] = /^conv(\d)_block(\d+)_(\d_\w+)$/.exec(layer) ?? [];
      if (part !== undefined)
        return `features.denseblock${Number(block) - 1}.denselayer${number}.${parts[part]}`;
      const [, transition, kind] = /^pool(\d)_(bn|conv)$/.exec(layer) ?? [];
      if (kind === undefined) return fixed[layer];
      return `features.transition${Number(transition) - 1}.${kind === "bn" ? "norm" : "conv"}`;
    },
    // torchvision's first published files have "norm.1" and "conv.2".
    renamed: (name) => name.replace(/(denselayer\d+\.(?:norm|conv))\.([12])/, "$1$2"),
  },
];
