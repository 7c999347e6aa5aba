import { type Interval, meanInterval } from "./interval.ts";
import { expectRows } from "./labelScores.ts";

/** How far predictions of one value are off, in its own unit. */
export interface ValueScores {
  readonly name: string;
  readonly meanAbsoluteError: number;
  /** 95 % interval of it: the mean and 1.96 of its standard errors to both sides, 0 at least. */
  readonly meanAbsoluteErrorInterval: Interval;
  readonly rootMeanSquaredError: number;
  /** Share of the variance that is explained; null where the value is the same for all images. */
  readonly r2: number | null;
  /** The mean of what is said, minus the mean of what is. */
  readonly bias: number;
  /** Mean absolute error of always saying the median. */
  readonly medianError: number;
}

/** How good predictions of numbers are; plain data. */
export interface RegressionScores {
  readonly task: "regression";
  readonly samples: number;
  /** Mean squared error over all values. */
  readonly loss: number;
  readonly perValue: readonly ValueScores[];
  /** Mean over the values that have one. */
  readonly meanR2: number | null;
}

/**
 * @param predictions - [n, values], row by row.
 * @param targets - [n, values].
 * @throws PermafrostError as `multilabelScores` does.
 */
export function regressionScores(
  predictions: Float32Array,
  targets: Float32Array,
  names: readonly string[],
): RegressionScores {
  const samples = expectRows("predictions", predictions, targets, names);
  const perValue = names.map((name, index) => {
    const pick = (values: Float32Array) =>
      Float64Array.from(values.filter((_, at) => at % names.length === index));
    return scoresOfValue(name, pick(predictions), pick(targets));
  });
  const known = perValue.map(({ r2 }) => r2).filter((r2) => r2 !== null);
  return {
    task: "regression",
    samples,
    loss: mean(perValue.map(({ rootMeanSquaredError }) => rootMeanSquaredError ** 2)),
    perValue,
    meanR2: known.length === 0 ? null : mean(known),
  };
}

function scoresOfValue(name: string, predictions: Float64Array, targets: Float64Array): ValueScores {
  const errors = predictions.map((p, row) => p - targets[row]!);
  const sizes = errors.map(Math.abs);
  const meanAbsoluteError = mean(sizes);
  const squared = mean(errors.map((error) => error ** 2));
  const center = mean(targets);
  const variance = mean(targets.map((y) => (y - center) ** 2));
  const middle = median(targets);
  return {
    name,
    meanAbsoluteError,
    meanAbsoluteErrorInterval: meanInterval(sizes),
    rootMeanSquaredError: Math.sqrt(squared),
    r2: variance === 0 ? null : 1 - squared / variance,
    bias: mean(errors),
    medianError: mean(targets.map((y) => Math.abs(y - middle))),
  };
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return sum / values.length;
}
