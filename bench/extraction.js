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
import { Preprocessor } from "../dist/images/preprocess.js";
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

/** Seconds of CPU an image for resampling and normalising alone. */
async function preprocessOnly() {
  const preprocessor = new Preprocessor(preprocessing);
  const into = new Float32Array(3 * preprocessing.height * preprocessing.width);
  const images = await Promise.all(views.slice(0, 64).map((view) => decodeImage(readFileSync(view.path))));
  const cpu = process.cpuUsage();
  for (let round = 0; round < 5; round++) for (const image of images) preprocessor.run(image, into);
  return { cpu: cpuSeconds(cpu) / (5 * images.length) };
}

async function extraction() {
  const place = mkdtempSync(path.join(os.tmpdir(), "permafrost-bench-"));
  try {
    const store = await FeatureStore.open(place);
    const options = { views, prefix, preprocessing, store, batchSize, workers };
    let started;
    let cpu;
    const onProgress = () => {
      started ??= performance.now();
      cpu ??= process.cpuUsage();
    };
    const first = await extractFeatures({ ...options, onProgress });
    const seconds = (performance.now() - started) / 1000;
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
      steady: (views.length - batchSize) / seconds,
      cores: used / seconds,
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

const results = { bare: [], decode: [], preprocess: [], extraction: [] };
for (let round = 0; round < rounds; round++) {
  results.bare.push(await bareEngine(views.length));
  results.decode.push(await decodeOnly());
  results.preprocess.push(await preprocessOnly());
  results.extraction.push(await extraction());
}

const of = (name, member) => median(results[name].map((one) => one[member]));
const [bare, decode, steady] = [of("bare", "rate"), of("decode", "rate"), of("extraction", "steady")];
const cpu = Object.fromEntries(Object.keys(results).map((name) => [name, 1000 * of(name, "cpu")]));
const needed = cpu.bare + cpu.decode + cpu.preprocess;
const print = (name, text) => console.log(`${name.padEnd(34)} ${text}`);
const percent = (value) => `${(100 * value).toFixed(0)} %`;

console.log(`${views.length} images of ${folder}, MobileNetV3-Small 224, ${rounds} rounds, medians`);
console.log(`${os.cpus()[0]?.model}, ${workers} workers of one thread, batch ${batchSize}`);
print("bare engine, images/s", bare.toFixed(0));
print("decoding alone, images/s", decode.toFixed(0));
print("extraction, images/s", `${steady.toFixed(0)} = ${(steady / bare).toFixed(3)} of the bare engine`);
print("  with start-up of the engine", of("extraction", "rate").toFixed(0));
print("  cores busy", of("extraction", "cores").toFixed(2));
// Other work on the machine changes the rates above; the time on a core that an image costs hardly.
print("CPU an image, ms", `${cpu.extraction.toFixed(3)}, of which measured alone:`);
for (const [name, member] of [
  ["forward", "bare"],
  ["decode", "decode"],
  ["resample and normalise", "preprocess"],
]) {
  print(`  ${name}`, `${cpu[member].toFixed(3)} (${percent(cpu[member] / cpu.extraction)})`);
}
print("  reading, hashing, moving, writing", (cpu.extraction - needed).toFixed(3));
print("bound by these three", `${percent(needed / cpu.extraction)} of the CPU time`);
const perImage = (name) => (1000 * median(results.extraction.map((one) => one.seconds[name]))) / views.length;
for (const name of ["hash", "preprocess", "forward", "write"]) {
  print(`  ${name}, ms by the clock in its thread`, perImage(name).toFixed(3));
}
print("second run, all stored, s", of("extraction", "reuse").toFixed(3));
const summary = {
  images: views.length,
  bare,
  decode,
  steady,
  ratio: steady / bare,
  cpu,
  bound: needed / cpu.extraction,
};
console.log(JSON.stringify({ bench: "extraction", ...summary }));
