// Cost of the feature store with rows as VGG16 at 150x150 makes them (8192 numbers): writing and reading, opening many,
// random batches from disk and from memory. Needs `npm run build`, about 33 KB a row on the disk, removed at the end.
//
//   node bench/store.js [--rows 100000] [--batches 400] [--folder /tmp] [--forward-ms 60]
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const { values: given } = parseArgs({
  options: {
    rows: { type: "string", default: "100000" },
    batches: { type: "string", default: "400" },
    folder: { type: "string", default: tmpdir() },
    "forward-ms": { type: "string", default: "60" },
  },
});
const rows = Number(given.rows);
const batches = Number(given.batches);
const forwardMs = Number(given["forward-ms"]);
const length = 8192;
const batchSize = 20;

const dist = new URL("../dist/", import.meta.url);
const { FeatureStore } = await import(new URL("features/store.js", dist).href);
const { rowKeys } = await import(new URL("features/key.js", dist).href);
const { sha256 } = await import(new URL("base/digest.js", dist).href);
const { Random } = await import(new URL("base/random.js", dist).href);

const group = {
  decode: "bench",
  resize: "bench",
  preprocessing: {},
  prefix: sha256("bench"),
  cut: [512, 4, 4],
  numericsClass: "bench",
  dtype: "float32",
};

const folder = mkdtempSync(path.join(given.folder, "permafrost-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.on("SIGINT", () => process.exit(130));

const keys = rowKeys(Array.from({ length: rows }, (_, i) => ({ image: sha256(`${i}`), draw: "none" })));
await write();
globalThis.gc?.();
const before = process.memoryUsage().rss;
const opened = await open();
readInOrder(opened);
const disk = randomBatches(rows, (picked, into) => opened.readRows(picked, into));
console.log(`random batches of ${batchSize}, all ${rows} rows from warm disk: ${disk.toFixed(3)} ms`);
console.log(
  `memory: ${mib(before)} MiB before opening, ${mib(process.resourceUsage().maxRSS * 1024)} MiB at most (whole process)`,
);
opened.close();
const fresh = await open();
compareWithMemory(Math.min(rows, 8000), "read before");
compareWithMemory(Math.min(rows, 20_000), "the first 8192 read before");
fresh.close();

async function write() {
  const store = await FeatureStore.open(folder, { maxBytes: Number.MAX_SAFE_INTEGER });
  const target = await store.group(group);
  const writer = target.writer();
  const batch = new Float32Array(8 * length);
  const random = new Random(1, "bench");
  for (let i = 0; i < batch.length; i++) batch[i] = random.uniform(0, 1);
  const begin = performance.now();
  for (let first = 0; first < rows; first += 8) {
    const count = Math.min(8, rows - first);
    batch[0] = first;
    await writer.append(keys.subarray(first * 32, (first + count) * 32), batch.subarray(0, count * length));
  }
  await writer.close();
  const each = (performance.now() - begin) / rows;
  target.close();
  report("write, checksums and syncs included", each);
  const bytes = packs().reduce((sum, file) => sum + statSync(file).size, 0);
  console.log(
    `index: ${((bytes - rows * length * 4) / rows).toFixed(1)} bytes a row on disk, headers included`,
  );
}

async function open() {
  const begin = performance.now();
  const store = await FeatureStore.open(folder, { maxBytes: Number.MAX_SAFE_INTEGER });
  const target = await store.group(group);
  const found = target.find(keys);
  const ms = performance.now() - begin;
  console.log(
    `open ${rows} rows and find all of them: ${(ms / 1000).toFixed(2)} s (${found.filter((row) => row < 0).length} missing)`,
  );
  return target;
}

/** Reads everything once, as a run does before it uses stored features: every checksum is checked here. */
function readInOrder(target) {
  const into = new Float32Array(64 * length);
  const begin = performance.now();
  for (let first = 0; first < rows; first += 64) {
    const count = Math.min(64, rows - first);
    target.readRows(
      Int32Array.from({ length: count }, (_, i) => first + i),
      into,
    );
  }
  report("first read in order, checksums included", (performance.now() - begin) / rows);
}

/** Both ways read the same rows, in turns; once as many as stay in memory after the first reading, once more than that. */
function compareWithMemory(part, what) {
  const memory = new Float32Array(part * length);
  for (let first = 0; first < part; first += 100) {
    const count = Math.min(100, part - first);
    fresh.readRows(
      Int32Array.from({ length: count }, (_, i) => first + i),
      memory.subarray(first * length),
    );
  }
  const fromMemory = (picked, into) => {
    for (let i = 0; i < picked.length; i++) {
      into.set(memory.subarray(picked[i] * length, (picked[i] + 1) * length), i * length);
    }
  };
  const fromStore = (picked, into) => fresh.readRows(picked, into);
  const times = { store: [], memory: [] };
  for (let turn = 0; turn < 5; turn++) {
    times.store.push(randomBatches(part, fromStore, turn));
    times.memory.push(randomBatches(part, fromMemory, turn));
  }
  const [d, m] = [median(times.store), median(times.memory)];
  console.log(
    `random batches of ${batchSize}, ${part} rows, ${what}: store ${d.toFixed(3)} ms, memory ${m.toFixed(3)} ms, ${(d / m).toFixed(2)} times; with a 3 ms step ${((d + 3) / (m + 3)).toFixed(2)} times`,
  );
}

/** Milliseconds of one batch. */
function randomBatches(limit, read, seed = 0) {
  const random = new Random(2, "batches", seed);
  const into = new Float32Array(batchSize * length);
  const begin = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    read(
      Int32Array.from({ length: batchSize }, () => random.integer(limit)),
      into,
    );
  }
  return (performance.now() - begin) / batches;
}

function report(what, ms) {
  console.log(
    `${what}: ${(ms * 1000).toFixed(1)} us a row, ${((length * 4) / 1000 / ms / 1000).toFixed(2)} GB/s, ${((100 * ms) / forwardMs).toFixed(2)} % of a forward of ${forwardMs} ms`,
  );
}

function packs() {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".safetensors"))
    .map((name) => path.join(folder, name));
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function mib(bytes) {
  return Math.round(bytes / 2 ** 20);
}
