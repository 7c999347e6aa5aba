import { PermafrostError } from "../base/errors.ts";
import { lookUp } from "../base/identifiers.ts";
import type { Random } from "../base/random.ts";
import { orthogonalValues } from "./orthogonal.ts";

/** How fast a weight's first values spread: over its inputs, its outputs, or the mean of both. */
type FanMode = "fanIn" | "fanOut" | "fanAvg";

/** Where a weight's first values come from. Plain data, kept in a layer's configuration. */
export type Initializer =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "identity"; readonly gain: number }
  | { readonly kind: "orthogonal"; readonly gain: number; readonly seed?: number }
  | {
      readonly kind: "randomUniform";
      readonly minval: number;
      readonly maxval: number;
      readonly seed?: number;
    }
  | { readonly kind: "randomNormal"; readonly mean: number; readonly stddev: number; readonly seed?: number }
  | {
      readonly kind: "truncatedNormal";
      readonly mean: number;
      readonly stddev: number;
      readonly seed?: number;
    }
  | {
      readonly kind: "varianceScaling";
      readonly scale: number;
      readonly mode: FanMode;
      readonly distribution: "uniform" | "normal" | "truncatedNormal";
      readonly seed?: number;
    };

export type InitializerIdentifier = string | Initializer;

/** Standard deviation of a standard normal cut at two standard deviations. */
const truncatedStddev = 0.87962566103423978;

const scaling = (
  scale: number,
  mode: FanMode,
  distribution: "uniform" | "normal" | "truncatedNormal",
): Initializer => ({ kind: "varianceScaling", scale, mode, distribution });

/** Keras's named initializers with their defaults (keras.initializers). The normal ones are truncated, as in Keras. */
export const initializers: Readonly<Record<string, Initializer>> = {
  zeros: { kind: "constant", value: 0 },
  ones: { kind: "constant", value: 1 },
  constant: { kind: "constant", value: 0 },
  identity: { kind: "identity", gain: 1 },
  orthogonal: { kind: "orthogonal", gain: 1 },
  randomUniform: { kind: "randomUniform", minval: -0.05, maxval: 0.05 },
  randomNormal: { kind: "randomNormal", mean: 0, stddev: 0.05 },
  truncatedNormal: { kind: "truncatedNormal", mean: 0, stddev: 0.05 },
  varianceScaling: scaling(1, "fanIn", "truncatedNormal"),
  glorotUniform: scaling(1, "fanAvg", "uniform"),
  glorotNormal: scaling(1, "fanAvg", "truncatedNormal"),
  heUniform: scaling(2, "fanIn", "uniform"),
  heNormal: scaling(2, "fanIn", "truncatedNormal"),
  lecunUniform: scaling(1, "fanIn", "uniform"),
  lecunNormal: scaling(1, "fanIn", "truncatedNormal"),
};

/**
 * An initializer by name (either spelling) or as a record.
 *
 * @throws PermafrostError UNKNOWN_NAME
 */
export function resolveInitializer(identifier: InitializerIdentifier): Initializer {
  return typeof identifier === "string" ? lookUp("initializer", identifier, initializers) : identifier;
}

/**
 * Number of inputs and outputs of one unit, Keras's rule: the last two axes of a kernel are in and out, the axes before
 * them its receptive field. A depthwise kernel [height, width, channels, multiplier] follows the same rule.
 */
export function fans(shape: readonly number[]): { readonly fanIn: number; readonly fanOut: number } {
  if (shape.length === 0) return { fanIn: 1, fanOut: 1 };
  if (shape.length === 1) return { fanIn: shape[0]!, fanOut: shape[0]! };
  const field = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { fanIn: field * shape.at(-2)!, fanOut: field * shape.at(-1)! };
}

/**
 * First values of a weight of this shape (Keras's order of axes), drawn from `random`.
 *
 * @throws PermafrostError INVALID_ARGUMENT when the initializer does not fit the shape.
 */
export function initialValues(
  initializer: Initializer,
  shape: readonly number[],
  random: Random,
): Float32Array {
  if (initializer.kind === "identity") return identityValues(shape, initializer.gain);
  if (initializer.kind === "orthogonal") return orthogonalValues(shape, initializer.gain, random);
  const draw = sampler(initializer, shape, random);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let index = 0; index < values.length; index++) values[index] = draw();
  return values;
}

/** `gain` on the diagonal, 0 elsewhere. */
function identityValues(shape: readonly number[], gain: number): Float32Array {
  const [rows, columns] = shape;
  if (shape.length === 2) {
    return Float32Array.from({ length: rows! * columns! }, (_, index) =>
      Math.floor(index / columns!) === index % columns! ? gain : 0,
    );
  }
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `initializer identity: expected a weight of two axes, got shape [${shape.join(", ")}].`,
  );
}

/** An initializer that draws each value for itself. */
type ElementInitializer = Exclude<Initializer, { kind: "identity" | "orthogonal" }>;

function sampler(initializer: ElementInitializer, shape: readonly number[], random: Random): () => number {
  switch (initializer.kind) {
    case "constant":
      return () => initializer.value;
    case "randomUniform":
      return () => random.uniform(initializer.minval, initializer.maxval);
    case "randomNormal":
      return () => initializer.mean + initializer.stddev * random.normal();
    case "truncatedNormal":
      return () => initializer.mean + initializer.stddev * truncated(random);
    case "varianceScaling":
      return varianceScaling(initializer, shape, random);
    default:
      throw new PermafrostError("INVALID_ARGUMENT", `unknown initializer ${JSON.stringify(initializer)}.`);
  }
}

function varianceScaling(
  { scale, mode, distribution }: Extract<Initializer, { kind: "varianceScaling" }>,
  shape: readonly number[],
  random: Random,
): () => number {
  const { fanIn, fanOut } = fans(shape);
  const fan = mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2;
  const variance = scale / Math.max(1, fan);
  if (distribution === "uniform") {
    const limit = Math.sqrt(3 * variance);
    return () => random.uniform(-limit, limit);
  }
  if (distribution === "normal") return () => Math.sqrt(variance) * random.normal();
  const stddev = Math.sqrt(variance) / truncatedStddev;
  return () => stddev * truncated(random);
}

/** A standard normal number within two standard deviations; others are drawn again. */
function truncated(random: Random): number {
  for (;;) {
    const value = random.normal();
    if (Math.abs(value) <= 2) return value;
  }
}
