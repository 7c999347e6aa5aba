import type { TorchNaming } from "./naming.ts";

/** What a layer's name tells: its own name behind that of the model, which users choose. */
interface Place {
  readonly kind: string;
  readonly stage: number;
  readonly block: number;
}

const inBlock =
  /_stage_(\d)_block_(\d+)_(depthwise_conv|layernorm|pointwise_conv_1|pointwise_conv_2|layer_scale)$/;
const inDownsampling = /_(downsampling_layernorm|downsampling_conv)_(\d)$/;
const outside = /_(stem_conv|stem_layernorm|head_layernorm|head_dense)$/;

function placeOf(layer: string): Place | undefined {
  const [, stage, block, part] = inBlock.exec(layer) ?? [];
  if (part !== undefined) return { kind: part, stage: Number(stage), block: Number(block) };
  const [, kind, index] = inDownsampling.exec(layer) ?? [];
  if (kind !== undefined) return { kind, stage: Number(index) + 1, block: 0 };
  // Without the classifier the normalization at the end has a name that is made by counting.
  const [, other] = outside.exec(layer) ?? (/^layer_normalization/.test(layer) ? ["", "head_layernorm"] : []);
  return other === undefined ? undefined : { kind: other, stage: 0, block: 0 };
}

type Modules = Readonly<Record<string, (place: Place) => string>>;

const torchvision: Modules = {
  stem_conv: () => "features.0.0",
  stem_layernorm: () => "features.0.1",
  downsampling_layernorm: ({ stage }) => `features.${2 * stage}.0`,
  downsampling_conv: ({ stage }) => `features.${2 * stage}.1`,
  depthwise_conv: (place) => `${torchvisionBlock(place)}.block.0`,
  layernorm: (place) => `${torchvisionBlock(place)}.block.2`,
  pointwise_conv_1: (place) => `${torchvisionBlock(place)}.block.3`,
  pointwise_conv_2: (place) => `${torchvisionBlock(place)}.block.5`,
  layer_scale: (place) => `${torchvisionBlock(place)}.layer_scale`,
  head_layernorm: () => "classifier.0",
  head_dense: () => "classifier.2",
};

function torchvisionBlock({ stage, block }: Place): string {
  return `features.${2 * stage + 1}.${block}`;
}

const timm: Modules = {
  stem_conv: () => "stem.0",
  stem_layernorm: () => "stem.1",
  downsampling_layernorm: ({ stage }) => `stages.${stage}.downsample.0`,
  downsampling_conv: ({ stage }) => `stages.${stage}.downsample.1`,
  depthwise_conv: (place) => `${timmBlock(place)}.conv_dw`,
  layernorm: (place) => `${timmBlock(place)}.norm`,
  pointwise_conv_1: (place) => `${timmBlock(place)}.mlp.fc1`,
  pointwise_conv_2: (place) => `${timmBlock(place)}.mlp.fc2`,
  layer_scale: (place) => `${timmBlock(place)}.gamma`,
  head_layernorm: () => "head.norm",
  head_dense: () => "head.fc",
};

function timmBlock({ stage, block }: Place): string {
  return `stages.${stage}.blocks.${block}`;
}

function naming(program: string, modules: Modules, classifier: string): TorchNaming {
  const module = (layer: string) => {
    const place = placeOf(layer);
    return place && modules[place.kind]!(place);
  };
  return { program, stem: module("_stem_conv")!, module, classifier: [classifier] };
}

/** ConvNeXt's modules: "features.1.0.block.0" or "stages.0.blocks.0.conv_dw" for stage_0_block_0_depthwise_conv. */
export const convNeXtNamings: readonly TorchNaming[] = [
  naming("torchvision", torchvision, "classifier."),
  naming("timm", timm, "head."),
];
