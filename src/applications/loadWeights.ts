import { PermafrostError } from "../base/errors.ts";
import type { TensorEntry, WeightFile } from "../formats/weightFile.ts";
import type { Layer } from "../layers/layer.ts";
import type { Parameter } from "../layers/parameter.ts";
import type { Model } from "../models/functional.ts";
import { sameShape, showShape } from "../tensor/shape.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";

/**
 * Sets a network's weights from a file with Keras's layer names, in Keras's layout. In a layer they are found by their names
 * ("kernel", "beta"), else by their order. Layers that only the file has (a classifier) are passed over.
 *
 * @throws PermafrostError WEIGHTS_INVALID naming what is missing or of another shape; then the network is not to be used.
 */
export async function loadWeights(network: Model, file: WeightFile): Promise<void> {
  const layers = entriesByLayer(file);
  const matches = network.layers.flatMap((layer) => matchLayer(layer, layers.get(layer.name) ?? [], file));
  for (const { parameter, entry } of matches)
    parameter.set(asFloat32(await file.read(entry.name), entry, file));
}

function entriesByLayer(file: WeightFile): ReadonlyMap<string, readonly TensorEntry[]> {
  const layers = new Map<string, TensorEntry[]>();
  for (const entry of file.tensors.values()) {
    if (entry.role === "optimizer") continue;
    const layer = entry.layer ?? entry.name.split("/").slice(0, -1).join("/");
    const entries = layers.get(layer);
    if (entries === undefined) layers.set(layer, [entry]);
    else entries.push(entry);
  }
  return layers;
}

interface Match {
  readonly parameter: Parameter;
  readonly entry: TensorEntry;
}

function matchLayer(layer: Layer, entries: readonly TensorEntry[], file: WeightFile): readonly Match[] {
  const parameters = layer.weights;
  const named = new Map(entries.map((entry) => [shortName(entry), entry]));
  const isNamed = parameters.every(({ name }) => named.has(name));
  if (parameters.length > 0 && entries.length !== parameters.length) {
    throw invalid(
      file,
      `layer ${layer.name} has ${parameters.length} weights, the file ${entries.length || "none"} for it`,
    );
  }
  return parameters.map((parameter, index) => {
    const entry = isNamed ? named.get(parameter.name)! : entries[index]!;
    if (sameShape(entry.shape, parameter.shape)) return { parameter, entry };
    throw invalid(
      file,
      `layer ${layer.name} needs ${parameter.name} of shape ${showShape(parameter.shape)}, the file has ${showShape(entry.shape)}`,
    );
  });
}

/** "kernel" of "conv1/kernel:0". */
function shortName({ name }: TensorEntry): string {
  return name.split("/").at(-1)!.replace(/:\d+$/, "");
}

function asFloat32({ dtype, shape, data }: Tensor, entry: TensorEntry, file: WeightFile): Tensor<"float32"> {
  if (dtype === "float32" && data instanceof Float32Array) return float32(shape, data);
  throw invalid(file, `${entry.name} is ${dtype}, expected float32`);
}

function invalid({ path, format }: WeightFile, reason: string): PermafrostError {
  return new PermafrostError(
    "WEIGHTS_INVALID",
    `${path} (${format}): ${reason}. Expected a file of this very network with Keras's layer names; see it with: permafrost inspect ${path}`,
    { details: { path } },
  );
}
