import type { ResamplingOptions } from "../statistics/bootstrap.ts";
import { combinedP } from "../statistics/combinedP.ts";
import { holm } from "../statistics/holm.ts";
import { mcnemar, type PairedCounts, pairedCounts } from "../statistics/mcnemar.ts";
import { pairedBootstrap } from "../statistics/pairedBootstrap.ts";
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
  const pairs = methods.flatMap((first, at) => methods.slice(at + 1).map((second) => ({ first, second })));
  const alpha = 0.05 / Math.max(1, pairs.length);
  const compared = pairs.map(({ first, second }) => comparePair(first, second, alpha, options));
  const corrected = holm(compared.map(({ p }) => p));
  return compared.map((pair, at) => {
    const known = {
      ...pair,
      difference: pair.difference.value,
      interval: pair.difference.interval,
      p: corrected[at]!,
    };
    return {
      ...pair,
      corrected: corrected[at]!,
      verdict: verdictOf(known),
      sentence: verdictSentence(known),
    };
  });
}

function comparePair(
  first: JudgedMethod,
  second: JudgedMethod,
  alpha: number,
  options: ResamplingOptions,
): Omit<PairSummary, "corrected" | "verdict" | "sentence"> {
  const rows = [first, second].map(({ runs }) => runs.map(correctness)) as [Uint8Array[], Uint8Array[]];
  const tables = pairedTables(...rows);
  const tests = tables.map(mcnemar);
  const { difference, interval } = pairedBootstrap(...rows, options);
  const images = rows[0][0]!.length;
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
