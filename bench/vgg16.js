/**
 * The book's second way (a frozen VGG16 at 150 pixels with Flatten - Dense 256 relu - Dense 1 sigmoid on it, batch 20) with a
 * base of that shape: once by running everything in every step, once from the feature store; and the first run, from JPEG
 * files under the book's augmentation to rows on disk, beside what the bare engine does. Rounds alternate; medians.
 *
 *     npm run build && node bench/vgg16.js [images] [rounds] [folder]
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { preprocessing } from "../dist/applications/preprocessing.js";
import { presetPipeline } from "../dist/augmentation/presets.js";
import { Thread } from "../dist/engine/thread.js";
import { extractFeatures } from "../dist/features/extract.js";
import { prefixSignature } from "../dist/features/prefix.js";
import { FeatureStore } from "../dist/features/store.js";
import { ViewDraws } from "../dist/features/viewDraws.js";
import { conv2d, dense, flatten, input, maxPooling2D } from "../dist/layers/index.js";
import { Model } from "../dist/models/functional.js";
import { sequential } from "../dist/models/sequential.js";
import { encodeModel } from "../dist/onnx/encode.js";
import { rmsprop } from "../dist/optimizers/index.js";
import { pictureSource } from "../dist/recipes/data/pictureSource.js";
import { float32, sizeOf } from "../dist/tensor/tensor.js";
import { buildPhase } from "../dist/training/graphs/stepGraph.js";
import { compileModel } from "../dist/training/index.js";
import { prepareFit } from "../dist/training/runs/prepareFit.js";
import { TrainingRun } from "../dist/training/runs/trainingRun.js";
import { arrayRows } from "../dist/training/samples/batchSource.js";
import { fillBatch } from "../dist/training/samples/labelledSamples.js";
import { Trainer } from "../dist/training/thread/trainer.js";
import { vgg16Shaped } from "../test/support/vgg16Shaped.js";

const count = Number(process.argv[2] ?? 120);
const rounds = Number(process.argv[3] ?? 3);
const data = process.env.PERMAFROST_TEST_DATA ?? new URL("../../shared/data", import.meta.url).pathname;
const folder = process.argv[4] ?? path.join(data, "cats_and_dogs_small");
const size = 150;
const batch = 20;
const extractionBatch = 8;
/** Timed ones, and those before them. */
const plainSteps = [2, 1];
const workers = os.availableParallelism();
const settings = preprocessing("caffe", { height: size, width: size });

const images = readdirSync(folder, { recursive: true })
  .filter((name) => /\.jpe?g$/i.test(name))
  .sort()
  .slice(0, count)
  .map((name) => path.join(folder, name))
  .map((file) => ({ path: file, image: createHash("sha256").update(readFileSync(file)).digest("hex") }));
if (images.length < batch) throw new Error(`${folder}: expected at least ${batch} JPEG files`);

const base = vgg16Shaped({ conv2d, float32, input, maxPooling2D, Model }, { size });
base.trainable = false;
const head = [
  flatten(),
  dense({ units: 256, activation: "relu" }),
  dense({ units: 1, activation: "sigmoid" }),
];
const model = sequential({ layers: [base, ...head] });
const compiled = compileModel(model, {
  optimizer: rmsprop({ learningRate: 2e-5 }),
  loss: "binary_crossentropy",
  metrics: ["acc"],
});
const { prefix } = buildPhase(compiled, { mode: "train", targetShapes: [[1]], splitPrefix: true, seed: 0 });
const labels = images.map((_, index) => index % 2);
/** The pictures of a round as the network sees them, rendered before anything is timed. */
async function rendered(draws, round) {
  const digests = new Map(images.map((one) => [one.path, one.image]));
  const source = pictureSource(images, settings, { draws, digests }).forEpoch(round);
  const data = new Float32Array(images.length * sizeOf(source.shape));
  await source.read(
    Uint32Array.from(images, (_, index) => index),
    data,
  );
  return arrayRows(data, source.shape);
}

/** Views of a round: each image under a draw of its own. */
function viewsOf(draws, round) {
  return images.map((one) => ({ ...one, draw: draws.of(one.image, round) }));
}

async function extract(store, draws, round) {
  const views = viewsOf(draws, round);
  const options = { prefix, preprocessing: settings, store, views, draws: draws.settings };
  let start;
  let processor;
  const onProgress = () => {
    start ??= performance.now();
    processor ??= process.cpuUsage();
  };
  const result = await extractFeatures({ ...options, workers, batchSize: extractionBatch, onProgress });
  const seconds = (performance.now() - start) / 1000;
  const steady = views.length - extractionBatch;
  return { ...result, views, rate: steady / seconds, processor: processorSeconds(processor) / steady };
}

/** As many threads, the same batches, nothing fed and nothing kept; by the clock from the first batch done, as below. */
async function bareEngine() {
  const threads = Array.from({ length: workers }, () => new Thread("features/extractionThread"));
  const model = encodeModel(prefix, { sentinel: true });
  const job = {
    signature: prefixSignature(prefix),
    preprocessing: settings,
    batchSize: extractionBatch,
    model,
  };
  await Promise.all(threads.map((thread) => thread.call("load", job)));
  await Promise.all(threads.map((thread) => thread.call("run", { count: extractionBatch })));
  const batches = Math.ceil(images.length / extractionBatch);
  let left = batches;
  let start;
  let processor;
  const lane = async (thread) => {
    while (left-- > 0) {
      await thread.call("run", { count: extractionBatch });
      start ??= performance.now();
      processor ??= process.cpuUsage();
    }
  };
  await Promise.all(threads.map(lane));
  const seconds = (performance.now() - start) / 1000;
  const computed = (batches - 1) * extractionBatch;
  const result = { rate: computed / seconds, processor: processorSeconds(processor) / computed };
  await Promise.all(threads.map((thread) => thread.call("finish", undefined)));
  await Promise.all(threads.map((thread) => thread.close()));
  return result;
}

