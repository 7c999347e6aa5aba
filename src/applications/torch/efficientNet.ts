import type { TorchNaming } from "./naming.ts";

/**
 * What the blocks of a stage are made of: "separable" ones do not widen; "fused" ones have one full convolution in place of two, "plain"
 * ones of these do not widen.
 */
export type BlockKind = "separable" | "inverted" | "plain" | "fused";

/** A pair of a convolution and its normalization, or the two convolutions of squeeze-and-excitation, by Keras's names. */
const pairs = {
  expand: ["expand_conv", "expand_bn"],
  depthwise: ["dwconv", "bn"],
  squeeze: ["se_reduce", "se_expand"],
  project: ["project_conv", "project_bn"],
} as const;

type Pair = keyof typeof pairs;

/** The pairs of a block, in order, with timm's names of the convolutions. */
const kinds: Readonly<Record<BlockKind, readonly (readonly [Pair, string])[]>> = {
  separable: [
    ["depthwise", "conv_dw"],
    ["squeeze", "se"],
    ["project", "conv_pw"],
  ],
  inverted: [
    ["expand", "conv_pw"],
    ["depthwise", "conv_dw"],
    ["squeeze", "se"],
    ["project", "conv_pwl"],
  ],
  plain: [["project", "conv"]],
  fused: [
    ["expand", "conv_exp"],
    ["project", "conv_pwl"],
  ],
};

/** The modules of a block's layers. */
type BlockModules = Readonly<Record<string, string>>;

/** torchvision numbers the pairs: "1.0" is the second pair's convolution. */
function torchvisionBlock(kind: BlockKind): BlockModules {
  return Object.fromEntries(
    kinds[kind].flatMap(([pair], index) => {
      const [first, second] = pair === "squeeze" ? ["fc1", "fc2"] : ["0", "1"];
      return [
        [pairs[pair][0], `block.${index}.${first}`],
        [pairs[pair][1], `block.${index}.${second}`],
      ];
    }),
  );
}

/** timm numbers the normalizations. */
function timmBlock(kind: BlockKind): BlockModules {
  const convolutions = kinds[kind].filter(([pair]) => pair !== "squeeze");
  return Object.fromEntries([
    ["se_reduce", "se.conv_reduce"],
    ["se_expand", "se.conv_expand"],
    ...convolutions.flatMap(([pair, module], index) => [
      [pairs[pair][0], module],
      [pairs[pair][1], `bn${index + 1}`],
    ]),
  ]);
}

interface Program {
  readonly program: string;
  readonly block: (kind: BlockKind) => BlockModules;
  /** The module of a block. @param stage, place - From 0. */
  readonly place: (stage: number, place: number) => string;
  readonly fixed: Readonly<Record<string, string>>;
}

function naming(stages: readonly BlockKind[], { program, block, place, fixed }: Program): TorchNaming {
  const modules = stages.map(block);
  return {
    program,
    stem: fixed["stem_conv"]!,
    classifier: ["classifier."],
    module: (layer) => {
      const [, stage, letter, part] = /^block(\d)([a-z])_(\w+)$/.exec(layer) ?? [];
      if (letter === undefined) return fixed[layer];
      const index = Number(stage) - 1;
      // Keras numbers the depthwise convolution of EfficientNetV2.
      const module = modules[index]?.[part!.replace(/^dwconv2$/, "dwconv")];
      return module && `${place(index, letter.charCodeAt(0) - "a".charCodeAt(0))}.${module}`;
    },
  };
}

/** torchvision's modules of an EfficientNet: "features.2.0.block.1.0" for block2a_dwconv. @param stages - The kind of each. */
export function torchvisionEfficientNet(stages: readonly BlockKind[]): TorchNaming {
  return naming(stages, {
    program: "torchvision",
    block: torchvisionBlock,
    place: (stage, place) => `features.${stage + 1}.${place}`,
    fixed: {
      stem_conv: "features.0.0",
      stem_bn: "features.0.1",
      top_conv: `features.${stages.length + 1}.0`,
      top_bn: `features.${stages.length + 1}.1`,
      predictions: "classifier.1",
    },
  });
}

/** timm's modules of an EfficientNet, of its own and of those from TensorFlow: "blocks.1.0.conv_dw" for block2a_dwconv. */
export function timmEfficientNet(stages: readonly BlockKind[]): TorchNaming {
  return naming(stages, {
    program: "timm",
    block: timmBlock,
    place: (stage, place) => `blocks.${stage}.${place}`,
    fixed: {
      stem_conv: "conv_stem",
      stem_bn: "bn1",
      top_conv: "conv_head",
      top_bn: "bn2",
      predictions: "classifier",
    },
  });
}
