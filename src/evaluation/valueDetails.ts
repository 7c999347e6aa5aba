import { type Interval, z95 } from "./interval.ts";
import { expectRows } from "./labelScores.ts";
import { resampledIntervals } from "./resampling.ts";

/** What there is to know of one value beside `ValueScores`. Intervals are of 95 %; null where there is too little to tell. */
export interface OneValueDetails {
  readonly name: string;
  readonly rootMeanSquaredErrorInterval: Interval | null;
  readonly r2Interval: Interval | null;
  readonly biasInterval: Interval;
  /** Half of the images are off by less. */
  readonly medianAbsoluteError: number;
  readonly medianAbsoluteErrorInterval: Interval | null;
  /** Nine of ten images are off by less. */
  readonly ninthDecile: number;
  readonly ninthDecileInterval: Interval | null;
  /** What is said minus what is, of every image. */
  readonly errors: readonly number[];
}

/** What there is to know of predicted numbers beside `RegressionScores`; plain data. */
export interface ValueDetails {
  readonly perValue: readonly OneValueDetails[];
  readonly meanR2Interval: Interval | null;
  /** What makes the numbers doubtful, in sentences. */
  readonly remarks: readonly string[];
}

/** Below this many images the numbers say little. */
const fewImages = 20;

/**
 * @param predictions - [n, values], row by row.
 * @param targets - [n, values].
 * @throws PermafrostError as `regressionScores` does.
 */
export function valueDetails(
  predictions: Float32Array,
  targets: Float32Array,
  names: readonly string[],
): ValueDetails {
  const samples = expectRows("predictions", predictions, targets, names);
  const columns = names.map((name, at) => columnOf(name, predictions, targets, names.length, at));
  const [intervals = []] = resampledIntervals(samples, [{ of: (counts) => numbersOf(columns, counts) }]);
  return {
    perValue: columns.map(({ name, errors, sizes }, at) => {
      const [rmse, r2, median, decile] = intervals.slice(4 * at, 4 * at + 4);
      return {
        name,
        rootMeanSquaredErrorInterval: rmse ?? null,
        r2Interval: r2 ?? null,
        biasInterval: signedMeanInterval(errors),
        medianAbsoluteError: quantile(sizes, 0.5),
        medianAbsoluteErrorInterval: median ?? null,
        ninthDecile: quantile(sizes, 0.9),
        ninthDecileInterval: decile ?? null,
        errors: [...errors],
      };
    }),
    meanR2Interval: intervals[4 * names.length] ?? null,
    remarks: remarksOf(columns, samples),
  };
}

interface ValueColumn {
  readonly name: string;
  readonly targets: Float64Array;
  readonly errors: Float64Array;
  /** Absolute errors, and the images by rising ones. */
  readonly sizes: Float64Array;
  readonly order: Uint32Array;
}

function columnOf(
  name: string,
  predictions: Float32Array,
  targets: Float32Array,
  width: number,
  value: number,
): ValueColumn {
  const pick = (all: Float32Array) => Float64Array.from(all.filter((_, at) => at % width === value));
  const truth = pick(targets);
  const errors = pick(predictions).map((said, row) => said - truth[row]!);
  const sizes = errors.map(Math.abs);
  const order = Uint32Array.from(sizes.keys()).sort((a, b) => sizes[a]! - sizes[b]!);
  return { name, targets: truth, errors, sizes, order };
}

/** Of one set of images: RMSE, R², median and ninth decile of the absolute error of each value, then the mean R². */
function numbersOf(columns: readonly ValueColumn[], counts: Uint16Array): readonly number[] {
  const each = columns.map((column) => {
    const { squares, r2 } = momentsOf(column, counts);
    const [median, decile] = [0.5, 0.9].map((share) => drawnQuantile(column, counts, share));
    return [Math.sqrt(squares), r2, median!, decile!] as const;
  });
  const known = each.map(([, r2]) => r2).filter(Number.isFinite);
  const mean = known.length === 0 ? Number.NaN : known.reduce((sum, r2) => sum + r2, 0) / known.length;
  return [...each.flat(), mean];
}

function momentsOf({ targets, errors }: ValueColumn, counts: Uint16Array) {
  const samples = errors.length;
  let [squares, sum] = [0, 0];
  for (let row = 0; row < samples; row++) {
    squares += counts[row]! * errors[row]! ** 2;
    sum += counts[row]! * targets[row]!;
  }
  const center = sum / samples;
  let variance = 0;
  for (let row = 0; row < samples; row++) variance += counts[row]! * (targets[row]! - center) ** 2;
  return {
    squares: squares / samples,
    r2: variance === 0 ? Number.NaN : 1 - squares / variance,
  };
}

/** NumPy's linear quantile of the absolute errors of a set of as many images. */
function drawnQuantile({ sizes, order }: ValueColumn, counts: Uint16Array, share: number): number {
  const place = share * (sizes.length - 1);
  const [below, above] = [Math.floor(place), Math.ceil(place)];
  let [seen, low] = [0, Number.NaN];
  for (const row of order) {
    seen += counts[row]!;
    if (Number.isNaN(low) && seen > below) low = sizes[row]!;
    if (seen > above) return low + (sizes[row]! - low) * (place - below);
  }
  return low;
}

function quantile(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place % 1);
}

/** The mean of numbers of any sign, and 1.96 of its standard errors to both sides. */
function signedMeanInterval(values: Float64Array): Interval {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const width = n < 2 ? 0 : z95 * Math.sqrt(squares / (n - 1) / n);
  return [mean - width, mean + width];
}

function remarksOf(columns: readonly ValueColumn[], samples: number): string[] {
  const same = columns.filter(({ targets }) => targets.every((target) => target === targets[0]));
  const flat = columns.filter(({ targets, errors }) =>
    errors.every((error, row) => Math.abs(error + targets[row]! - errors[0]! - targets[0]!) < 1e-9),
  );
  const names = (some: readonly ValueColumn[]) => some.map(({ name }) => JSON.stringify(name)).join(", ");
  return [
    ...(samples < fewImages
      ? [`Fewer than ${fewImages} images: the intervals are wide, and a single image changes the numbers.`]
      : []),
    ...(same.length === 0
      ? []
      : [`All images have the same ${names(same)}: there is no variance to explain.`]),
    ...(flat.length === 0 || samples < 2
      ? []
      : [`The network says the same ${names(flat)} of every image: it tells nothing apart.`]),
  ];
}
