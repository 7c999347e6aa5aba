import type { WeightFile } from "./weightFile.ts";

/** What PyTorch's modules call their tensors. */
const torchName = /(^|\.)(weight|bias|running_mean|running_var|num_batches_tracked)$/;

/** How often a normalization was trained: PyTorch keeps it beside the weights, no network computes with it. */
export function isTorchCounter(name: string): boolean {
  return /(^|\.)num_batches_tracked$/.test(name);
}

/** Whether the tensors of a file have the names of PyTorch's modules ("layer1.0.conv1.weight"): more than half of them. */
export function isTorchNamed({ tensors }: Pick<WeightFile, "tensors">): boolean {
  const names = [...tensors.keys()];
  return 2 * names.filter((name) => torchName.test(name)).length > names.length;
}
