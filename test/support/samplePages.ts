import { preprocessing } from "../../src/applications/preprocessing.ts";
import { Random } from "../../src/base/random.ts";
import { classIntervals } from "../../src/evaluation/classIntervals.ts";
import { classificationDetails } from "../../src/evaluation/classificationDetails.ts";
import { comparePairs } from "../../src/evaluation/comparison/comparePairs.ts";
import type { ComparisonReport } from "../../src/evaluation/comparison/comparisonReport.ts";
import { judgeRuns } from "../../src/evaluation/comparison/judgeRuns.ts";
import { wilsonInterval } from "../../src/evaluation/interval.ts";
import { labelDetails } from "../../src/evaluation/labelDetails.ts";
import { multilabelScores } from "../../src/evaluation/labelScores.ts";
import { leastCertain } from "../../src/evaluation/leastCertain.ts";
import { readPredictions } from "../../src/evaluation/probabilities.ts";
import { comparisonPage } from "../../src/evaluation/report/comparison/comparisonPage.ts";
import { evaluationPage } from "../../src/evaluation/report/evaluation/evaluationPage.ts";
import { explanationPage } from "../../src/evaluation/report/explanationPage.ts";
import type { Page } from "../../src/evaluation/report/page/page.ts";
import { reviewPage } from "../../src/evaluation/report/review/reviewPage.ts";
import { sweepPage } from "../../src/evaluation/report/sweep/sweepPage.ts";
import { trainingPage } from "../../src/evaluation/report/trainingPage.ts";
import { classificationScores, topLosses } from "../../src/evaluation/scores.ts";
import type { SweepCandidate, SweepReport } from "../../src/evaluation/sweep/sweepReport.ts";
import { chooseThreshold } from "../../src/evaluation/thresholds.ts";
import { valueDetails } from "../../src/evaluation/valueDetails.ts";
import { regressionScores } from "../../src/evaluation/valueScores.ts";

/** A grey pixel. */
export const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Random predictions that are right more often than not. */
export function samplePredictions(samples: number, classes: number) {
  const random = new Random(3, "sample pages", samples, classes);
  const labels = Array.from({ length: samples }, () => random.integer(classes));
  const rows = labels.flatMap((label) => {
    const powers = Array.from({ length: classes }, (_, other) =>
      Math.exp(3 * random.float() + (other === label ? 2 : 0)),
    );
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / sum);
  });
  const names = Array.from({ length: classes }, (_, label) => `class ${label}`);
  return { labels, probabilities: Float32Array.from(rows), names };
}

export function sampleTrainingPage(): Page {
  const { labels, probabilities, names } = samplePredictions(200, 3);
  const scores = classificationScores(probabilities, labels, names);
  const digest = { before: "aa".repeat(32), after: "aa".repeat(32) };
  return trainingPage({
    title: "photos",
    created: "2026-01-02T03:04:05.000Z",
    classNames: names,
    splits: [
      { split: "train", samples: 800, samplesByClass: [300, 250, 250] },
      { split: "validation", samples: 200, samplesByClass: [70, 65, 65], scores },
    ],
    history: {
      loss: [0.9, 0.5, 0.3],
      val_loss: [0.8, 0.45, 0.47],
      accuracy: [0.5, 0.8, 0.9],
      val_accuracy: [0.6, 0.8, 0.79],
    },
    phases: [
      {
        name: "head",
        firstEpoch: 1,
        epochs: 3,
        learningRate: 3e-3,
        trained: "predictions",
        trainedParameters: 1731,
        frozen: digest,
        base: digest,
      },
    ],
    forwards: { computed: 1000, reused: 0 },
    seconds: { features: 5.2, train: 1.1 },
    skipped: [{ path: "class 1/broken.jpg", reason: "a JPEG that is cut off" }],
    warnings: ["The store is full."],
    base: { name: "mobilenet_v3_small", weightsDigest: "ab".repeat(32) },
    preprocessing: preprocessing("torch", { height: 224, width: 224 }),
    head: ["Dense(3, softmax)"],
    settings: { optimizer: "adam", seed: 0 },
    command: "permafrost train photos",
    bundle: "runs/photos",
    numericsClass: "onnxruntime-node 1, linux-x64, avx2, all",
    versions: { permafrost: "0.1.0" },
    classIntervals: classIntervals(probabilities, labels, names),
    mistakes: [
      {
        name: "class 0/a/long/way/to/the/picture/number-12345.jpg",
        trueClass: "class 0",
        predictedClass: "class 1",
        probability: 0.93,
        thumbnail: pixel,
      },
    ],
  });
}

