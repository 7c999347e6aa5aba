import type { TorchNaming } from "./naming.ts";

/** Blocks in each stage (the paper's table 2). */
const depths = [1, 2, 3, 4, 3, 3, 1] as const;

/** Parts of a block in their order; Keras's first block does not widen. */
const parts = ["expand", "expand_BN", "depthwise", "depthwise_BN", "project", "project_BN"] as const;

interface Place {
  /** From 0 to 16. */
  readonly block: number;
  readonly part: (typeof parts)[number];
}

function placeOf(layer: string): Place | undefined {
  const [, number, name] = /^(?:block_(\d+)|expanded_conv)_(\w+)$/.exec(layer) ?? [];
  const part = parts.find((one) => one === name);
  return part === undefined ? undefined : { block: Number(number ?? 0), part };
}

/** Convolution and normalization are a module together, but for the last pair of a block. */
function torchvisionModule({ block, part }: Place): string {
  const pairs = block === 0 ? 1 : 2;
  const place = parts.indexOf(part) - (block === 0 ? 2 : 0);
  const inner = place < 2 * pairs ? `${Math.floor(place / 2)}.${place % 2}` : place - pairs;
  return `features.${block + 1}.conv.${inner}`;
}

const timmParts: Readonly<Record<Place["part"], string>> = {
  expand: "conv_pw",
  expand_BN: "bn1",
  depthwise: "conv_dw",
  depthwise_BN: "bn2",
  project: "conv_pwl",
  project_BN: "bn3",
};

/** timm's first block is one of another class. */
const timmFirst: Readonly<Partial<Record<Place["part"], string>>> = {
  depthwise: "conv_dw",
  depthwise_BN: "bn1",
  project: "conv_pw",
  project_BN: "bn2",
};

function timmModule({ block, part }: Place): string {
  let stage = 0;
  let rest = block;
  while (rest >= depths[stage]!) rest -= depths[stage++]!;
  return `blocks.${stage}.${rest}.${block === 0 ? timmFirst[part] : timmParts[part]}`;
}

function naming(
  program: string,
  fixed: Readonly<Record<string, string>>,
  moduleOf: (place: Place) => string,
): TorchNaming {
  const module = (layer: string) => {
    const place = placeOf(layer);
    return place === undefined ? fixed[layer] : moduleOf(place);
  };
  return { program, stem: fixed["Conv1"]!, classifier: ["classifier."], module };
}

/** MobileNetV2's modules: "features.2.conv.0.0" or "blocks.1.0.conv_pw" for block_1_expand. */
export const mobileNetV2Namings: readonly TorchNaming[] = [
  naming(
    "torchvision",
    {
      Conv1: "features.0.0",
      bn_Conv1: "features.0.1",
      Conv_1: "features.18.0",
      Conv_1_bn: "features.18.1",
      predictions: "classifier.1",
    },
    torchvisionModule,
  ),
  naming(
    "timm",
    {
      Conv1: "conv_stem",
      bn_Conv1: "bn1",
      Conv_1: "conv_head",
      Conv_1_bn: "bn2",
      predictions: "classifier",
    },
    timmModule,
  ),
];
