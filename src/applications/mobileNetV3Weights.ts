import { PermafrostError } from "../base/errors.ts";
import type { GgufFile } from "../formats/ggufReader.ts";
import { DefinedLayer } from "../layers/definition.ts";
import type { Model } from "../models/functional.ts";

/** Our weight names to torchvision's. */
const torchNames: Readonly<Record<string, string>> = {
  kernel: "weight",
  bias: "bias",
  gamma: "weight",
  beta: "bias",
  moving_mean: "running_mean",
  moving_variance: "running_var",
};

/** Keras's prefix of a block's layer names: "expanded_conv_", "expanded_conv_1_", ... */
export function blockPrefix(index: number): string {
  return index === 0 ? "expanded_conv_" : `expanded_conv_${index}_`;
}

/** What decides the position of a block's parts in torchvision's network. */
interface BlockParts {
  readonly expanded: number;
  readonly squeezed: number;
}

/**
 * torchvision's module for each of our layers: "features.0.0" for conv, "features.4.block.2.fc1" for the first
 * convolution of squeeze-and-excitation of the fourth block.
 *
 * @param blocks - The network's blocks; one that does not widen its 16 input channels has no expansion.
 */
function torchvisionModules(blocks: readonly BlockParts[]): ReadonlyMap<string, string> {
  const modules = new Map([
    ["conv", "features.0.0"],
    ["conv_bn", "features.0.1"],
    ["conv_1", `features.${blocks.length + 1}.0`],
    ["conv_1_bn", `features.${blocks.length + 1}.1`],
  ]);
  for (const [index, { expanded, squeezed }] of blocks.entries()) {
    const prefix = blockPrefix(index);
    const parts = ["depthwise", ...(squeezed > 0 ? ["squeeze_excite_conv"] : []), "project"];
    if (index > 0 || expanded !== 16) parts.unshift("expand");
    for (const [position, part] of parts.entries()) {
      const module = `features.${index + 1}.block.${position}`;
      if (part === "squeeze_excite_conv") {
        modules.set(`${prefix}${part}`, `${module}.fc1`).set(`${prefix}${part}_1`, `${module}.fc2`);
      } else modules.set(`${prefix}${part}`, `${module}.0`).set(`${prefix}${part}_bn`, `${module}.1`);
    }
  }
  return modules;
}

/**
 * Sets a network's weights from a file with torchvision's names; PyTorch's order of axes is the engine's.
 *
 * @throws PermafrostError WEIGHTS_INVALID when the file lacks a tensor or has another shape; then the network is not to be used.
 */
export function loadTorchvision(network: Model, file: GgufFile, blocks: readonly BlockParts[]): void {
  const modules = torchvisionModules(blocks);
  for (const layer of network.layers) {
    if (!(layer instanceof DefinedLayer)) continue;
    for (const parameter of layer.ownParameters) {
      const name = `${modules.get(layer.name)}.${torchNames[parameter.name]}`;
      const tensor = file.tensors.get(name);
      const expected = parameter.engineShape;
      if (tensor === undefined || tensor.shape.join() !== expected.join()) {
        throw new PermafrostError(
          "WEIGHTS_INVALID",
          `${network.name}: layer ${layer.name} needs the tensor ${name} of shape [${expected.join(", ")}], the file has ${tensor === undefined ? "none" : `[${tensor.shape.join(", ")}]`}.`,
        );
      }
      parameter.setEngineLayout(tensor.data);
    }
  }
}