/** Milliseconds of each step, from gathering the batch to its loss; and a digest of all losses and of the weights in the end. */
async function steps(pictures, options, number, warmUp) {
  const prepared = await prepareFit(compiled, pictures, labels, { batchSize: batch, ...options });
  const trainer = await Trainer.start(prepared.program);
  const run = new TrainingRun(compiled, trainer, { epochs: 1, steps: 1, verbose: 0 }, []);
  await run.begin();
  const times = [];
  const losses = [];
  for (let step = 0; step < warmUp + number; step++) {
    const start = performance.now();
    const indices = Uint32Array.from({ length: batch }, (_, row) => (step * 97 + row * 31) % images.length);
    const filled = trainer.takeBatch();
    await fillBatch(filled, indices, prepared.train);
    const result = await trainer.train(filled, batch, { iteration: step, learningRate: 2e-5 });
    trainer.release(result.batch);
    losses.push(result.value);
    if (step >= warmUp) times.push(performance.now() - start);
  }
  const hash = createHash("sha256").update(Float64Array.from(losses));
  const { weights } = await trainer.read(losses.length);
  for (const weight of weights) hash.update(weight);
  await trainer.close();
  return { times, digest: hash.digest("hex") };
}

/** A second run: the features are found again and no forward is computed. */
async function storedSteps(store, draws, round, pictures) {
  const begin = performance.now();
  const { table, forwards, views } = await extract(store, draws, round);
  const opening = performance.now() - begin;
  if (forwards.computed !== 0) throw new Error("the second run computed something");
  const rows = views.map(({ image, draw }) => table.indexOf(image, draw?.digest));
  const source = {
    samples: images.length,
    shape: table.rowShape,
    read: (indices, into) =>
      table.read(
        indices.map((index) => rows[index]),
        into,
      ),
  };
  const options = { frozenPart: async () => source };
  const { digest } = await steps(pictures, options, ...plainSteps);
  const { times } = await steps(pictures, options, 60, 10);
  table.close();
  return { times, opening, digest };
}

function processorSeconds(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
}

const place = mkdtempSync(path.join(os.tmpdir(), "permafrost-bench-"));
const results = { bare: [], first: [], stored: [], plain: [], opening: [], bytes: 0 };
try {
  const store = await FeatureStore.open(place);
  const draws = new ViewDraws({
    pipeline: presetPipeline("book"),
    policy: "fresh",
    seed: 1,
    height: size,
    width: size,
  });
  for (let round = 0; round < rounds; round++) {
    results.bare.push(await bareEngine());
    const first = await extract(store, draws, round);
    first.table.close();
    if (first.forwards.computed !== images.length) throw new Error("expected no stored views");
    results.first.push(first);
    results.bytes = first.bytesWritten;
    const pictures = await rendered(draws, round);
    const stored = await storedSteps(store, draws, round, pictures);
    results.stored.push(...stored.times);
    results.opening.push(stored.opening);
    const plain = await steps(pictures, { oncePerSample: false }, ...plainSteps);
    results.plain.push(...plain.times);
    if (plain.digest !== stored.digest) throw new Error("the two ways differ in losses or weights");
  }
} finally {
  rmSync(place, { recursive: true });
}

const rate = (name) => median(results[name].map((one) => one.rate));
const processor = (name) => 1000 * median(results[name].map((one) => one.processor));
const [stored, plain] = [median(results.stored), median(results.plain)];
const print = (name, text) => console.log(`${name.padEnd(40)} ${text}`);
console.log(
  `VGG16-shaped base, ${images.length} images of ${folder} at ${size}, batch ${batch}, ${rounds} rounds`,
);
console.log(`${os.cpus()[0]?.model}, ${workers} workers, load ${os.loadavg()[0].toFixed(1)}`);
print("same bits, losses and weights", `${plainSteps[0] + plainSteps[1]} steps in each round`);
print("plain way, ms a step", plain.toFixed(0));
print(
  "second run, from the store, ms a step",
  `${stored.toFixed(2)}: ${(plain / stored).toFixed(0)} times faster`,
);
print(
  "  least, and finding the features, ms",
  `${Math.min(...results.stored).toFixed(2)}, ${median(results.opening).toFixed(0)}`,
);
print("bare engine, images/s", rate("bare").toFixed(2));
print(
  "first run, images/s",
  `${rate("first").toFixed(2)} = ${(rate("first") / rate("bare")).toFixed(3)} of it`,
);
print(
  "  processor ms an image, bare and all",
  `${processor("bare").toFixed(1)} and ${processor("first").toFixed(1)}: ${(processor("bare") / processor("first")).toFixed(3)}`,
);
print("  bytes written an image", (results.bytes / images.length).toFixed(0));
const summary = { images: images.length, rounds, plain, stored, bare: rate("bare"), first: rate("first") };
console.log(
  JSON.stringify({ bench: "vgg16", command: `node bench/vgg16.js ${count} ${rounds}`, ...summary }),
);
