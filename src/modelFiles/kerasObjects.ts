import { isRecord, type JsonRecord } from "../formats/json.ts";
import { resolveActivation } from "../layers/activations.ts";
import type { Constraint } from "../layers/constraints.ts";
import { type Initializer, initializers } from "../layers/initializers.ts";
import type { Regularizer } from "../layers/regularizers.ts";
import { camelCase, pascalCase, snakeCase } from "./spelling.ts";

/** What of Keras's JSON stands for an object that we have no counterpart of. */
export const unknownObject = Symbol("unknown object");

type Read<T> = T | typeof unknownObject;

interface KerasObject {
  readonly name: string;
  readonly config: JsonRecord;
}

/** `{ class_name: "L2", config: { l2: 0.01 } }`, or the name alone. */
function objectOf(value: unknown): KerasObject | undefined {
  if (typeof value === "string") return { name: value, config: {} };
  if (!isRecord(value) || typeof value["class_name"] !== "string") return undefined;
  const config = value["config"];
  // Keras 3 writes functions as { class_name: "function", config: "relu6" }.
  if (value["class_name"] === "function" && typeof config === "string") return { name: config, config: {} };
  return { name: value["class_name"], config: isRecord(config) ? config : {} };
}

/**
 * An activation's name. Before Keras 3 hard_sigmoid was clip(x / 5 + 1/2, 0, 1), which is none of ours.
 *
 * @param isKeras3 - Whether the file is of Keras 3.
 */
export function readActivation(value: unknown, isKeras3: boolean): Read<string | null> {
  if (value === null) return null;
  const object = objectOf(value);
  if (object === undefined || Object.keys(object.config).length > 0) return unknownObject;
  try {
    const name = resolveActivation(object.name);
    return !isKeras3 && name === "hardSigmoid" ? unknownObject : name;
  } catch {
    return unknownObject;
  }
}

/** Keras has no name for the approximate gelu. */
export function writeActivation(name: string): Read<string> {
  return name === "geluTanh" ? unknownObject : snakeCase(name);
}

/** Where a weight's first values come from; undefined for one that is not known, because the file brings the values. */
export function readInitializer(value: unknown): Initializer | undefined {
  const object = objectOf(value);
  if (object === undefined) return undefined;
  const { name, config } = object;
  const known = initializers[camelCase(snakeCase(`${name.charAt(0).toLowerCase()}${name.slice(1)}`))];
  if (known === undefined) return undefined;
  const given: Record<string, unknown> = {};
  for (const [key, fallback] of Object.entries(known)) {
    const said = config[key];
    if (key !== "kind" && typeof said === typeof fallback) given[key] = said;
  }
  if (typeof given["mode"] === "string") given["mode"] = camelCase(given["mode"]);
  if (typeof given["distribution"] === "string") given["distribution"] = distributions[given["distribution"]];
  if (typeof config["seed"] === "number" && known.kind !== "constant" && known.kind !== "identity")
    given["seed"] = config["seed"];
  // The values have the types that the record of this kind has.
  return { ...known, ...given } as Initializer;
}

/** "normal" is the older name of the truncated one. */
const distributions: Readonly<Record<string, string>> = {
  uniform: "uniform",
  normal: "truncatedNormal",
  truncated_normal: "truncatedNormal",
  untruncated_normal: "normal",
};

export function writeInitializer(initializer: Initializer): object {
  const { kind, ...rest } = initializer;
  if (initializer.kind === "constant") {
    const { value } = initializer;
    if (value === 0 || value === 1) return kerasObject("initializers", value === 0 ? "Zeros" : "Ones", {});
  }
  const config: Record<string, unknown> = { ...rest };
  if (initializer.kind === "varianceScaling") {
    config["mode"] = snakeCase(initializer.mode);
    config["distribution"] =
      initializer.distribution === "normal" ? "untruncated_normal" : snakeCase(initializer.distribution);
  }
  return kerasObject("initializers", pascalCase(kind), config);
}

export function readRegularizer(value: unknown): Read<Regularizer | null> {
  if (value === null) return null;
  const object = objectOf(value);
  if (object === undefined || !["l1", "l2", "l1l2", "l1_l2"].includes(object.name.toLowerCase()))
    return unknownObject;
  const { l1 = 0, l2 = 0 } = object.config;
  return typeof l1 === "number" && typeof l2 === "number" ? { l1, l2 } : unknownObject;
}

export function writeRegularizer(regularizer: Regularizer | null): object | null {
  return regularizer === null ? null : kerasObject("regularizers", "L1L2", { ...regularizer });
}

const constraintKinds = ["maxNorm", "minMaxNorm", "unitNorm", "nonNeg"] as const;

export function readConstraint(value: unknown): Read<Constraint | null> {
  if (value === null) return null;
  const object = objectOf(value);
  const kind = constraintKinds.find(
    (one) => one.toLowerCase() === object?.name.toLowerCase().replaceAll("_", ""),
  );
  if (object === undefined || kind === undefined) return unknownObject;
  const config = Object.fromEntries(
    Object.entries(object.config).map(([key, said]) => [camelCase(key), said]),
  );
  const isSound = Object.values(config).every(
    (said) =>
      typeof said === "number" || (Array.isArray(said) && said.every((axis) => typeof axis === "number")),
  );
  if (!isSound) return unknownObject;
  const defaults = { maxValue: kind === "maxNorm" ? 2 : 1, minValue: 0, rate: 1, axis: 0 };
  // Members that a kind has not are never looked at.
  return { ...defaults, ...config, kind } as Constraint;
}

export function writeConstraint(constraint: Constraint | null): object | null {
  if (constraint === null) return null;
  const { kind, ...rest } = constraint;
  const names: readonly string[] = {
    maxNorm: ["maxValue", "axis"],
    minMaxNorm: ["minValue", "maxValue", "rate", "axis"],
    unitNorm: ["axis"],
    nonNeg: [],
  }[kind];
  const config = Object.entries(rest)
    .filter(([name]) => names.includes(name))
    .map(([name, value]) => [snakeCase(name), value]);
  return kerasObject("constraints", pascalCase(kind), Object.fromEntries(config));
}

/** An object as Keras 3 serializes it. */
export function kerasObject(module: string, className: string, config: object): object {
  return { module: `keras.${module}`, class_name: className, config, registered_name: null };
}
