import { PermafrostError } from "../base/errors.ts";
import { lookUp } from "../base/identifiers.ts";
import { normalizeAxis } from "../tensor/shape.ts";

/** The axes that one norm is taken over, counted in Keras's layout of the weight. */
interface NormAxes {
  readonly axis: number | readonly number[];
}

/**
 * What the values of a weight are brought back to after each update of the optimizer. Plain data, kept in a layer's
 * configuration. A norm is the root of the sum of squares over `axis`: 0 for the kernel of a Dense layer,
 * [0, 1, 2] for that of a Conv2D.
 */
export type Constraint =
  | ({ readonly kind: "maxNorm"; readonly maxValue: number } & NormAxes)
  | ({
      readonly kind: "minMaxNorm";
      readonly minValue: number;
      readonly maxValue: number;
      readonly rate: number;
    } & NormAxes)
  | ({ readonly kind: "unitNorm" } & NormAxes)
  | { readonly kind: "nonNeg" };

export type ConstraintIdentifier = string | Constraint;

/** Keras's constraints with their defaults. */
const constraints: Readonly<Record<string, Constraint>> = {
  maxNorm: { kind: "maxNorm", maxValue: 2, axis: 0 },
  minMaxNorm: { kind: "minMaxNorm", minValue: 0, maxValue: 1, rate: 1, axis: 0 },
  unitNorm: { kind: "unitNorm", axis: 0 },
  nonNeg: { kind: "nonNeg" },
};

/** No norm is longer than `maxValue` (default 2). @param options.axis - Default 0. */
export const maxNorm = (
  options: { readonly maxValue?: number; readonly axis?: number | readonly number[] } = {},
): Constraint => resolveConstraint({ kind: "maxNorm", maxValue: 2, axis: 0, ...options });

/**
 * Each norm is moved towards the range from `minValue` (default 0) to `maxValue` (default 1).
 *
 * @param options.rate - Share of the way at each step, default 1. @param options.axis - Default 0.
 */
export const minMaxNorm = (
  options: {
    readonly minValue?: number;
    readonly maxValue?: number;
    readonly rate?: number;
    readonly axis?: number | readonly number[];
  } = {},
): Constraint =>
  resolveConstraint({ kind: "minMaxNorm", minValue: 0, maxValue: 1, rate: 1, axis: 0, ...options });

/** Each norm is 1. @param options.axis - Default 0. */
export const unitNorm = (options: { readonly axis?: number | readonly number[] } = {}): Constraint =>
  resolveConstraint({ kind: "unitNorm", axis: 0, ...options });

/** No value is below 0. */
export const nonNeg = (): Constraint => ({ kind: "nonNeg" });

/**
 * A constraint by name (Keras's defaults) or as a record.
 *
 * @throws PermafrostError UNKNOWN_NAME, or INVALID_ARGUMENT for a bound that is negative or not a number.
 */
export function resolveConstraint(identifier: ConstraintIdentifier): Constraint {
  if (typeof identifier === "string") return lookUp("constraint", identifier, constraints);
  const {
    minValue = 0,
    maxValue = 0,
    rate = 0,
  } = identifier as Partial<Extract<Constraint, { kind: "minMaxNorm" }>>;
  const bounds = [minValue, maxValue, rate];
  if (bounds.every((bound) => bound >= 0 && Number.isFinite(bound)) && rate <= 1) return identifier;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `constraint ${identifier.kind}: expected bounds of 0 or more and a rate up to 1, got ${JSON.stringify(identifier)}.`,
  );
}

/** A constraint as it meets the values that the engine holds. Plain data, so that it can be sent to the training thread. */
export interface PlacedConstraint {
  readonly constraint: Constraint;
  /** Sizes of the weight's axes in the order in which the engine holds them. */
  readonly shape: readonly number[];
  /** Which of these axes a norm is taken over. */
  readonly axes: readonly number[];
}

/**
 * Turns a constraint's axes into those of the engine.
 *
 * @param shape - Keras's shape of the weight.
 * @param permutation - Axis i of the engine is Keras's axis `permutation[i]`. Left out: the same order.
 * @throws PermafrostError SHAPE_MISMATCH for an axis that the weight does not have.
 */
export function placeConstraint(
  constraint: Constraint,
  shape: readonly number[],
  permutation: readonly number[] = shape.map((_, axis) => axis),
): PlacedConstraint {
  const given = constraint.kind === "nonNeg" ? [] : [constraint.axis].flat();
  const axes = given.map((axis) => permutation.indexOf(normalizeAxis(axis, shape.length)));
  return { constraint, shape: permutation.map((axis) => shape[axis]!), axes };
}

/** Added to a norm before something is divided by it (`keras.config.epsilon()`). */
const epsilon = 1e-7;

/** Changes a weight's values (the engine's layout) in place so that the constraint holds. */
export function applyConstraint({ constraint, shape, axes }: PlacedConstraint, values: Float32Array): void {
  if (constraint.kind === "nonNeg") {
    for (const [index, value] of values.entries()) if (value < 0) values[index] = 0;
    return;
  }
  const groups = normGroups(shape, axes);
  const sums = new Float64Array(groups.count);
  forEachGroup(groups, values.length, (index, group) => {
    sums[group]! += values[index]! ** 2;
  });
  const factors = sums.map((sum) => normFactor(constraint, Math.sqrt(sum)));
  forEachGroup(groups, values.length, (index, group) => {
    values[index]! *= factors[group]!;
  });
}

/** What values of this norm are multiplied by. */
function normFactor(constraint: Exclude<Constraint, { kind: "nonNeg" }>, norm: number): number {
  const within = (least: number, most: number) => Math.min(Math.max(norm, least), most);
  switch (constraint.kind) {
    case "maxNorm":
      return within(0, constraint.maxValue) / (epsilon + norm);
    case "minMaxNorm": {
      const { minValue, maxValue, rate } = constraint;
      return (rate * within(minValue, maxValue) + (1 - rate) * norm) / (epsilon + norm);
    }
    case "unitNorm":
      return 1 / (epsilon + norm);
  }
}

/** Which values share a norm: those that differ along some axes only. */
interface NormGroups {
  readonly count: number;
  readonly shape: readonly number[];
  /** How far the group's number moves with each axis; 0 along the axes of the norm. */
  readonly steps: readonly number[];
}

function normGroups(shape: readonly number[], axes: readonly number[]): NormGroups {
  const steps = shape.map(() => 0);
  let count = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (axes.includes(axis)) continue;
    steps[axis] = count;
    count *= shape[axis]!;
  }
  return { count, shape, steps };
}

/** Walks over row-major values with the number of the group that each belongs to. */
function forEachGroup(
  { shape, steps }: NormGroups,
  length: number,
  visit: (index: number, group: number) => void,
): void {
  const place = shape.map(() => 0);
  let group = 0;
  for (let index = 0; index < length; index++) {
    visit(index, group);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      group += steps[axis]!;
      if (++place[axis]! < shape[axis]!) break;
      group -= steps[axis]! * shape[axis]!;
      place[axis] = 0;
    }
  }
}
