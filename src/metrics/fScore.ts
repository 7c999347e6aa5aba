import { PermafrostError } from "../base/errors.ts";
import { GatheredMetric, type MetricOptions } from "./metric.ts";
import { expectSameWidth } from "./rows.ts";

export interface F1Options extends MetricOptions {
  /**
   * How the classes' scores become one number: their mean ("macro"), their mean weighted by the targets of 1 ("weighted"), or the
   * score of all outputs together ("micro"). null: a list, one number a class, Keras's default, which a history cannot
   * hold. Default "macro".
   */
  readonly average?: "macro" | "micro" | "weighted" | null;
  /** Outputs strictly above it say "yes". Default: the largest of each sample does, all of them where it is shared. */
  readonly threshold?: number;
}

export interface FBetaOptions extends F1Options {
  /** Recall counts beta times as much as precision. Default 1. */
  readonly beta?: number;
}

/** The harmonic mean of precision and recall. Targets 0 or 1, [n, classes]. */
export function f1Score(options: F1Options = {}): GatheredMetric {
  return fBetaScore({ name: "f1_score", ...options, beta: 1 });
}

/**
 * (1 + beta²) precision recall / (beta² precision + recall). Targets 0 or 1, [n, classes].
 *
 * @throws PermafrostError INVALID_ARGUMENT for a beta that is not above 0 or a threshold outside (0, 1].
 */
export function fBetaScore(options: FBetaOptions = {}): GatheredMetric {
  const { name = "fbeta_score", beta = 1, average = "macro", threshold } = options;
  expectOptions(name, beta, threshold);
  return new GatheredMetric(name, {
    isList: average === null,
    sums: (outputs) => 3 * outputs,
    add(sums, prediction, target, weight) {
      expectSameWidth(name, prediction, target);
      const limit = threshold === undefined ? Math.max(...prediction) : Math.fround(threshold);
      for (const [index, p] of prediction.entries()) {
        const yes = Number(threshold === undefined ? p >= limit && Math.abs(p) > 1e-9 : p > limit);
        const y = target[index]!;
        sums[3 * index]! += weight * yes * y;
        sums[3 * index + 1]! += weight * yes * (1 - y);
        sums[3 * index + 2]! += weight * (1 - yes) * y;
      }
    },
    result: (sums) => averaged(sums, beta, average),
  });
}

interface ClassSums {
  readonly hits: number;
  readonly falseAlarms: number;
  readonly misses: number;
}

function averaged(
  sums: Float64Array,
  beta: number,
  average: F1Options["average"],
): number | readonly number[] {
  const classes: ClassSums[] = Array.from({ length: sums.length / 3 }, (_, index) => ({
    hits: sums[3 * index]!,
    falseAlarms: sums[3 * index + 1]!,
    misses: sums[3 * index + 2]!,
  }));
  if (average === "micro") return score(total(classes), beta);
  const scores = classes.map((each) => score(each, beta));
  if (average === null) return scores;
  const supports = classes.map(({ hits, misses }) => (average === "weighted" ? hits + misses : 1));
  const support = supports.reduce((sum, each) => sum + each, 0);
  const weighted = scores.reduce((sum, each, index) => sum + each * supports[index]!, 0);
  return weighted / (average === "weighted" ? support + epsilon : support);
}

/** Keras's guard against 0 / 0. */
const epsilon = 1e-7;

function score({ hits, falseAlarms, misses }: ClassSums, beta: number): number {
  const precision = hits / (hits + falseAlarms + epsilon);
  const recall = hits / (hits + misses + epsilon);
  return ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall + epsilon);
}

function total(classes: readonly ClassSums[]): ClassSums {
  const sum = (part: keyof ClassSums) => classes.reduce((all, each) => all + each[part], 0);
  return { hits: sum("hits"), falseAlarms: sum("falseAlarms"), misses: sum("misses") };
}

function expectOptions(name: string, beta: number, threshold: number | undefined): void {
  if (!(beta > 0)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `metric ${name}: beta: expected a number above 0, got ${beta}.`,
    );
  }
  if (threshold === undefined || (threshold > 0 && threshold <= 1)) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `metric ${name}: threshold: expected a number above 0 and up to 1, got ${threshold}.`,
  );
}
