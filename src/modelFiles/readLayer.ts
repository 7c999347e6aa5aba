import { messageOf } from "../base/errors.ts";
import type { JsonRecord } from "../formats/json.ts";
import { DefinedLayer } from "../layers/definition.ts";
import { isLayerKind, makeLayer } from "../layers/kinds.ts";
import type { Layer } from "../layers/layer.ts";
import type { Shape } from "../tensor/shape.ts";
import {
  readActivation,
  readConstraint,
  readInitializer,
  readRegularizer,
  unknownObject,
} from "./kerasObjects.ts";
import { kindNames, kindOptions, withoutEffect } from "./layerNames.ts";
import { refusal, shown } from "./refusal.ts";
import { camelCase, layerName } from "./spelling.ts";

/** A layer as a configuration of Keras has it. */
export interface LayerConfig {
  /** Keras's class. */
  readonly kind: string;
  readonly config: JsonRecord;
  /** For messages: file, layer and class. */
  readonly where: string;
  readonly isKeras3: boolean;
}

/**
 * The layer that a configuration of Keras describes, without weights.
 *
 * @param inputs - Shapes of what it will be called on (the user's).
 * @throws PermafrostError MODEL_UNSUPPORTED naming layer, class and option.
 */
export function readLayer(layer: LayerConfig, inputs: readonly Shape[]): Layer {
  const kind = kindNames[layer.kind] ?? layer.kind;
  if (!isLayerKind(kind)) throw unknownKind(layer);
  const given = Object.entries(layer.config).filter(([name]) => !isCommon(layer, name, inputs));
  const renamed = kindOptions[kind] ?? {};
  const options = given.map(([name, value]) => [
    renamed[name] ?? camelCase(name),
    readOption(layer, name, value),
  ]);
  const made = build(layer, kind, Object.fromEntries(options.filter(([, value]) => value !== undefined)));
  const known = made instanceof DefinedLayer ? Object.keys(made.config as object) : [];
  for (const [name, value] of given) {
    if (known.includes(renamed[name] ?? camelCase(name)) || isOff(name, value)) continue;
    throw refusal(layer.where, `option ${name} = ${shown(value)} is not supported`);
  }
  return made;
}

function build(layer: LayerConfig, kind: string, options: object): Layer {
  const { name, trainable } = layer.config;
  try {
    return makeLayer(kind, options, {
      ...(typeof name === "string" ? { name: layerName(name) } : {}),
      trainable: trainable !== false,
    });
  } catch (error) {
    throw refusal(layer.where, `its options do not fit (${messageOf(error).replace(/\.$/, "")})`, error);
  }
}

/** Options that every layer may have, each looked at. */
function isCommon({ kind, config, where }: LayerConfig, name: string, inputs: readonly Shape[]): boolean {
  const value = config[name];
  if (withoutEffect.has(name)) return true;
  if (name === "dtype") {
    if (value === null || isFloatPolicy(value)) return true;
    throw refusal(
      where,
      `option dtype = ${shown(value)} is not supported, only float32 and the mixed policies`,
    );
  }
  if (name === "data_format") {
    if (value === null || value === "channels_last") return true;
    throw refusal(where, `option data_format = ${shown(value)}: only channels_last is supported`);
  }
  if (name === "axis" && ["BatchNormalization", "Normalization"].includes(kindNames[kind] ?? kind)) {
    const rank = inputs[0]?.length ?? 0;
    const axes = [value].flat();
    if (axes.length === 1 && (axes[0] === -1 || axes[0] === rank - 1)) return true;
    throw refusal(where, `option axis = ${shown(value)}: only the last axis of its input is supported`);
  }
  return false;
}

const floats = new Set(["float32", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16"]);

/** Half precision is computed in float32. */
function isFloatPolicy(value: unknown): boolean {
  if (typeof value === "string") return floats.has(value);
  const { config } = (value ?? {}) as { config?: { name?: unknown } };
  return typeof config?.name === "string" && floats.has(config.name);
}

function readOption({ where, isKeras3 }: LayerConfig, name: string, value: unknown): unknown {
  const read = () => {
    if (name === "activation") return readActivation(value, isKeras3);
    if (name.endsWith("_initializer")) return readInitializer(value);
    if (name === "activity_regularizer") return value === null ? null : unknownObject;
    if (name.endsWith("_regularizer")) return readRegularizer(value);
    if (name.endsWith("_constraint")) return readConstraint(value);
    return value ?? undefined;
  };
  const option = read();
  if (option !== unknownObject) return option;
  throw refusal(where, `option ${name} = ${shown(value)} is not supported`);
}

/** What an option that a layer has not here is when it is not used; first values come from the file in any case. */
function isOff(name: string, value: unknown): boolean {
  if (name.endsWith("_initializer") || (name === "groups" && value === 1)) return true;
  if (value === null || value === false || value === "" || value === 0) return true;
  return typeof value === "object" && Object.keys(value as object).length === 0;
}

function unknownKind({ kind, where }: LayerConfig): Error {
  if (kind === "Lambda") {
    return refusal(
      where,
      "a Lambda layer holds Python code, which is never run here. Save the model again with a layer of Keras in its place",
    );
  }
  return refusal(
    where,
    `the class ${JSON.stringify(kind)} is not supported (docs/formats.md lists those that are). Save the model without it, or cut before it`,
  );
}
