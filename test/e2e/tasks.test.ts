import { readFile, writeFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { lastEvent } from "../support/runCli.ts";
import { small, stripeClasses, type Workplace, workplace } from "../support/workplace.ts";

let place: Workplace;

/** Each class has labels and values of its own. */
const labels = ["lines;flat", "lines", ""];
const values = [
  [200, 1],
  [100, 2],
  [300, 4],
] as const;

beforeAll(async () => {
  place = await workplace("tasks", 10);
  const files = stripeClasses.flatMap((name, index) =>
    Array.from({ length: 10 }, (_, number) => ({ file: `${name}/${number}.png`, index })),
  );
  const rows = (header: string, row: (index: number) => string) =>
    [header, ...files.map(({ file, index }) => `${file},${row(index)}`)].join("\n");
  await writeFile(
    place.at("labels.csv"),
    rows("file,labels", (index) => labels[index]!),
  );
  await writeFile(
    place.at("values.csv"),
    rows("file,price,size", (index) => values[index]!.join()),
  );
}, 60_000);

const train = (task: string, table: string, ...more: string[]) =>
  place.run([
    "train",
    "photos",
    "--task",
    task,
    "--labels",
    table,
    ...small,
    "--epochs",
    "20",
    "--batch-size",
    "8",
    ...more,
    "--json",
  ]);

describe("a table that lacks images of the folder", () => {
  it("is used with a warning that counts them", async () => {
    await writeFile(place.at("few.csv"), "file,x\nacross/1.png,1\nacross/2.png,2\nupright/1.png,3\n");
    const run = await place.run(["plan", "photos", "--task", "regression", "--labels", "few.csv", "--json"]);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(
      /warning: few\.csv has no row for 27 of the 30 images in .*: across\/0\.png, .* and 22 more\.$/m,
    );
  });
});

describe("several labels an image", () => {
  it("are learned, evaluated, predicted and verified from a table", async () => {
    const trained = lastEvent(await train("multilabel", "labels.csv", "--out", "labels"), "result");
    expect(trained["classes"]).toEqual(["flat", "lines"]);
    expect(trained["metrics"]).toMatchObject({ validation: { task: "multilabel", meanAveragePrecision: 1 } });
    const evaluated = await place.run([
      "evaluate",
      "labels",
      "photos",
      "--labels",
      "labels.csv",
      "--split",
      "all",
      "--json",
    ]);
    expect(lastEvent(evaluated, "result")["scores"]).toMatchObject({ samples: 30, meanAuc: 1 });
    expect(lastEvent(evaluated, "prediction")).toMatchObject({ trueLabels: [] });
    const predicted = await place.run(["predict", "labels", "photos/across/1.png", "--json"]);
    const judged = evaluated.events.find(({ path: file }) => String(file).endsWith("across/1.png"));
    expect(lastEvent(predicted, "prediction")["probabilities"]).toEqual(judged?.["probabilities"]);
    const report = await readFile(place.at("labels", "report.html"), "utf8");
    expect(report).toContain("Label by label");
    const verified = await place.run([
      "verify",
      "photos",
      "--task",
      "multilabel",
      "--labels",
      "labels.csv",
      ...small,
      "--steps",
      "3",
    ]);
    expect(verified.code).toBe(0);
  }, 120_000);

  it("need a table, and an image's class has no weight", async () => {
    const lonely = await place.run(["train", "photos", "--task", "multilabel"]);
    expect([lonely.code, lonely.stderr]).toEqual([1, expect.stringContaining("Give --labels")]);
    const weighted = await train("multilabel", "labels.csv", "--class-weight", "balanced");
    expect(weighted.stdout + weighted.stderr).toContain("an image has no class");
  }, 60_000);
});

describe("values of an image", () => {
  it("are learned and given in their own units, whatever their size", async () => {
    const trained = lastEvent(await train("regression", "values.csv", "--out", "values"), "result");
    const { train: seen } = trained["metrics"] as Record<string, { meanR2: number }>;
    expect(seen!.meanR2).toBeGreaterThan(0.8);
    const predicted = await place.run(["predict", "values", "photos/across/1.png", "--json"]);
    const { price, size } = lastEvent(predicted, "prediction")["values"] as Record<string, number>;
    expect(Math.abs(price! - 200)).toBeLessThan(60);
    expect(Math.abs(size! - 1)).toBeLessThan(1);
    const report = await readFile(place.at("values", "report.html"), "utf8");
    expect(report).toContain("Largest errors");
    const inspected = lastEvent(await place.run(["inspect", "values", "--json"]), "bundle");
    expect(inspected).toMatchObject({ task: "regression", version: 2, classes: ["price", "size"] });
  }, 120_000);

  it("are explained as what they are, also where there is one alone", async () => {
    const rows = (await readFile(place.at("values.csv"), "utf8")).split("\n");
    const [head] = rows;
    const wanted = head!.split(",").flatMap((name, at) => (name === "size" ? [] : [at]));
    const short = rows.map((row) => wanted.map((at) => row.split(",")[at]).join(","));
    await writeFile(place.at("price.csv"), short.join("\n"));
    await train("regression", "price.csv", "--out", "price");
    const words = ["explain", "price", "photos/across/1.png", "--method", "occlusion"];
    const told = await place.run([...words, "--out", "told"]);
    expect(told.stdout).toMatch(/price \d+(\.\d+)? +told/);
    const { heatmap, probability } = lastEvent(
      await place.run([...words, "--out", "explained", "--json"]),
      "explanation",
    ) as unknown as { heatmap: { score: number }; probability: number };
    expect(heatmap.score / probability).toBeCloseTo(1, 4);
    const page = await readFile(place.at("explained", "report.html"), "utf8");
    expect(page).toContain("speaks for the value");
    expect(page).not.toContain("class&#39;s");
  }, 120_000);
});
