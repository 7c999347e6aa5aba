/**
 * What comparing costs once features are stored: cross-validation of the default head, a sweep of 100 linear heads, the learning
 * curve of a review, and the statistics of 10,000 images. With "compare": a whole comparison on a store of its own, and what the plain way would take, measured on a
 * part of the images and extrapolated; with "plain" that part alone.
 *
 *     npm run build && node bench/comparison.js <photos> [compare | plain]
 *     PEERS=python node bench/comparison.js <photos> [compare | plain]      # the plain way in Keras too
 *
 * Prints wall time and processor time; on a machine that does other things the latter says more.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { freezeBelow } from "../dist/applications/unfreeze.js";
import { presetPipeline } from "../dist/augmentation/presets.js";
import { Engine } from "../dist/engine/engine.js";
import { comparePairs } from "../dist/evaluation/comparison/comparePairs.js";
import { judgeRuns } from "../dist/evaluation/comparison/judgeRuns.js";
import { learningCurve } from "../dist/evaluation/review/learningCurve.js";
import { FeatureStore } from "../dist/features/store.js";
import { rowsOf } from "../dist/heads/featureMatrix.js";
import { classifierModel } from "../dist/recipes/classifier/classifierModel.js";
import { headLayers } from "../dist/recipes/classifier/headLayers.js";
import { openBase } from "../dist/recipes/classifier/openBase.js";
import { compareMethods } from "../dist/recipes/compareMethods.js";
import { comparisonDefaults } from "../dist/recipes/comparison/comparisonRequest.js";
import { prepareData } from "../dist/recipes/data/prepareData.js";
import { ForwardLog } from "../dist/recipes/features/forwardLog.js";
import { trainHead } from "../dist/recipes/phases/trainHead.js";
import { PhaseClock } from "../dist/recipes/request/phaseClock.js";
import { trainingDefaults } from "../dist/recipes/request/trainingDefaults.js";
import { trainingPhases } from "../dist/recipes/request/trainingPhases.js";
import { reviewFeatures } from "../dist/recipes/review/reviewFeatures.js";
import { searchAxes } from "../dist/recipes/sweep/searchSpace.js";
import { sweepHeads } from "../dist/recipes/sweepHeads.js";

const [photos, mode] = process.argv.slice(2);
if (photos === undefined) {
  console.error("usage: [PEERS=python] node bench/comparison.js <photos> [compare | plain]");
  process.exit(2);
}
const folder = await mkdtemp(path.join(tmpdir(), "permafrost-comparison-"));
const store = process.env["PERMAFROST_STORE"] ?? path.join(folder, "store");
const common = { ...trainingDefaults, data: photos, store, commandLine: "bench" };

/** Wall and processor seconds of some work, and what it says. */
async function timed(name, work) {
  const [begin, before] = [performance.now(), process.cpuUsage()];
  const said = await work();
  const { user, system } = process.cpuUsage(before);
  const wall = ((performance.now() - begin) / 1000).toFixed(2);
  console.log(`${name}: ${wall} s wall, ${((user + system) / 1e6).toFixed(2)} s of processor time; ${said}`);
}

function sweep(learningRate, folds, epochs, name) {
  const axes = searchAxes({ head: "linear", optimizer: "adam", augment: "none", learningRate });
  const request = { ...common, axes, search: "grid", trials: 1, folds, epochs, out: path.join(folder, name) };
  return async () => {
    const { report } = await sweepHeads(request);
    const { forwards, candidates, images } = report;
    return `${candidates.length} heads, ${folds} folds of ${images} rows, ${epochs} epochs, ${forwards.computed} forwards`;
  };
}

/** Answers of one run on 10,000 images. */
function answers(seed) {
  const labels = Array.from({ length: 10_000 }, (_, image) => image % 2);
  const isWrong = (image) => (image * 7919 + seed * 104_729) % 97 < 5;
  const predicted = labels.map((label, image) => (isWrong(image) ? 1 - label : label));
  return { seed, labels, predicted, trueProbability: labels.map(() => 0.9) };
}

/** Wall and processor seconds of some work. */
async function secondsOf(work) {
  const [begin, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, wall: (performance.now() - begin) / 1000, processor: (user + system) / 1e6 };
}

const bookViews = { name: "book", pipeline: presetPipeline("book"), draws: "fresh", seed: 0 };