/** @param pictures - In each of the two galleries, at most. */
export function sampleEvaluationPage(samples = 120, classes = 3, thumbnail = pixel, pictures = 12): Page {
  const { labels, probabilities, names } = samplePredictions(samples, classes);
  const predictions = readPredictions(probabilities, labels, names);
  const last = classes - 1;
  const file = (sample: number) => `${names[labels[sample]!]}/${sample}.jpg`;
  const answer = (sample: number, label: number) => ({
    className: names[label]!,
    probability: predictions.probability(sample, label),
  });
  const scores = classificationScores(probabilities, labels, names);
  return evaluationPage({
    title: "photos",
    created: "2026-01-02T03:04:05.000Z",
    split: "test",
    bundle: "runs/photos",
    classNames: names,
    judged: {
      task: "classification",
      scores,
      details: {
        ...classificationDetails(probabilities, labels, names, { temperature: 1.3 }),
        threshold: chooseThreshold(
          labels.map((_, sample) => predictions.probability(sample, last)),
          labels.map((label) => Number(label === last)),
          names[last]!,
          { by: "precision", precision: 0.8 },
        ),
      },
      mistakes: topLosses(probabilities, labels, names, pictures, { mistakesOnly: true }).map((each) => ({
        name: file(each.sample),
        trueClass: names[each.label]!,
        predictedClass: names[each.predicted]!,
        probability: each.probability,
        thumbnail,
      })),
      uncertain: leastCertain(predictions, pictures).map(({ sample, first, second }) => ({
        name: file(sample),
        trueClass: names[labels[sample]!]!,
        first: answer(sample, first),
        second: answer(sample, second),
        thumbnail,
      })),
    },
    forwards: { computed: samples, reused: 0 },
    skipped: [],
    warnings: [],
    command: "permafrost evaluate runs/photos photos --report evaluation.html",
    numericsClass: "onnxruntime-node 1, linux-x64, avx2, all",
    version: "0.1.0",
  });
}

/** Random labels, the first of them found well, the last hardly. */
export function sampleLabelPage(): Page {
  const names = ["cats", "indoors", "at night"];
  const random = new Random(8, "sample labels");
  const samples = 150;
  const targets = Float32Array.from({ length: 3 * samples }, () => Number(random.float() < 0.4));
  const outputs = targets.map((target, at) => {
    const clear = [0.8, 0.5, 0.2][at % 3]!;
    return clear * target + (1 - clear) * random.float();
  });
  const pick = (values: Float32Array) => values.filter((_, at) => at % 3 === 0);
  const aim = { by: "cost", missed: 5, falseAlarm: 1 } as const;
  const picture = { name: "photos/1.jpg", truth: "cats; indoors", thumbnail: pixel };
  return evaluationPage({
    ...sampleEvaluation("multilabel", names, samples),
    judged: {
      task: "multilabel",
      scores: multilabelScores(outputs, targets, names),
      details: {
        ...labelDetails(outputs, targets, names),
        threshold: chooseThreshold(pick(outputs), pick(targets), "cats", aim),
      },
      worst: [{ ...picture, answer: "at night" }],
      uncertain: [{ ...picture, label: "at night", probability: 0.501 }],
    },
  });
}

/** Two values, said with an error. */
export function sampleValuePage(): Page {
  const names = ["age", "height"];
  const random = new Random(9, "sample values");
  const samples = 120;
  const targets = Float32Array.from({ length: 2 * samples }, () => 40 + 30 * random.float());
  const outputs = targets.map((target) => target + 10 * (random.float() - 0.4));
  return evaluationPage({
    ...sampleEvaluation("regression", names, samples),
    judged: {
      task: "regression",
      scores: regressionScores(outputs, targets, names),
      details: valueDetails(outputs, targets, names),
      outputs,
      targets,
      worst: [{ name: "photos/1.jpg", truth: "41; 60", answer: "52; 61", thumbnail: pixel }],
    },
  });
}

