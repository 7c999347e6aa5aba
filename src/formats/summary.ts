import { immodest, modestMemory, takeJson } from "../base/modestMemory.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { knownNetworks } from "./knownNetworks.ts";
import { isTorchCounter, isTorchNamed } from "./torchNames.ts";
import type { TensorEntry, WeightFile } from "./weightFile.ts";

/** What can be said of a weight file from its headers alone. */
export interface WeightSummary {
  readonly path: string;
  readonly format: string;
  /** In the order of the file. */
  readonly tensors: readonly TensorEntry[];
  /** Numbers in all tensors that are no optimizer's and no counter of PyTorch's normalizations; without those in missing files of unknown shape. */
  readonly parameters: number;
  /** Files that are named but not there. */
  readonly missing: readonly string[];
  /** Texts of the file, without long configurations. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The model's class and name as its configuration has them. */
  readonly model?: string;
  /** Networks with as many parameters: Keras's, or for a file with PyTorch's names those in torchvision's form. */
  readonly couldBe: readonly string[];
}

const longText = 200;

/** Describes a weight file; reads no elements. */
export function summarizeWeights(file: WeightFile): WeightSummary {
  const tensors = [...file.tensors.values()];
  const weights = tensors.filter(({ role, name }) => role !== "optimizer" && !isTorchCounter(name));
  const parameters = weights.reduce(
    (sum, { shape, dtype }) => sum + (dtype === "other" ? 0 : sizeOf(shape)),
    0,
  );
  const missing = tensors.flatMap((entry) => (entry.missing === undefined ? [] : [entry.missing]));
  const model = modelName(file.metadata.get("model_config"));
  const short = [...file.metadata].filter(([key, text]) => key !== "model_config" && text.length <= longText);
  return {
    path: file.path,
    format: file.format,
    tensors,
    parameters,
    missing: [...new Set(missing)],
    metadata: Object.fromEntries(short),
    ...(model === undefined ? {} : { model }),
    couldBe: networksWith(parameters, isTorchNamed(file)),
  };
}

/** What a file with PyTorch's names is called among the networks that it could be. */
export const torchFormNote = " in PyTorch's form";

function networksWith(count: number, isTorch: boolean): readonly string[] {
  return knownNetworks.flatMap(({ name, parameters, torch }) => {
    const [whole, withoutTop] = (isTorch ? torch : parameters) ?? [];
    const form = isTorch ? `${name}${torchFormNote}` : name;
    if (count === whole) return [form];
    return count === withoutTop ? [`${form} without its top`] : [];
  });
}

/** `Functional "vgg16"`. */
function modelName(config: string | undefined): string | undefined {
  if (config === undefined) return undefined;
  try {
    takeJson(
      config,
      modestMemory(config.length, () => new Error(immodest)),
    );
    const { class_name: kind, config: inner } = JSON.parse(config) as Record<string, unknown>;
    const name = typeof inner === "object" && inner !== null && "name" in inner ? inner.name : undefined;
    return typeof kind === "string" ? `${kind}${typeof name === "string" ? ` "${name}"` : ""}` : undefined;
  } catch {
    return undefined;
  }
}
