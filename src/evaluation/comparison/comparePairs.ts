import type { ResamplingOptions } from "../statistics/bootstrap.ts";
import { combinedP } from "../statistics/combinedP.ts";
import { holm } from "../statistics/holm.ts";
import { mcnemar, type PairedCounts, pairedCounts } from "../statistics/mcnemar.ts";
import { pairedBootstrap, type RunAccuracies, resampledAccuracies } from "../statistics/pairedBootstrap.ts";
import { pairedEffect } from "../statistics/pairedEffect.ts";
import { detectableDifference, imagesNeeded } from "../statistics/power.ts";
import { verdictOf, verdictSentence } from "../statistics/verdict.ts";
import type { PairSummary } from "./comparisonReport.ts";
import { correctness, type JudgedRun } from "./judgedRun.ts";

/** A method and its runs, all on the same images. */
export interface JudgedMethod {
  readonly method: string;
  readonly runs: readonly JudgedRun[];
}

/** Every two methods, held against each other image by image; p-values corrected for the number of pairs. */
export function comparePairs(
  methods: readonly JudgedMethod[],
  options: ResamplingOptions = {},
): readonly PairSummary[] {
  if (methods.length < 2) return [];
  const rows = methods.map(({ runs }) => runs.map(correctness));
  const accuracies = resampledAccuracies(rows, options);
  const known = methods.map(({ method }, at) => ({ method, rows: rows[at]!, accuracies: accuracies[at]! }));
  const pairs = known.flatMap((first, at) => known.slice(at + 1).map((second) => [first, second] as const));
  const alpha = 0.05 / pairs.length;
  const compared = pairs.map(([first, second]) => comparePair(first, second, alpha, options));
  const corrected = holm(compared.map(({ p }) => p));
  return compared.map((pair, at) => {
    const facts = {
      ...pair,
      difference: pair.difference.value,
      interval: pair.difference.interval,
      p: corrected[at]!,
    };
    return {
      ...pair,
      corrected: corrected[at]!,
      verdict: verdictOf(facts),
      sentence: verdictSentence(facts),
    };
  });
}

interface KnownMethod {
  readonly method: string;
  /** What each run has right. */
  readonly rows: readonly Uint8Array[];
  readonly accuracies: RunAccuracies;
}

function comparePair(
  first: KnownMethod,
  second: KnownMethod,
  alpha: number,
  options: ResamplingOptions,
): Omit<PairSummary, "corrected" | "verdict" | "sentence"> {
  const tables = pairedTables(first.rows, second.rows);
  const tests = tables.map(mcnemar);
  const { difference, interval } = pairedBootstrap(first.accuracies, second.accuracies, options);
  const images = first.rows[0]!.length;
  const { cohensG, oddsRatio } = pairedEffect(tables[0]!);
  const disagreement = meanDisagreement(tables, images);
  return {
    first: first.method,
    second: second.method,
    images,
    seeds: tables.length,
    difference: { value: difference, interval },
    onlyFirst: tables[0]!.onlyFirst,
    onlySecond: tables[0]!.onlySecond,
    cohensG,
    oddsRatio,
    tests,
    p: combinedP(tests.map(({ midP }) => midP)),
    detectable: detectableDifference(images, disagreement, { alpha }),
    imagesNeeded: difference === 0 ? null : imagesNeeded(difference, disagreement, { alpha }),
  };
}

/** Seed by seed; a method that does the same with every seed meets all runs of the other one. */
function pairedTables(first: readonly Uint8Array[], second: readonly Uint8Array[]): PairedCounts[] {
  const seeds =
    first.length === 1 || second.length === 1
      ? Math.max(first.length, second.length)
      : Math.min(first.length, second.length);
  const of = (rows: readonly Uint8Array[], seed: number) => rows[rows.length === 1 ? 0 : seed]!;
  return Array.from({ length: seeds }, (_, seed) => pairedCounts(of(first, seed), of(second, seed)));
}

/** One image more on each side, so that few images do not seem to promise that methods agree. */
function meanDisagreement(tables: readonly PairedCounts[], images: number): number {
  const total = tables.reduce((sum, { onlyFirst, onlySecond }) => sum + onlyFirst + onlySecond + 2, 0);
  return total / (tables.length * (images + 2));
}
