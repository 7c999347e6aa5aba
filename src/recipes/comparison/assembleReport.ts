import path from "node:path";
import { packageVersion } from "../../base/version.ts";
import { comparePairs } from "../../evaluation/comparison/comparePairs.ts";
import type {
  ComparisonReport,
  JudgedScores,
  JudgingSplit,
  MethodCost,
  MethodSummary,
} from "../../evaluation/comparison/comparisonReport.ts";
import type { JudgedRun } from "../../evaluation/comparison/judgedRun.ts";
import { judgeRuns } from "../../evaluation/comparison/judgeRuns.ts";
import { countSamples } from "../data/viewCounts.ts";
import { comparisonRemarks } from "./comparisonRemarks.ts";
import type { ComparisonRequest } from "./comparisonRequest.ts";
import type { FinishedComparison } from "./finishedComparison.ts";
import type { MethodCall } from "./methodCalls.ts";
import type { MethodRun } from "./methodRun.ts";

/** Judges all runs and holds the methods against each other. */
export function assembleReport(done: FinishedComparison): ComparisonReport {
  const { request, known, methods } = done;
  const { classNames } = known.data.dataset;
  const samples = countSamples(known.data);
  const judgedBy: JudgingSplit = samples.test === undefined ? "validation" : "test";
  const judged = new Map<JudgingSplit, ReadonlyMap<string, readonly JudgedRun[]>>();
  for (const split of ["validation", "test"] as const) {
    if (samples[split] !== undefined) judged.set(split, runsOnCommonImages(done, split));
  }
  const summaries = methods.map(({ call, runs }) => {
    const scores: Partial<Record<JudgingSplit, JudgedScores>> = {};
    for (const [split, ofMethods] of judged)
      scores[split] = judgeRuns(ofMethods.get(call.id)!, classNames.length);
    return summaryOf(call, runs, scores);
  });
  const { budget } = request;
  const report = {
    title: path.parse(path.resolve(request.data)).name,
    created: new Date().toISOString(),
    command: request.commandLine,
    classNames,
    samples,
    judgedBy,
    base: {
      name: request.base,
      ...(request.cut === undefined ? {} : { cut: request.cut }),
      weightsDigest: known.baseDigest,
    },
    settings: settingsOf(request),
    methods: summaries,
    pairs: comparePairs(
      methods.map(({ call }) => ({ method: call.id, runs: judged.get(judgedBy)!.get(call.id)! })),
    ),
    leftOut: done.leftOut,
    seconds: done.seconds,
    ...(budget === undefined ? {} : { budget }),
    ...(done.thread === undefined ? {} : { thread: done.thread }),
    numericsClass: known.numericsClass,
    versions: { permafrost: packageVersion(), node: process.versions.node },
  };
  return { ...report, remarks: comparisonRemarks(done, report) };
}

/** The runs of every method on the images that all of them could read, in one order. */
function runsOnCommonImages(
  { methods }: FinishedComparison,
  split: JudgingSplit,
): ReadonlyMap<string, readonly JudgedRun[]> {
  const all = methods.flatMap(({ runs }) => runs.map(({ answers }) => new Set(answers[split]?.names)));
  const names = [...all[0]!].filter((name) => all.every((each) => each.has(name)));
  return new Map(methods.map(({ call, runs }) => [call.id, runs.map((run) => ofImages(run, split, names))]));
}

function ofImages({ seed, answers }: MethodRun, split: JudgingSplit, names: readonly string[]): JudgedRun {
  const own = answers[split]!;
  const places = new Map(own.names.map((name, at) => [name, at]));
  const pick = (values: readonly number[]) => names.map((name) => values[places.get(name)!]!);
  return {
    seed,
    labels: pick(own.labels),
    predicted: pick(own.predicted),
    ...(own.trueProbability === undefined ? {} : { trueProbability: pick(own.trueProbability) }),
  };
}

function summaryOf(
  { id, summary }: MethodCall,
  runs: readonly MethodRun[],
  scores: MethodSummary["scores"],
): MethodSummary {
  return {
    method: id,
    summary,
    seeds: runs.map(({ seed }) => seed),
    scores,
    cost: costOf(runs),
    bundles: runs.flatMap(({ bundle }) => (bundle === undefined ? [] : [`runs/${bundle}`])),
  };
}

function costOf(runs: readonly MethodRun[]): MethodCost {
  const total = (part: (run: MethodRun) => number) => runs.reduce((sum, run) => sum + part(run), 0);
  const phases = [...new Set(runs.flatMap(({ seconds }) => Object.keys(seconds)))];
  return {
    computed: total(({ forwards }) => forwards.computed),
    reused: total(({ forwards }) => forwards.reused),
    avoided: total(({ forwards }) => forwards.avoided),
    seconds: Object.fromEntries(phases.map((phase) => [phase, total(({ seconds }) => seconds[phase] ?? 0)])),
    bytesWritten: total(({ bytesWritten }) => bytesWritten),
    peakMemory: Math.max(...runs.map(({ peakMemory }) => peakMemory)),
    trainableParameters: runs[0]!.trainableParameters,
    base: runs[0]!.base,
  };
}

function settingsOf(request: ComparisonRequest): Record<string, string | number> {
  const { head, epochs, batchSize, optimizer, learningRate, augmentation, seeds, seed } = request;
  return {
    head,
    epochs,
    "batch size": batchSize,
    optimizer,
    "learning rate": learningRate ?? "each method's usual one",
    augmentation: augmentation.name,
    "seed of the split": seed,
    seeds,
    ...(request.rescaleOnly === true ? { preprocessing: "pixels divided by 255 and nothing else" } : {}),
  };
}
