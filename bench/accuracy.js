/**
 * Accuracy on real photographs, ways of training the embedded base side by side: the head alone; the head, then the last three
 * blocks or the whole base with it. bench/peers/fine_tune.py does the same in
 * PyTorch. A JSON line for each run, which may be kept in a file; from such lines of both programs, `table` makes a table.
 *
 *     npm run build && node bench/accuracy.js run <ways> <seeds> [images a class] [head epochs] [further epochs] [pixels] >> lines
 *     node bench/accuracy.js run head,last:3,all 0,1,2 500 4 2 160 >> lines
 *     node bench/accuracy.js table lines
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { wilsonInterval } from "../dist/evaluation/interval.js";
import { fineTune, trainClassifier } from "../dist/index.js";

const data = process.env.PERMAFROST_TEST_DATA ?? new URL("../../shared/data", import.meta.url).pathname;
const folder = path.join(data, "cats_and_dogs_small");
const classes = ["cats", "dogs"];

/** A manifest of the first pictures of each class, and of all held-out ones. */
function manifest(file, imagesOfClass) {
  const rows = ["train", "validation", "test"].flatMap((split) =>
    classes.flatMap((name) => {
      const numbered = readdirSync(path.join(folder, split, name)).map((picture) => [
        Number(/\d+/.exec(picture)),
        picture,
      ]);
      numbered.sort(([a], [b]) => a - b);
      return numbered
        .slice(0, split === "train" ? imagesOfClass : undefined)
        .map(([, picture]) => `${path.join(folder, split, name, picture)},${name},${split}`);
    }),
  );
  writeFileSync(file, `path,label,split\n${rows.join("\n")}\n`);
  return file;
}

/** Trains one way with one seed. */
async function train(way, seed, { images, headEpochs, epochs, imageSize, work }) {
  const common = {
    data: manifest(path.join(work, "pictures.csv"), images),
    store: path.join(work, "store"),
    out: path.join(work, `${way.replace(":", "")}-${seed}`),
    seed,
    imageSize,
  };
  if (way === "head") return trainClassifier({ ...common, epochs: headEpochs + epochs });
  return fineTune({ ...common, unfreeze: way, headEpochs, epochs: headEpochs + epochs });
}

async function run(ways, seeds, images = 1000, headEpochs = 8, epochs = 3, imageSize = 224) {
  const work = process.env.ACCURACY_WORK ?? mkdtempSync(path.join(os.tmpdir(), "accuracy-"));
  mkdirSync(work, { recursive: true });
  const recipe = { images, headEpochs, epochs, imageSize };
  for (const way of ways) {
    for (const seed of seeds) {
      const start = performance.now();
      const { metrics, history } = await train(way, seed, { ...recipe, work });
      const scores = Object.fromEntries(
        ["validation", "test"].map((split) => {
          const { accuracy, samples, loss } = metrics[split];
          return [split, { right: Math.round(accuracy * samples), total: samples, loss }];
        }),
      );
      const seconds = Math.round((performance.now() - start) / 1000);
      const line = { program: "Permafrost", way, seed, ...recipe, ...scores, losses: history.loss, seconds };
      console.log(JSON.stringify(line));
    }
  }
  if (process.env.ACCURACY_WORK === undefined) rmSync(work, { recursive: true });
}

const percent = (share) => (100 * share).toFixed(1);

/** Mean and spread over the seeds; the interval is that of all held-out pictures with the mean's accuracy. */
function table(file) {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  const groups = new Map(lines.map(({ way, program }) => [`${way} | ${program}`, []]));
  for (const line of lines) groups.get(`${line.way} | ${line.program}`).push(line);
  console.log(
    "| way | program | seeds | validation | test | both: mean (least to most) | 95 % | test loss |",
  );
  console.log("|---|---|---|---|---|---|---|---|");
  for (const [name, runs] of groups) {
    const mean = (value) => runs.reduce((sum, one) => sum + value(one), 0) / runs.length;
    const share =
      (...splits) =>
      (one) =>
        splits.reduce((sum, split) => sum + one[split].right, 0) /
        splits.reduce((sum, split) => sum + one[split].total, 0);
    const both = share("validation", "test");
    const all = runs.map(both);
    const total = runs[0].validation.total + runs[0].test.total;
    const interval = wilsonInterval(mean(both) * total, total)
      .map(percent)
      .join(" to ");
    const cells = [
      name,
      runs.length,
      percent(mean(share("validation"))),
      percent(mean(share("test"))),
      `${percent(mean(both))} (${percent(Math.min(...all))} to ${percent(Math.max(...all))})`,
      interval,
      mean(({ test }) => test.loss).toFixed(3),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

const [job, ...rest] = process.argv.slice(2);
if (job === "table") table(rest[0]);
else await run(rest[0].split(","), rest[1].split(",").map(Number), ...rest.slice(2).map(Number));