function sampleEvaluation(bundle: string, classNames: readonly string[], samples: number) {
  return {
    title: "photos",
    created: "2026-01-02T03:04:05.000Z",
    split: "test",
    bundle: `runs/${bundle}`,
    classNames,
    forwards: { computed: samples, reused: 0 },
    skipped: [],
    warnings: ["The table has no row for 3 images."],
    command: `permafrost evaluate runs/${bundle} photos --labels labels.csv --report evaluation.html`,
    numericsClass: "onnxruntime-node 1, linux-x64, avx2, all",
    version: "0.1.0",
  } as const;
}

export function sampleExplanationPage(): Page {
  const one = (file: string, half?: number) => ({
    path: `/photos/${file}`,
    className: "cats",
    probability: 0.97,
    heatmap: { score: 3.2, completenessError: 0.03, steps: 64 },
    ...(half === undefined ? {} : { focus: { half, frame: 0.5 } }),
    pictures: [pixel, pixel] as const,
  });
  return explanationPage({
    bundle: "runs/photos",
    task: "classification",
    method: "integrated-gradients",
    layer: undefined,
    explanations: [one("cats/1.jpg", 0.1), one("cats/2.jpg", 0.2), one("dogs/3.jpg")],
    skipped: [{ path: "/photos/text.jpg", reason: "no known image format" }],
    warnings: [],
    command: "permafrost explain runs/photos /photos/cats --method integrated-gradients",
    created: "2026-01-02T03:04:05.000Z",
    version: "0.1.0",
  });
}

export function sampleReviewPage(): Page {
  const random = new Random(4, "sample review");
  const image = (number: number, split: "train" | "validation" = "train") => ({
    name: `cats/${number}.jpg`,
    className: "cats",
    split,
    thumbnail: pixel,
  });
  return reviewPage({
    title: "photos",
    created: "2026-01-02T03:04:05.000Z",
    classNames: ["cats", "dogs"],
    base: "mobilenet_v3_small",
    images: 500,
    issues: [{ ...image(1), suggested: "dogs", labelProbability: 0.03, suggestedProbability: 0.97 }],
    copies: [{ similarity: 0.97, images: [image(2), image(3, "validation")] }],
    outliers: [{ ...image(4), deviations: 5.2 }],
    accuracy: 0.951,
    map: Array.from({ length: 150 }, (_, number) => ({
      name: `${number}.jpg`,
      className: number % 2 === 0 ? "cats" : "dogs",
      split: number % 5 === 0 ? "validation" : "train",
      pca: [random.float() + (number % 2), random.float()] as const,
      umap: [3 * random.float() + 6 * (number % 2), 3 * random.float()] as const,
      isRight: number % 20 !== 3,
    })),
    curve: {
      points: [50, 100, 200, 400].map((images, index) => ({
        images,
        accuracy: 0.8 + 0.04 * index,
        range: [0.78 + 0.04 * index, 0.81 + 0.04 * index] as const,
      })),
      judged: 100,
      lastDoubling: { from: 200, to: 400, gain: 0.04, interval: [0.01, 0.07] },
      atTwice: 0.94,
    },
    lists: [
      { file: "relabel.csv", holds: "labels", use: "permafrost train photos --relabel review/relabel.csv" },
    ],
    forwards: { computed: 500, reused: 0 },
    skipped: [],
    warnings: [],
    command: "permafrost review photos",
    version: "0.1.0",
  });
}

/**
 * Methods that are wrong on some of 200 images, from one place to another, with two seeds each.
 *
 * @param count - At most seven; five can answer the questions of the thread.
 */
