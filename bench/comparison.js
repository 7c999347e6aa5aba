/**
 * What comparing costs once features are stored: cross-validation of the default head, a sweep of 100 linear heads, the learning
 * curve of a review, and the statistics of 10,000 images. With "compare" at the end also a whole comparison, and what the plain way would take: measured on a part
 * of the images and extrapolated.
 *
 *     npm run build && node bench/comparison.js <photos> [compare]
 *
 * Prints wall time and processor time; on a machine that does other things the latter says more.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import path from "node:path";
import { presetPipeline } from "../dist/augmentation/presets.js";
import { comparePairs } from "../dist/evaluation/comparison/comparePairs.js";
import { judgeRuns } from "../dist/evaluation/comparison/judgeRuns.js";
import { learningCurve } from "../dist/evaluation/review/learningCurve.js";
import { rowsOf } from "../dist/heads/featureMatrix.js";
import { compareMethods } from "../dist/recipes/compareMethods.js";
import { comparisonDefaults } from "../dist/recipes/comparison/comparisonRequest.js";
import { planTraining } from "../dist/recipes/planTraining.js";
import { trainingDefaults } from "../dist/recipes/request/trainingDefaults.js";
import { reviewFeatures } from "../dist/recipes/reviewFeatures.js";
import { searchAxes } from "../dist/recipes/sweep/searchSpace.js";
import { sweepHeads } from "../dist/recipes/sweepHeads.js";

const [photos, mode] = process.argv.slice(2);
if (photos === undefined) {
  console.error("usage: node bench/comparison.js <photos> [compare]");
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

async function wholeComparison() {
  const augmentation = { name: "book", pipeline: presetPipeline("book"), draws: "fresh", seed: 0 };
  const request = { ...common, ...comparisonDefaults, augmentation, out: path.join(folder, "compare") };
  const { report } = await compareMethods(request);
  const { rate } = await planTraining({ ...common, embedBase: false, out: "none" });
  const run = report.methods.reduce((sum, { cost }) => sum + cost.computed + cost.reused + cost.avoided, 0);
  const computed = report.methods.reduce((sum, { cost }) => sum + cost.computed, 0);
  const plain = report.seconds + (run - computed) / rate.viewsPerSecond;
  return (
    `${report.methods.length} methods, ${report.methods.reduce((sum, { seeds }) => sum + seeds.length, 0)} runs; ${computed} forwards computed. ` +
    `The plain way: ${run} forwards, extrapolated from ${rate.viewsPerSecond.toFixed(0)} a second: ${plain.toFixed(0)} s, ${(plain / report.seconds).toFixed(1)} times longer`
  );
}

console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
);
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
  const curve = learningCurve(
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
  const method = (name, first) => ({ method: name, runs: [0, 1, 2, 3, 4].map((at) => answers(first + at)) });
  return comparePairs([method("a", 1), method("b", 6)])[0].sentence;
});
if (mode === "compare") await timed("the default comparison", wholeComparison);
await rm(folder, { recursive: true, force: true });
