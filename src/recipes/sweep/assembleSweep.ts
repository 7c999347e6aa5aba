import path from "node:path";
import { packageVersion } from "../../base/version.ts";
import { wilsonInterval } from "../../evaluation/interval.ts";
import { selectionNoise } from "../../evaluation/sweep/selectionNoise.ts";
import type { SweepCandidate, SweepReport } from "../../evaluation/sweep/sweepReport.ts";
import type { PreparedData } from "../data/prepareData.ts";
import { countSamples } from "../data/viewCounts.ts";
import type { OutOfFold } from "./crossValidate.ts";
import { accuracyOf } from "./search.ts";
import type { SweepRequest } from "./sweepRequest.ts";
import { trainCommand } from "./trainCommand.ts";

/** What the test images said, asked once. */
export interface TestVerdict {
  readonly right: number;
  readonly images: number;
}

export interface FinishedSweep {
  readonly request: SweepRequest;
  readonly found: PreparedData;
  /** Best first. */
  readonly judged: readonly OutOfFold[];
  readonly test: TestVerdict | undefined;
  readonly forwards: SweepReport["forwards"];
  readonly trainings: SweepReport["trainings"];
  readonly seconds: number;
  readonly numericsClass: string;
}

/** Says which differences between the candidates are noise, and how the best one is trained. */
export function assembleSweep(done: FinishedSweep): SweepReport {
  const { request, found, judged, test } = done;
  const full = judged.filter(({ epochs, failure }) => epochs === request.epochs && failure === undefined);
  const noise = selectionNoise(
    full.map(({ right }) => right),
    { seed: request.seed },
  );
  const places = new Map(full.map((each, at) => [each, at]));
  const candidates = judged.map((each): SweepCandidate => {
    const place = places.get(each);
    return { ...candidateOf(each), ...(place === undefined ? {} : { fromBest: noise.fromBest[place]! }) };
  });
  const [best] = candidates;
  const report = {
    title: path.parse(path.resolve(request.data)).name,
    created: new Date().toISOString(),
    command: request.commandLine,
    classNames: found.dataset.classNames,
    samples: countSamples(found),
    base: request.base,
    search: request.search,
    folds: request.folds,
    epochs: request.epochs,
    batchSize: request.batchSize,
    seed: request.seed,
    candidates,
    alike: candidates.filter(({ fromBest }) => fromBest?.isNoise === true).length,
    images: judged[0]!.right.length,
    unbiased: noise.unbiased,
    ...(test === undefined
      ? {}
      : {
          test: {
            images: test.images,
            accuracy: test.right / test.images,
            interval: wilsonInterval(test.right, test.images),
          },
        }),
    // One that diverged here would do so again.
    ...(best!.failure === undefined ? { trainCommand: trainCommand(request, best!.settings) } : {}),
    forwards: done.forwards,
    trainings: done.trainings,
    seconds: done.seconds,
    numericsClass: done.numericsClass,
    versions: { permafrost: packageVersion(), node: process.versions.node },
  };
  return { ...report, remarks: remarksOf(report) };
}

function candidateOf(judged: OutOfFold): SweepCandidate {
  const { candidate, right, perFold, loss, epochs, seconds, failure } = judged;
  const count = right.reduce((sum, each) => sum + each, 0);
  return {
    settings: candidate,
    accuracy: accuracyOf(judged),
    interval: failure === undefined ? wilsonInterval(count, right.length) : [0, 1],
    perFold,
    loss,
    epochs,
    seconds,
    ...(failure === undefined ? {} : { failure }),
  };
}

function remarksOf(report: Omit<SweepReport, "remarks">): readonly string[] {
  const { alike, candidates, test, samples } = report;
  const remarks: string[] = [];
  const full = candidates.filter(({ fromBest }) => fromBest !== undefined).length;
  if (alike > 1) {
    remarks.push(
      `Choosing among the first ${alike} of ${full} is choosing noise: on these images none of them can be told from the best. Take the simplest, or the one that you would have taken anyway.`,
    );
  }
  if (test === undefined && samples.test === undefined) {
    remarks.push(
      "There is no test split: the accuracy of the best candidate was used for choosing it and is too good. The corrected estimate allows for that; a test split would measure it.",
    );
  }
  const failed = candidates.filter(({ failure }) => failure !== undefined).length;
  if (failed > 0) remarks.push(`${failed} candidates diverged: their learning rate is too high.`);
  return remarks;
}
