// How fast pictures become network input: decode, then resample and normalise.
// Run: npm run build && node bench/imagePipeline.js [folder] [size]
import { readdirSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { preprocessing } from "../dist/applications/preprocessing.js";
import { decodeImage, decodeVersion } from "../dist/images/decode.js";
import { Preprocessor } from "../dist/images/preprocess.js";

const data = process.env.PERMAFROST_TEST_DATA ?? new URL("../../shared/data", import.meta.url).pathname;
const folder = process.argv[2] ?? path.join(data, "cats_and_dogs_small", "train");
const size = Number(process.argv[3] ?? 224);
const limit = 500;
const rounds = 5;
const inFlight = 16;

const files = readdirSync(folder, { recursive: true })
  .filter((name) => /\.(jpe?g|png)$/i.test(name))
  .sort()
  .slice(0, limit)
  .map((name) => readFileSync(path.join(folder, name)));
if (files.length === 0) throw new Error(`${folder}: no pictures`);

/** Decodes all files, a fixed number at a time, as the feeder of a network does. */
async function decodeAll(use) {
  let next = 0;
  const worker = async () => {
    while (next < files.length) {
      const index = next++;
      use(await decodeImage(files[index]), index);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

/** Best and median over the rounds: images a second by the clock, and milliseconds of processor time an image. */
async function measure(name, work) {
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const cpu = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (performance.now() - start) / 1000;
    samples.push({ rate: files.length / seconds, cpu: (user + system) / 1000 / files.length });
  }
  const sorted = (key) => samples.map((sample) => sample[key]).sort((a, b) => a - b);
  const rates = sorted("rate");
  const cpus = sorted("cpu");
  const middle = Math.floor(rounds / 2);
  const columns = [
    rates[rounds - 1].toFixed(0).padStart(8),
    rates[middle].toFixed(0).padStart(8),
    cpus[0].toFixed(3).padStart(9),
    cpus[middle].toFixed(3).padStart(9),
    (1000 / cpus[middle]).toFixed(0).padStart(9),
  ];
  console.log(`${name.padEnd(38)}${columns.join("")}`);
}

const images = [];
await decodeAll((image, index) => {
  images[index] = image;
});
const pixels = images.reduce((sum, image) => sum + image.width * image.height, 0) / images.length;
console.log(
  `${files.length} files of ${folder}, ${Math.round(pixels)} pixels on average, to ${size} x ${size}`,
);
console.log(`Node ${process.version}, ${os.cpus().length} cores (${os.cpus()[0]?.model}), ${decodeVersion}`);
console.log(`${rounds} rounds; "a core" = 1000 / median processor milliseconds an image\n`);
console.log(`${"".padEnd(38)}  best/s   med/s  best ms   med ms   a core`);

const into = new Float32Array(3 * size * size);
await measure("decode, 16 in flight", () => decodeAll(() => {}));
for (const filter of ["nearest", "bilinear", "bicubic", "lanczos"]) {
  const preprocessor = new Preprocessor(preprocessing("torch", { width: size, height: size, filter }));
  await measure(`resample ${filter}, normalise`, () => {
    for (const image of images) preprocessor.run(image, into);
  });
}
const preprocessor = new Preprocessor(preprocessing("torch", { width: size, height: size }));
await measure("decode, resample bilinear, normalise", () =>
  decodeAll((image) => preprocessor.run(image, into)),
);
