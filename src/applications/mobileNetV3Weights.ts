import { PermafrostError } from "../base/errors.ts";
import type { GgufFile } from "../formats/ggufReader.ts";
import { DefinedLayer } from "../layers/definition.ts";
import type { Model } from "../models/functional.ts";
import { type TorchNaming, tensorName } from "./torch/naming.ts";

/** Keras's prefix of a block's layer names: "expanded_conv_", "expanded_conv_1_", ... */
export function blockPrefix(index: number): string {
  return index === 0 ? "expanded_conv_" : `expanded_conv_${index}_`;
}

/**
 * Sets a network's weights from the embedded file, which has torchvision's names; PyTorch's order of axes is the engine's.
 *
 * @throws PermafrostError WEIGHTS_INVALID when the file lacks a tensor or has another shape; then the network is not to be used.
 */
export function loadTorchvision(network: Model, file: GgufFile, naming: TorchNaming): void {
  for (const layer of network.layers) {
    if (!(layer instanceof DefinedLayer)) continue;
    for (const parameter of layer.ownParameters) {
      const name = tensorName(naming, layer, parameter);
      const tensor = name === undefined ? undefined : file.tensors.get(name);
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
