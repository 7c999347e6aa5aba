import type { Layer } from "../../layers/layer.ts";
import type { Parameter } from "../../layers/parameter.ts";

/** How a program of PyTorch's world names the tensors of one of its networks. */
export interface TorchNaming {
  /** "torchvision", "timm". */
  readonly program: string;
  /** The module of its first convolution: tells the program's files from those of others. */
  readonly stem: string;
  /** The module that holds the tensors of a layer of ours; of a LayerScale the tensor itself. undefined: there is none. */
  module(layer: string): string | undefined;
  /** What the names of its classifier's tensors begin with. */
  readonly classifier: readonly string[];
  /** A name of older files as they are written today. Default: as it is. */
  renamed?(name: string): string;
}

/** Our names of weights to those of PyTorch's modules. */
const torchNames: Readonly<Record<string, string>> = {
  kernel: "weight",
  bias: "bias",
  gamma: "weight",
  beta: "bias",
  moving_mean: "running_mean",
  moving_variance: "running_var",
};

/** The name of the tensor that a weight is set from. */
export function tensorName(
  naming: TorchNaming,
  layer: Pick<Layer, "name" | "kind">,
  { name }: Pick<Parameter, "name">,
): string | undefined {
  const module = naming.module(layer.name);
  if (module === undefined || layer.kind === "LayerScale") return module;
  return `${module}.${torchNames[name]}`;
}