export function sampleComparison(count = 7): ComparisonReport {
  const labels = Array.from({ length: 200 }, (_, image) => image % 2);
  const run = (seed: number, from: number, to: number) => ({
    seed,
    labels,
    predicted: labels.map((label, image) => (image >= from + seed && image < to ? 1 - label : label)),
    trueProbability: labels.map((_, image) => (image >= from + seed && image < to ? 0.3 : 0.9)),
  });
  const method = (name: string, from: number, to: number, after = "same") => ({
    method: name,
    after,
    runs: [run(0, from, to), run(1, from, to)],
  });
  const methods = [
    method("fast", 0, 40),
    method("pool:5", 2, 42),
    method("fresh", 4, 44),
    method("leaking-freeze", 0, 4, "changed"),
    method("fast+rescale", 10, 60),
    method("leaking-freeze+plain+rescale", 0, 14, "changed"),
    method("<script>", 0, 10),
  ].slice(0, count);
  const options = { resamples: 100 };
  return {
    title: "photos",
    created: "2026-01-02T03:04:05.000Z",
    command: "permafrost compare photos/ --recipe thread",
    classNames: ["cats", "dogs"],
    samples: { train: 100, validation: 50, test: 200 },
    judgedBy: "test",
    base: { name: "mobilenet_v3_small", weightsDigest: "ab".repeat(32) },
    settings: { epochs: 10, "batch size": 32 },
    methods: methods.map(({ method: name, runs, after }, at) => ({
      method: name,
      summary: "Does something with the images, and then something else.",
      seeds: [0, 1],
      scores: { test: judgeRuns(runs, 2, options) },
      cost: {
        computed: 100 * at,
        reused: 50,
        avoided: 1000,
        seconds: { features: 3 * at, train: 1 + at, pretrain: at === 5 ? 5 : 0, save: 0.5 },
        bytesWritten: 2 ** 21,
        peakMemory: 2 ** 28,
        trainableParameters: 1154,
        base: { before: "same", after },
      },
      bundles: [],
    })),
    pairs: comparePairs(methods, options),
    leftOut: [{ method: "end-to-end", reason: "too long" }],
    remarks: ["A remark."],
    seconds: 27,
    thread: {
      verification: { same: true, steps: 8, images: 96, batchSize: 32 },
      forwardSeconds: 0.004,
      headStepSeconds: 0.0005,
    },
    numericsClass: "onnxruntime-node 1, linux-x64, avx2, all",
    versions: { permafrost: "0.1.0" },
  };
}

/** 14 candidates, the last one diverged and the one before it stopped early. */
export function sampleSweep(): SweepReport {
  const images = 400;
  const heads = ["linear", "dense:256", "dense:256+dropout:0.5"];
  const candidates = Array.from({ length: 14 }, (_, at): SweepCandidate => {
    const right = 380 - 4 * at;
    const interval = wilsonInterval(right, images);
    return {
      settings: {
        head: heads[at % 3]!,
        optimizer: at % 2 === 0 ? "adam" : "rmsprop",
        learningRate: Number((10 ** (-4 + (at % 5) / 2)).toPrecision(2)),
        augment: at % 4 === 0 ? "book:5" : "none",
      },
      accuracy: right / images,
      interval,
      perFold: [interval[0], right / images, interval[1]],
      loss: at === 13 ? Number.NaN : 0.2 + at / 50,
      epochs: at === 12 ? 3 : 10,
      seconds: 2,
      ...(at > 11
        ? {}
        : {
            fromBest: {
              difference: at === 0 ? 0 : -at / 100,
              corrected: at < 7 ? 1 : 0.0004,
              isNoise: at < 7,
            },
          }),
      ...(at === 13 ? { failure: "the loss is no number" } : {}),
    };
  });
  return {
    title: "photos",
    created: "2026-01-02T03:04:05.000Z",
    command: "permafrost sweep photos/ --head linear,dense:256,dense:256+dropout:0.5 --search halving",
    classNames: ["cats", "dogs"],
    samples: { train: 320, validation: 80, test: 100 },
    base: "mobilenet_v3_small",
    search: "halving",
    folds: 3,
    epochs: 10,
    batchSize: 32,
    seed: 0,
    candidates,
    alike: 7,
    images,
    unbiased: { accuracy: 0.94, interval: [0.9, 0.96], optimism: 0.01 },
    test: { images: 100, accuracy: 0.93, interval: wilsonInterval(93, 100) },
    forwards: { computed: 500, reused: 1500 },
    trainings: { trained: 30, kept: 12 },
    seconds: 83,
    remarks: ["Choosing among the first 7 of 12 is choosing noise."],
    numericsClass: "onnxruntime-node 1, linux-x64, avx2, all",
    versions: { permafrost: "0.1.0", node: "22.1.0" },
  };
}

export function sampleComparisonPage(): Page {
  return comparisonPage(sampleComparison(5));
}

export function sampleSweepPage(): Page {
  return sweepPage(sampleSweep());
}
