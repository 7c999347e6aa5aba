import { blockPrefix } from "../mobileNetV3Weights.ts";
import type { TorchNaming } from "./naming.ts";

/** What decides the position of a block's parts. */
interface BlockParts {
  readonly expanded: number;
  readonly filters: number;
  readonly squeezed: number;
}

type Modules = readonly (readonly [layer: string, module: string])[];

function naming(program: string, modules: Modules, classifier: readonly string[]): TorchNaming {
  const byLayer = new Map(modules);
  return {
    program,
    stem: byLayer.get("conv")!,
    classifier,
    module: (layer) => byLayer.get(layer),
  };
}

/**
 * torchvision's modules of MobileNetV3: "features.0.0" for conv, "features.4.block.2.fc1" for the first convolution of
 * squeeze-and-excitation of the fourth block.
 *
 * @param blocks - The network's blocks; a first one that does not widen its 16 input channels has no expansion.
 */
export function torchvisionMobileNetV3(blocks: readonly BlockParts[]): TorchNaming {
  return naming(
    "torchvision",
    [
      ["conv", "features.0.0"],
      ["conv_bn", "features.0.1"],
      ["conv_1", `features.${blocks.length + 1}.0`],
      ["conv_1_bn", `features.${blocks.length + 1}.1`],
      ["conv_2", "classifier.0"],
      ["logits", "classifier.3"],
      ...blocks.flatMap(torchvisionBlock),
    ],
    ["classifier."],
  );
}

function torchvisionBlock({ expanded, squeezed }: BlockParts, index: number): Modules {
  const prefix = blockPrefix(index);
  const parts = ["depthwise", ...(squeezed > 0 ? ["squeeze_excite_conv"] : []), "project"];
  if (index > 0 || expanded !== 16) parts.unshift("expand");
  return parts.flatMap((part, position): Modules => {
    const module = `features.${index + 1}.block.${position}`;
    const [first, second] = part === "squeeze_excite_conv" ? ["fc1", "fc2"] : ["0", "1"];
    const suffix = part === "squeeze_excite_conv" ? "_1" : "_bn";
    return [
      [`${prefix}${part}`, `${module}.${first}`],
      [`${prefix}${part}${suffix}`, `${module}.${second}`],
    ];
  });
}

/**
 * timm's modules of MobileNetV3, of its own and of those from TensorFlow: "conv_stem" for conv, "blocks.2.0.se.conv_reduce" for the first
 * convolution of squeeze-and-excitation of the large network's fourth block.
 */
export function timmMobileNetV3(blocks: readonly BlockParts[]): TorchNaming {
  const places = timmPlaces(blocks);
  const last = `blocks.${places.at(-1)!.stage + 1}.0`;
  return naming(
    "timm",
    [
      ["conv", "conv_stem"],
      ["conv_bn", "bn1"],
      ["conv_1", `${last}.conv`],
      ["conv_1_bn", `${last}.bn1`],
      ["conv_2", "conv_head"],
      ["logits", "classifier"],
      ...places.flatMap(timmBlock),
    ],
    ["conv_head.", "classifier."],
  );
}

interface Place {
  readonly stage: number;
  readonly block: number;
}

/** Blocks of one number of channels are a stage. */
function timmPlaces(blocks: readonly BlockParts[]): readonly Place[] {
  let stage = -1;
  let block = 0;
  return blocks.map(({ filters }, index) => {
    const isNew = filters !== blocks[index - 1]?.filters;
    stage += isNew ? 1 : 0;
    block = isNew ? 0 : block + 1;
    return { stage, block };
  });
}

function timmBlock({ stage, block }: Place, index: number): Modules {
  const prefix = blockPrefix(index);
  const module = `blocks.${stage}.${block}`;
  // The first block does not widen, and is one of another class.
  const parts =
    index === 0
      ? { depthwise: "conv_dw", project: "conv_pw" }
      : { expand: "conv_pw", depthwise: "conv_dw", project: "conv_pwl" };
  return [
    [`${prefix}squeeze_excite_conv`, `${module}.se.conv_reduce`],
    [`${prefix}squeeze_excite_conv_1`, `${module}.se.conv_expand`],
    ...Object.entries(parts).flatMap(
      ([part, name], position): Modules => [
        [`${prefix}${part}`, `${module}.${name}`],
        [`${prefix}${part}_bn`, `${module}.bn${position + 1}`],
      ],
    ),
  ];
}