/** A manifest of some images of each class and split. */
async function partOf({ samples }, perClass) {
  const file = path.join(folder, `part${perClass}.csv`);
  const counts = new Map();
  const rows = samples.filter(({ split, className }) => {
    const key = `${split} ${className}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return split !== "test" && counts.get(key) <= (split === "train" ? perClass : perClass / 2);
  });
  const lines = rows.map(({ path: image, className, split }) => `${image},${className},${split}`);
  await writeFile(file, `path,label,split\n${lines.join("\n")}\n`);
  return { file, images: rows.length };
}

/** The plain way: the whole network on every picture of every step and of every validation, decoded and drawn anew. */
async function trainPlainly(data, { augmentation, recipe }, epochs, onEpoch) {
  const request = { ...common, data, epochs, out: path.join(folder, "plain"), embedBase: false };
  if (augmentation !== undefined) request.augmentation = augmentation;
  if (recipe !== undefined) Object.assign(request, { recipe, headEpochs: 1, epochs: 1 + epochs });
  const clock = new PhaseClock();
  const engine = await Engine.start();
  const base = await openBase(request);
  const found = await prepareData(request, {}, clock);
  const model = classifierModel(base, headLayers("linear", found.dataset.classNames.length), request);
  const features = await FeatureStore.open(path.join(folder, "store-of-plain"));
  const phase = trainingPhases(request, base).at(-1);
  if (phase.unfrozenFrom !== undefined) freezeBelow(base, phase.unfrozenFrom);
  const parts = { request, phase, engine, store: features, base, model, found, warn() {}, clock };
  const log = await ForwardLog.open(features);
  (await trainHead({ ...parts, plainly: true }, { onEpoch }, log)).features.close();
  await engine.close();
}

/** Epochs that count; the one before them warms up. */
const plainEpochs = 3;

/** Seconds that an image of a plain epoch takes: from the end of the first epoch to that of the last. */
async function plainImageSeconds({ file, images }, { name, ...way }) {
  const ends = [];
  await trainPlainly(file, way, 1 + plainEpochs, () => {
    ends.push({ wall: performance.now() / 1000, ...process.cpuUsage() });
  });
  const [first, last] = [ends[0], ends.at(-1)];
  const seen = images * plainEpochs;
  const wall = (last.wall - first.wall) / seen;
  const processor = (last.user + last.system - first.user - first.system) / 1e6 / seen;
  return told("the plain way", { name, images }, { wall, processor });
}

/** The same in Keras, in a process of its own. */
function peerImageSeconds({ file, images }, { name, peer }) {
  const script = fileURLToPath(new URL("peers/plain_training.py", import.meta.url));
  const { stdout, stderr } = spawnSync(process.env.PEERS, [script, file, peer, `${plainEpochs}`], {
    encoding: "utf8",
  });
  const line = stdout.split("\n").find((each) => each.startsWith("{"));
  if (line === undefined) throw new Error(`${script} ${peer}: ${stderr.slice(-800)}`);
  const { msAnImage, processorMsAnImage } = JSON.parse(line);
  return told("Keras", { name, images }, { wall: msAnImage / 1000, processor: processorMsAnImage / 1000 });
}

function told(who, { name, images }, seconds) {
  const ms = (kind) => `${(1000 * seconds[kind]).toFixed(1)} ms`;
  console.log(
    `${who}, ${name}, measured on ${images} images: ${ms("wall")} an image, ${ms("processor")} of processor time`,
  );
  return seconds;
}

/** What an image of an epoch can be: as the base sees it, how it is asked for here, and by which name of the peer's script. */
const plainWays = {
  plain: { name: "images as they are", peer: "as-they-are" },
  drawn: { name: "fresh views", augmentation: bookViews, peer: "book" },
  tuned: { name: "fine-tuning the last three blocks", recipe: "fine-tune", peer: "fine-tune" },
};

/** Ours, and Keras's where it is asked for: in turn, way after way. */
async function plainRates({ dataset }) {
  const part = await partOf(dataset, 100);
  const rates = { own: {}, ...(process.env.PEERS === undefined ? {} : { Keras: {} }) };
  for (const [id, way] of Object.entries(plainWays)) {
    if (rates.Keras !== undefined) rates.Keras[id] = peerImageSeconds(part, way);
    rates.own[id] = await plainImageSeconds(part, way);
  }
  return rates;
}

/** Images that the runs of a method send through the network the plain way, by what is done with them. */
function plainImages({ method, seeds }, { request, epochs, images: { all, seen } }) {
  if (seeds.length < request.seeds) return { plain: seeds.length * all };
  const isDrawn = /^(pool|fresh)/.test(method);
  const tunedEpochs = method === "fine-tune" ? epochs.at(-1) : 0;
  const frozen = seeds.length * (request.epochs - tunedEpochs) * seen;
  const scored = seeds.length * all;
  return {
    plain: scored + (isDrawn ? 0 : frozen),
    drawn: isDrawn ? frozen : 0,
    tuned: seeds.length * tunedEpochs * seen,
  };
}

/** The default comparison with a store of its own, and what the plain way would take: measured on a part, extrapolated. */
async function wholeComparison() {
  const found = await prepareData({ ...common, out: "none" }, {}, new PhaseClock());
  const { samples } = found.dataset;
  const rates = await plainRates(found);
  const request = {
    ...common,
    ...comparisonDefaults,
    augmentation: bookViews,
    out: path.join(folder, "compare"),
  };
  const own = await secondsOf(() =>
    compareMethods({ ...request, store: path.join(folder, "store-of-compare") }),
  );
  const phases = trainingPhases({ ...request, recipe: "fine-tune" }, await openBase(request));
  const known = {
    request,
    epochs: phases.map((phase) => phase.epochs),
    images: { all: samples.length, seen: samples.filter(({ split }) => split !== "test").length },
  };
  const lines = Object.entries(rates).map(([who, rate]) => {
    const plain = { wall: 0, processor: 0 };
    for (const method of own.result.report.methods) {
      for (const [id, images] of Object.entries(plainImages(method, known))) {
        plain.wall += images * rate[id].wall;
        plain.processor += images * rate[id].processor;
      }
    }
    const against = (kind) =>
      `${own[kind].toFixed(0)} s against ${plain[kind].toFixed(0)} s, ${(plain[kind] / own[kind]).toFixed(1)} times (${kind})`;
    return `the plain way extrapolated, ${who}: ${against("wall")}, ${against("processor")}`;
  });
  for (const { method, seeds, cost } of own.result.report.methods) {
    const spent = Object.values(cost.seconds).reduce((sum, each) => sum + each, 0);
    console.log(
      `${method}: ${seeds.length} runs, ${cost.computed} forwards computed, ${cost.reused} reused, ${spent.toFixed(1)} s`,
    );
  }
  return lines.join("; ");
}

console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
);
async function parts() {
  await timed("features (or found in the store)", sweep("3e-3", 2, 1, "fill"));
  await timed("5-fold cross-validation of the default head", sweep("3e-3", 5, 30, "folds"));
  const rates = Array.from({ length: 100 }, (_, at) => (1e-4 * 1.05 ** at).toPrecision(4)).join(",");
  await timed("sweep of 100 linear heads", sweep(rates, 2, 10, "hundred"));
  await timed("learning curve with 8 sizes and 5 seeds, features read from the store included", async () => {
    const { data, features, forwards } = await reviewFeatures(common, {});
    const { samples, classNames } = data.dataset;
    const part = (isIn) => {
      const rows = [...samples.keys()].filter((row) => isIn(samples[row].split));
      return { features: rowsOf(features, rows), labels: rows.map((row) => samples[row].label) };
    };
    const curve = await learningCurve(
      part((split) => split !== "test"),
      part((split) => split === "test"),
      classNames.length,
    );
    return `${curve.points.length} sizes up to ${curve.points.at(-1).images}, ${forwards.computed} forwards`;
  });
  await timed("intervals of one method on 10,000 images", async () => {
    return `accuracy ${judgeRuns([answers(1)], 2).accuracy.interval.map((end) => end.toFixed(4))}`;
  });
  await timed("paired tests of two methods with 5 seeds on 10,000 images", async () => {
    const method = (name, first) => ({
      method: name,
      runs: [0, 1, 2, 3, 4].map((at) => answers(first + at)),
    });
    return comparePairs([method("a", 1), method("b", 6)])[0].sentence;
  });
}

if (mode === "compare") await timed("the default comparison", wholeComparison);
else if (mode === "plain")
  await plainRates(await prepareData({ ...common, out: "none" }, {}, new PhaseClock()));
else await parts();
await rm(folder, { recursive: true, force: true });
