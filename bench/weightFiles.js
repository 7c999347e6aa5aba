/**
 * Reading weights: VGG16 without its classifier into the network, and what `inspect` does with files of 500 MB. Seconds and processor
 * seconds of the reading alone, and how much the process grew beyond the weights themselves. Each in a process of its own, once to warm
 * the file's pages and then five times; medians.
 *
 *     npm run build && python bench/weightFiles.py <folder> && node bench/weightFiles.js <folder>
 */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { summarizeWeights } from "../dist/formats/summary.js";
import { openWeights } from "../dist/index.js";

const readings = ["vgg16.h5", "vgg16Model.h5", "vgg16.weights.h5", "vgg16.keras", "vgg16.safetensors"];
const listings = ["large.safetensors", "large.h5"];

async function measured(work) {
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const bytes = await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, processorSeconds: (user + system) / 1e6, bytes };
}

/** The time is that of opening, matching and reading; the network is built before. */
async function read(file) {
  const { vgg16 } = await import("../dist/applications/index.js");
  const { loadNetworkWeights } = await import("../dist/modelFiles/loadWeights.js");
  const network = await vgg16({ weights: "random", includeTop: false });
  const before = process.memoryUsage.rss();
  const result = await measured(async () => {
    const weights = await openWeights(file);
    await loadNetworkWeights(network, weights);
    await weights.close();
    return 4 * network.countParams();
  });
  const grown = process.resourceUsage().maxRSS * 1024 - before;
  return { ...result, peakOverWeights: grown / result.bytes };
}

async function list(file) {
  return measured(async () => {
    const weights = await openWeights(file);
    const { parameters } = summarizeWeights(weights);
    await weights.close();
    return 4 * parameters;
  });
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const [folder, only] = process.argv.slice(2);
if (only !== undefined) {
  const file = path.join(folder, only);
  const result = readings.includes(only) ? await read(file) : await list(file);
  process.stdout.write(JSON.stringify(result));
} else {
  for (const name of [...readings, ...listings]) {
    const runs = Array.from({ length: 6 }, () => {
      const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), folder, name]);
      return JSON.parse(stdout);
    }).slice(1);
    const of = (key) => median(runs.map((run) => run[key]));
    const memory =
      "peakOverWeights" in runs[0] ? `, peak ${of("peakOverWeights").toFixed(2)} times the weights` : "";
    process.stdout.write(
      `${name}: ${of("seconds").toFixed(3)} s, ${of("processorSeconds").toFixed(3)} s of processor${memory}\n`,
    );
  }
}
