import path from "node:path";
import { shellWord } from "../../base/shellWord.ts";
import { packageVersion } from "../../base/version.ts";
import { wilsonInterval } from "../../evaluation/interval.ts";
import { selectionNoise } from "../../evaluation/sweep/selectionNoise.ts";
import type { SweepCandidate, SweepReport } from "../../evaluation/sweep/sweepReport.ts";
import type { PreparedData } from "../data/prepareData.ts";
import { countSamples } from "../data/viewCounts.ts";
import { trainingDefaults } from "../request/trainingDefaults.ts";
import type { OutOfFold } from "./crossValidate.ts";
import { accuracyOf } from "./search.ts";
import type { SweepRequest } from "./sweepRequest.ts";

/** What the test images said, asked once. */
export interface TestVerdict {
  readonly right: number;
  readonly images: number;
}

export interface FinishedSweep {
  readonly request: SweepRequest;
  readonly found: PreparedData;
  readonly judged: readonly OutOfFold[];
  readonly best: OutOfFold;
  readonly test: TestVerdict | undefined;
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly seconds: number;
  readonly numericsClass: string;
}

/** Ranks the candidates and says which differences between them are noise. */
export function assembleSweep(done: FinishedSweep): SweepReport {
  const { request, found, judged, test } = done;
  const full = judged.filter(({ epochs, failure }) => epochs === request.epochs && failure === undefined);
  const noise = selectionNoise(
    full.map(({ right }) => right),
    { seed: request.seed },
  );
  const places = new Map(full.map((each, at) => [each, at]));
  const candidates = [...judged]
    .sort((a, b) => b.epochs - a.epochs || accuracyOf(b) - accuracyOf(a))
    .map((each): SweepCandidate => {
      const place = places.get(each);
      return { ...candidateOf(each), ...(place === undefined ? {} : { fromBest: noise.fromBest[place]! }) };
    });
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
    ...trainCommandOf(request, candidates[0]!),
    forwards: done.forwards,
    seconds: done.seconds,
    numericsClass: done.numericsClass,
    versions: { permafrost: packageVersion(), node: process.versions.node },
  };
  return { ...report, remarks: remarksOf(report) };
}

/** With every option whose usual value `train` would not take by itself. */
function trainCommandOf(
  { data, base, epochs, batchSize, imageSize, seed, validationSplit }: SweepRequest,
  { settings }: SweepCandidate,
): Pick<SweepReport, "trainCommand"> {
  const { head, optimizer, learningRate, augment, cut } = settings;
  if (cut !== undefined) return {};
  const [name = "none", views] = augment.split(":");
  const usual = trainingDefaults;
  const options: readonly (readonly [string, string | number | undefined, unknown])[] = [
    ["--head", head, usual.head],
    ["--optimizer", optimizer, usual.optimizer],
    ["--learning-rate", learningRate, undefined],
    ["--epochs", epochs, usual.epochs],
    ["--batch-size", batchSize, usual.batchSize],
    ["--augment", name, "none"],
    ["--draws", views === undefined ? undefined : `pool:${views}`, undefined],
    ["--base", base, usual.base],
    ["--image-size", imageSize, undefined],
    ["--validation-split", validationSplit, usual.validationSplit],
    ["--seed", seed, usual.seed],
  ];
  const words = options.flatMap(([option, value, without]) =>
    value === undefined || value === without ? [] : [option, shellWord(String(value))],
  );
  return { trainCommand: ["permafrost train", shellWord(data), ...words].join(" ") };
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
  if (candidates[0]?.settings.cut !== undefined) {
    remarks.push(
      "A cut other than the base's own end is tried here only: permafrost train always reads the end of the base.",
    );
  }
  return remarks;
}
