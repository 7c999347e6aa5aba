// Memory of `train` on many images: the resident set of the process, sampled each second, at several sizes of the data set.
// Run: npm run build && node bench/memory.js [images...]        (default: 64 2000 20000; Linux)
// The first size stands for the engine's own memory. Pictures are made from the photographs by flips, crops, sizes and qualities.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

const data = process.env.PERMAFROST_TEST_DATA ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const photos = path.join(data, "cats_and_dogs_small", "train");
const program = fileURLToPath(new URL("../bin/permafrost.js", import.meta.url));
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [64, 2000, 20_000];
const folder = mkdtempSync(path.join(os.tmpdir(), "permafrost-memory-"));

/** Writes the images numbered `from` to `to`, classes in turn. */
async function makeImages(from, to) {
  const classes = readdirSync(photos).sort();
  const sources = classes.map((name) => readdirSync(path.join(photos, name)).sort());
  for (const name of classes) mkdirSync(path.join(folder, "photos", name), { recursive: true });
  const make = async (number) => {
    const side = number % classes.length;
    const nth = Math.floor(number / classes.length);
    const source = path.join(photos, classes[side], sources[side][nth % sources[side].length]);
    const variant = Math.floor(nth / sources[side].length);
    const length = 96 + ((variant * 37 + nth) % 129);
    let picture = sharp(source).resize(length, length, { fit: "fill" });
    if (variant % 2 === 1) picture = picture.flop();
    if (variant % 4 >= 2)
      picture = picture.extract({ left: 4, top: 4, width: length - 8, height: length - 8 });
    await picture
      .jpeg({ quality: 60 + (variant % 30) })
      .toFile(path.join(folder, "photos", classes[side], `${number}.jpg`));
  };
  let next = from;
  const lane = async () => {
    while (next < to) await make(next++);
  };
  await Promise.all(Array.from({ length: 4 }, lane));
}

/** Resident bytes of a process, or 0 once it is gone. */
function residentBytes(pid) {
  try {
    return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function train(images) {
  const words = ["train", path.join(folder, "photos"), "--epochs", "5", "--json"];
  const places = [
    "--out",
    path.join(folder, `run-${images}`),
    "--store",
    path.join(folder, `store-${images}`),
  ];
  const child = spawn(process.execPath, [program, ...words, ...places], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const samples = [];
  const timer = setInterval(() => samples.push(residentBytes(child.pid)), 1000);
  let stdout = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearInterval(timer);
      if (code !== 0) throw new Error(`train ended with ${code}`);
      resolve({ samples, result: JSON.parse(stdout.trimEnd().split("\n").at(-1)) });
    });
  });
}

const megabytes = (bytes) => Math.round(bytes / 1e6);

try {
  let made = 0;
  let engine = 0;
  for (const images of sizes) {
    await makeImages(made, images);
    made = images;
    const { samples, result } = await train(images);
    const most = Math.max(...samples, 0);
    engine ||= most;
    const quarters = [1, 2, 3, 4].map((n) =>
      Math.max(
        ...samples.slice(Math.floor((samples.length * (n - 1)) / 4), Math.ceil((samples.length * n) / 4)),
      ),
    );
    console.log(
      JSON.stringify({
        images,
        forwards: result.forwards.computed,
        seconds: result.seconds,
        rssMaxMB: megabytes(most),
        rssMaxByQuarterMB: quarters.map(megabytes),
        aboveEngineMB: megabytes(most - engine),
      }),
    );
    rmSync(path.join(folder, `store-${images}`), { recursive: true, force: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
