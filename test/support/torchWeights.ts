import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BaseNetwork } from "../../src/applications/index.ts";
import { torchTensors } from "../../src/applications/torch/loadTorchWeights.ts";
import type { TorchNaming } from "../../src/applications/torch/naming.ts";
import { encodeSafetensors } from "../../src/tensor/safetensors.ts";
import { float32, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";
import { noise } from "./applicationParity.ts";

/** A tensor of a file of PyTorch's world. */
export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The tensors of a network in torchvision's form, with the shapes that PyTorch's modules have. */
export function torchShapes(network: BaseNetwork, naming: TorchNaming): readonly NamedShape[] {
  return torchTensors(network, naming).map(({ name, parameter: { engineShape } }) => ({
    name,
    shape: engineShape.length === 3 && !/layer_scale$/.test(name) ? engineShape.slice(0, 1) : engineShape,
  }));
}

/** The formula of test/golden/torchApplications.py. */
export function torchTensor(one: NamedShape, gain = 1): Tensor<"float32"> {
  const { name, shape } = one;
  return float32(shape, noise(name, sizeOf(shape), ...rangeOf(one, gain)));
}

function rangeOf({ name, shape }: NamedShape, gain: number): readonly [offset: number, scale: number] {
  if (shape.length === 2) return [0, Math.sqrt(6 / shape[1]!)];
  if (shape.length === 4) return [0, gain * Math.sqrt(6 / sizeOf(shape.slice(1)))];
  const nearOne =
    /(running_var|layer_scale|gamma)$/.test(name) || (name.endsWith("weight") && shape.length === 1);
  return nearOne ? [1, 0.25] : [0, 0.1];
}

/** Writes a safetensors file as torch's programs do, with a counter beside each running mean; hands back its path. */
export async function writeTorchFile(
  tensors: readonly NamedShape[],
  { name = "model.safetensors", gain = 1 }: { readonly name?: string; readonly gain?: number } = {},
): Promise<string> {
  const weights = tensors.map((one) => ({ name: one.name, tensor: torchTensor(one, gain) }));
  const counters = tensors.flatMap(({ name }) => (name.endsWith("running_mean") ? [counterOf(name)] : []));
  const folder = await mkdtemp(path.join(tmpdir(), "permafrost-torch-"));
  const file = path.join(folder, name);
  await writeFile(file, encodeSafetensors([...weights, ...counters], { format: "pt" }));
  return file;
}

function counterOf(runningMean: string) {
  const name = runningMean.replace(/running_mean$/, "num_batches_tracked");
  return { name, tensor: { dtype: "int64", shape: [], data: new BigInt64Array(1) } } as const;
}
