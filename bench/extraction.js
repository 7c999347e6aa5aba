// Feature extraction from files, end to end, against the bare engine and against decoding alone, interleaved.
// Run: npm run build && node bench/extraction.js [folder] [images] [rounds]
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { mobileNetV3Small } from "../dist/applications/index.js";
import { Thread } from "../dist/engine/thread.js";
import { extractFeatures } from "../dist/features/extract.js";
import { prefixSignature } from "../dist/features/prefix.js";
import { FeatureStore } from "../dist/features/store.js";
import { bindParameters } from "../dist/graph/bind.js";
import { decodeImage } from "../dist/images/decode.js";
import { encodeModel } from "../dist/onnx/encode.js";

const data = process.env.PERMAFROST_TEST_DATA ?? new URL("../../shared/data", import.meta.url).pathname;
const folder = process.argv[2] ?? path.join(data, "cats_and_dogs_small");
const limit = Number(process.argv[3] ?? 2000);
const rounds = Number(process.argv[4] ?? 5);
const batchSize = 8;
const workers = os.availableParallelism();

const views = readdirSync(folder, { recursive: true })
  .filter((name) => /\.(jpe?g|png)$/i.test(name))
  .sort()
  .slice(0, limit)
  .map((name) => path.join(folder, name))
  .map((file) => ({ path: file, image: createHash("sha256").update(readFileSync(file)).digest("hex") }));
if (views.length === 0) throw new Error(`${folder}: no pictures`);

const base = await mobileNetV3Small({ pooling: "avg" });
const { builder, outputs, parameters } = base.toGraph({ mode: "infer" });
const weights = new Map([...parameters].map(([name, one]) => [name, one.engineTensor]));
const prefix = bindParameters(builder.build(outputs), weights);
const { preprocessing } = base;

/** Images a second of the prefix alone: as many threads, the same batches, nothing fed, nothing kept. */
async function bareEngine(images) {
  const threads = Array.from({ length: workers }, () => new Thread("features/extractionThread"));
  const model = encodeModel(prefix, { sentinel: true });
  const job = { signature: prefixSignature(prefix), preprocessing, batchSize, model };
  await Promise.all(threads.map((thread) => thread.call("load", job)));
  await Promise.all(threads.map((thread) => thread.call("run", { count: batchSize })));
  const cpu = process.cpuUsage();
  const start = performance.now();
  let left = Math.ceil(images / batchSize);
  const lane = async (thread) => {
    const underWay = [];
    while (left-- > 0) {
      underWay.push(thread.call("run", { count: batchSize }));
      if (underWay.length === 2) await underWay.shift();
    }
    await Promise.all(underWay);
  };
  await Promise.all(threads.map(lane));
  const seconds = (performance.now() - start) / 1000;
  const used = cpuSeconds(cpu);
  await Promise.all(threads.map((thread) => thread.call("finish", undefined)));
  await Promise.all(threads.map((thread) => thread.close()));
  const computed = Math.ceil(images / batchSize) * batchSize;
  return { rate: computed / seconds, cpu: used / computed };
}

/** Images a second of reading and decoding alone, on all cores. */
async function decodeOnly() {
  let next = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const lane = async () => {
    while (next < views.length) await decodeImage(readFileSync(views[next++].path));
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  const seconds = (performance.now() - start) / 1000;
  return { rate: views.length / seconds, cpu: cpuSeconds(cpu) / views.length };
}

async function extraction() {
  const place = mkdtempSync(path.join(os.tmpdir(), "permafrost-bench-"));
  try {
    const store = await FeatureStore.open(place);
    const options = { views, prefix, preprocessing, store, batchSize, workers };
    const cpu = process.cpuUsage();
    let started;
    const first = await extractFeatures({ ...options, onProgress: () => (started ??= performance.now()) });
    const end = performance.now();
    const used = cpuSeconds(cpu);
    const again = performance.now();
    const second = await extractFeatures(options);
    const reuse = (performance.now() - again) / 1000;
    if (second.forwards.computed !== 0) throw new Error("the second run computed something");
    first.table.close();
    second.table.close();
    const { total } = first.seconds;
    return {
      rate: views.length / total,
      steady: (views.length - batchSize) / ((end - started) / 1000),
      cores: used / total,
      cpu: used / views.length,
      seconds: first.seconds,
      reuse,
    };
  } finally {
    rmSync(place, { recursive: true });
  }
}

function cpuSeconds(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const results = { bare: [], decode: [], extraction: [] };
for (let round = 0; round < rounds; round++) {
  results.bare.push(await bareEngine(views.length));
  results.decode.push(await decodeOnly());
  results.extraction.push(await extraction());
}

const of = (name, member) => median(results[name].map((one) => one[member]));
const [bare, decode, steady] = [of("bare", "rate"), of("decode", "rate"), of("extraction", "steady")];
// Both need the same cores, so an image costs the sum of both times.
const possible = 1 / (1 / bare + 1 / decode);
const milliseconds = (seconds) => `${((1000 * seconds) / views.length).toFixed(3)} ms`;
const share = (name) => milliseconds(median(results.extraction.map((one) => one.seconds[name])));

console.log(`${views.length} images of ${folder}, MobileNetV3-Small 224, ${rounds} rounds, medians`);
console.log(`${os.cpus()[0]?.model}, ${workers} workers of one thread, batch ${batchSize}`);
console.log(
  `bare engine           ${bare.toFixed(0)} images/s (${(1000 * of("bare", "cpu")).toFixed(3)} ms of CPU an image)`,
);
console.log(
  `decoding alone        ${decode.toFixed(0)} images/s (${(1000 * of("decode", "cpu")).toFixed(3)} ms of CPU an image)`,
);
console.log(
  `extraction, steady    ${steady.toFixed(0)} images/s = ${(steady / bare).toFixed(3)} of the bare engine`,
);
console.log(
  `  of what is possible ${(steady / possible).toFixed(3)} (${possible.toFixed(0)} images/s when both share the cores)`,
);
console.log(
  `extraction, with start-up of threads and engine  ${of("extraction", "rate").toFixed(0)} images/s`,
);
console.log(
  `  CPU an image ${(1000 * of("extraction", "cpu")).toFixed(3)} ms, cores busy ${of("extraction", "cores").toFixed(2)}`,
);
for (const name of ["hash", "preprocess", "forward", "write"])
  console.log(`  ${name.padEnd(12)} ${share(name)} an image`);
console.log(`second run, all stored ${of("extraction", "reuse").toFixed(3)} s`);
const summary = {
  images: views.length,
  bare,
  decode,
  steady,
  ratio: steady / bare,
  ofPossible: steady / possible,
};
console.log(JSON.stringify({ bench: "extraction", ...summary }));
