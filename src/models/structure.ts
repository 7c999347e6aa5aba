import { PermafrostError } from "../base/errors.ts";
import { DefinedLayer } from "../layers/definition.ts";
import { makeLayer } from "../layers/kinds.ts";
import type { Layer } from "../layers/layer.ts";

/** One layer as plain JSON: Keras class name, name, flag, and settings with every default filled in. */
export interface LayerRecord {
  readonly kind: string;
  readonly name: string;
  readonly trainable: boolean;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * A layer's record; weights are not part of it.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a model: it has no record of its own.
 */
export function layerRecord(layer: Layer): LayerRecord {
  if (layer instanceof DefinedLayer) {
    const { kind, name, trainable, config } = layer;
    return { kind, name, trainable, config: config as Readonly<Record<string, unknown>> };
  }
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `layer ${layer.name}: a ${layer.kind} model inside a model cannot be written as one layer.`,
  );
}

/**
 * The layer that a record describes, without weights.
 *
 * @throws PermafrostError UNKNOWN_NAME for a kind that does not exist, INVALID_ARGUMENT for settings that do not fit.
 */
export function layerFromRecord(
  record: Pick<LayerRecord, "kind" | "name" | "config"> & { readonly trainable?: boolean },
): Layer {
  const { kind, name, trainable = true, config } = record;
  return makeLayer(kind, config, { name, trainable });
}
