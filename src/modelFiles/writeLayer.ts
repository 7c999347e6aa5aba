import type { Constraint } from "../layers/constraints.ts";
import { DefinedLayer } from "../layers/definition.ts";
import type { Initializer } from "../layers/initializers.ts";
import { isLayerKind } from "../layers/kinds.ts";
import type { Layer } from "../layers/layer.ts";
import type { Regularizer } from "../layers/regularizers.ts";
import {
  unknownObject,
  writeActivation,
  writeConstraint,
  writeInitializer,
  writeRegularizer,
} from "./kerasObjects.ts";
import { kindOptions, newerOptions } from "./layerNames.ts";
import { refusal, shown } from "./refusal.ts";
import { snakeCase } from "./spelling.ts";

/** The versions of Keras whose configurations are written: 2 is what TensorFlow.js reads. */
export type KerasGeneration = 2 | 3;

/** Layers whose order of axes Keras would take from the user's own settings. */
const withDataFormat = new Set([
  "AveragePooling2D",
  "Conv2D",
  "Conv2DTranspose",
  "Cropping2D",
  "DepthwiseConv2D",
  "Flatten",
  "GlobalAveragePooling2D",
  "GlobalMaxPooling2D",
  "MaxPooling2D",
  "SeparableConv2D",
  "SpatialDropout2D",
  "UpSampling2D",
  "ZeroPadding2D",
]);

/**
 * The configuration of a layer as Keras writes it.
 *
 * @throws PermafrostError MODEL_UNSUPPORTED for a layer or an option that Keras has not.
 */
export function writeLayer(layer: Layer, generation: KerasGeneration): object {
  const where = `layer ${layer.name} (${layer.kind})`;
  if (!(layer instanceof DefinedLayer) || !isLayerKind(layer.kind))
    throw refusal(where, "it is no layer of Keras, so that Keras could not open the file");
  const config = layer.config as Readonly<Record<string, unknown>>;
  const newer = generation === 2 ? (newerOptions[layer.kind] ?? {}) : {};
  const isWritten = (name: string, value: unknown) => {
    if (!(name in newer)) return true;
    if (JSON.stringify(value) === JSON.stringify(newer[name])) return false;
    throw refusal(
      where,
      `option ${snakeCase(name)} = ${shown(value)} is not known to Keras 2, whose files TensorFlow.js reads`,
    );
  };
  const options = Object.entries(config)
    .filter(([name, value]) => isWritten(name, value))
    .map(([name, value]) => [
      optionName(layer.kind, name, generation),
      writeOption(name, value, where, generation),
    ]);
  return {
    name: layer.name,
    // A layer without weights has nothing to freeze, and some of Keras's do not take the flag.
    ...(layer.weights.length > 0 ? { trainable: layer.trainable } : {}),
    dtype: "float32",
    ...(withDataFormat.has(layer.kind) ? { data_format: "channels_last" } : {}),
    ...Object.fromEntries(options),
  };
}

function optionName(kind: string, name: string, generation: KerasGeneration): string {
  const renamed = Object.entries(kindOptions[kind] ?? {}).find(([, own]) => own === name)?.[0];
  // Keras 3 has given LeakyReLU's slope the name that we have.
  return renamed === undefined || (renamed === "alpha" && generation === 3) ? snakeCase(name) : renamed;
}

function writeOption(name: string, value: unknown, where: string, generation: KerasGeneration): unknown {
  if (name === "activation" && typeof value === "string") {
    const written = value === "hardSigmoid" && generation === 2 ? unknownObject : writeActivation(value);
    if (written !== unknownObject) return written;
    throw refusal(where, `the activation ${shown(value)} has no name in Keras ${generation}'s files`);
  }
  const written = writeObject(name, value);
  return generation === 2 ? plainObject(written) : written;
}

function writeObject(name: string, value: unknown): unknown {
  // Values of these names have these types in every layer.
  if (name.endsWith("Initializer")) return writeInitializer(value as Initializer);
  if (name.endsWith("Regularizer")) return writeRegularizer(value as Regularizer | null);
  if (name.endsWith("Constraint")) return writeConstraint(value as Constraint | null);
  return value;
}

/** Keras 2 knows objects by class_name and config alone. */
function plainObject(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("class_name" in value)) return value;
  const { class_name, config } = value as { class_name: unknown; config?: unknown };
  return { class_name, config };
}
