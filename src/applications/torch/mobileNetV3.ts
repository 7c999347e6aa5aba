import { blockPrefix } from "../mobileNetV3Weights.ts";
import type { TorchNaming } from "./naming.ts";

/** What decides the position of a block's parts. */
interface BlockParts {
  readonly expanded: number;
  readonly squeezed: number;
}

/**
 * torchvision's modules of MobileNetV3: "features.0.0" for conv, "features.4.block.2.fc1" for the first convolution of
 * squeeze-and-excitation of the fourth block.
 *
 * @param blocks - The network's blocks; a first one that does not widen its 16 input channels has no expansion.
 */
export function mobileNetV3Naming(blocks: readonly BlockParts[]): TorchNaming {
  const modules = new Map([
    ["conv", "features.0.0"],
    ["conv_bn", "features.0.1"],
    ["conv_1", `features.${blocks.length + 1}.0`],
    ["conv_1_bn", `features.${blocks.length + 1}.1`],
    ["conv_2", "classifier.0"],
    ["logits", "classifier.3"],
    ...blocks.flatMap(blockModules),
  ]);
  return { program: "torchvision", classifier: ["classifier."], module: (layer) => modules.get(layer) };
}

function blockModules({ expanded, squeezed }: BlockParts, index: number): (readonly [string, string])[] {
  const prefix = blockPrefix(index);
  const parts = ["depthwise", ...(squeezed > 0 ? ["squeeze_excite_conv"] : []), "project"];
  if (index > 0 || expanded !== 16) parts.unshift("expand");
  return parts.flatMap((part, position): (readonly [string, string])[] => {
    const module = `features.${index + 1}.block.${position}`;
    const [first, second] = part === "squeeze_excite_conv" ? ["fc1", "fc2"] : ["0", "1"];
    const suffix = part === "squeeze_excite_conv" ? "_1" : "_bn";
    return [
      [`${prefix}${part}`, `${module}.${first}`],
      [`${prefix}${part}${suffix}`, `${module}.${second}`],
    ];
  });
}
