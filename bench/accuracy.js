/**
 * Accuracy on real photographs: the head alone on the embedded base; the head, then the last three
 * blocks or the whole base with it; and a small base from random weights, or from an autoencoder. bench/peers/fine_tune.py
 * does the first three in PyTorch. A JSON line for each run; from such lines of both programs, `table` makes a table.
 *
 *     npm run build && node bench/accuracy.js run <ways> <seeds> [images a class] [head epochs] [further] [pixels] >> lines
 *     node bench/accuracy.js run head,last:3,all 0,1,2 500 4 2 160 >> lines
 *     node bench/accuracy.js run small:frozen,small:all,autoencoder:frozen,autoencoder:all 0,1,2 500 4 6 >> lines
 *     node bench/accuracy.js table lines
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { wilsonInterval } from "../dist/evaluation/interval.js";
import { pretrain, trainClassifier } from "../dist/index.js";

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

/** What the ways do beside the common recipe; those of `small` have no recipe of phases, and 64 pixels. */
const ways = {
  head: ({ epochs, headEpochs }) => ({ epochs: headEpochs + epochs }),
  "last:3": (recipe) => phases("last:3", recipe),
  all: (recipe) => phases("all", recipe),
  "small:frozen": small,
  "small:all": (recipe) => ({ ...small(recipe), ...wholly }),
  "autoencoder:frozen": async (recipe) => ({ ...small(recipe), base: await encoder(recipe) }),
  "autoencoder:all": async (recipe) => ({ ...small(recipe), ...wholly, base: await encoder(recipe) }),
};

const wholly = { unfreeze: "all", learningRate: 1e-3 };

function phases(unfreeze, { epochs, headEpochs }) {
  return { recipe: "fine-tune", unfreeze, headEpochs, epochs: headEpochs + epochs };
}

function small({ epochs, headEpochs }) {
  return { base: "small", imageSize: 64, epochs: headEpochs + epochs };
}

/** The bundle of an encoder that was pretrained on all training pictures, without labels, for as many epochs. */
async function encoder({ seed, work, epochs, headEpochs }) {
  const out = path.join(work, `encoder-${seed}`);
  const pictures = { data: path.join(folder, "train"), store: path.join(work, "store") };
  if (!existsSync(out)) await pretrain({ ...pictures, out, seed, epochs: headEpochs + epochs });
  return out;
}

/** Trains one way with one seed. */
function train(way, { seed, images, work, ...settings }) {
  return trainClassifier({
    data: manifest(path.join(work, "pictures.csv"), images),
    store: path.join(work, "store"),
    out: path.join(work, `${way.replace(/\W+/g, "-")}-${seed}`),
    seed,
    ...settings,
  });
}

async function run(names, seeds, images = 1000, headEpochs = 8, epochs = 3, imageSize = 224) {
  const work = process.env.ACCURACY_WORK ?? mkdtempSync(path.join(os.tmpdir(), "accuracy-"));
  mkdirSync(work, { recursive: true });
  const recipe = { headEpochs, epochs };
  for (const way of names) {
    for (const seed of seeds) {
      const start = performance.now();
      const settings = { imageSize, ...(await ways[way]({ ...recipe, seed, work })) };
      const { metrics, history } = await train(way, { images, seed, work, ...settings });
      const scores = Object.fromEntries(
        ["validation", "test"].map((split) => {
          const { accuracy, samples, loss } = metrics[split];
          return [split, { right: Math.round(accuracy * samples), total: samples, loss }];
        }),
      );
      const seconds = Math.round((performance.now() - start) / 1000);
      const line = { program: "Permafrost", way, seed, images, ...recipe, imageSize: settings.imageSize };
      console.log(JSON.stringify({ ...line, ...scores, losses: history.loss, seconds }));
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
  const order = Object.keys(ways);
  lines.sort((a, b) => order.indexOf(a.way) - order.indexOf(b.way));
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
