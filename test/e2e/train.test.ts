import { readdir, readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { type CliRun, lastEvent } from "../support/runCli.ts";
import { small, stripeClasses, type Workplace, workplace } from "../support/workplace.ts";

const unit = expect.toSatisfy((value: unknown) => typeof value === "number" && value >= 0 && value <= 1);

const scoresSchema = {
  samples: expect.any(Number),
  loss: expect.any(Number),
  accuracy: unit,
  accuracyInterval: [unit, unit],
  perClass: stripeClasses.map((className) => ({
    className,
    precision: unit,
    recall: unit,
    f1: unit,
    support: expect.any(Number),
  })),
  macro: { precision: unit, recall: unit, f1: unit },
  confusion: stripeClasses.map(() => stripeClasses.map(() => expect.any(Number))),
};

const resultSchema = {
  event: "result",
  classes: stripeClasses,
  samples: { train: expect.any(Number), validation: expect.any(Number) },
  skipped: [],
  metrics: { train: scoresSchema, validation: scoresSchema },
  history: {
    loss: expect.any(Array),
    accuracy: expect.any(Array),
    val_loss: expect.any(Array),
    val_accuracy: expect.any(Array),
  },
  forwards: { computed: 36, reused: 0 },
  cut: expect.stringContaining("576 numbers a sample"),
  trainableParameters: 3 * 577,
  warnings: [],
  bundle: "first",
  report: expect.stringMatching(/^first.report\.html$/),
  numericsClass: expect.stringContaining("onnxruntime-node"),
  seconds: expect.objectContaining({
    features: expect.any(Number),
    train: expect.any(Number),
    save: expect.any(Number),
  }),
};

describe("train --json", () => {
  let place: Workplace;
  let first: CliRun;

  beforeAll(async () => {
    place = await workplace("train", 12);
    first = await place.run(["train", "photos", ...small, "--epochs", "4", "--out", "first", "--json"]);
  }, 60_000);

  it("ends with 0 and prints nothing but JSON on stdout", () => {
    expect(first.stderr).not.toMatch(/warning:|error:/);
    expect(first.code).toBe(0);
    const lines = first.stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).event)).toEqual([
      "phase",
      "epoch",
      "epoch",
      "epoch",
      "epoch",
      "result",
    ]);
  });

  it("tells of every epoch", () => {
    const epochs = first.events.filter(({ event }) => event === "epoch");
    epochs.forEach((event, index) => {
      expect(event).toEqual({
        event: "epoch",
        epoch: index + 1,
        loss: expect.any(Number),
        accuracy: unit,
        val_loss: expect.any(Number),
        val_accuracy: unit,
      });
    });
  });

  it("ends with a result of the documented form", () => {
    expect(first.events.at(-1)).toMatchObject(resultSchema);
  });

  it("puts every image into one split", () => {
    const { samples } = first.events.at(-1) as unknown as { samples: Record<string, number> };
    expect(samples["train"]! + samples["validation"]!).toBe(36);
    expect(samples["validation"]).toBeGreaterThan(0);
  });

  it("leaves a bundle with a report, and nothing beside it", async () => {
    expect((await readdir(place.at("first"))).sort()).toEqual([
      "head.safetensors",
      "permafrost.json",
      "report.html",
      "report.json",
    ]);
    expect(await readFile(place.at("first", "report.html"), "utf8")).toContain("</html>");
    expect((await readdir(place.folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("computes no feature again for another head and learning rate", async () => {
    const other = ["--head", "dense:16,dropout:0.2", "--learning-rate", "0.01", "--optimizer", "rmsprop"];
    const run = await place.run([
      "train",
      "photos",
      ...small,
      "--epochs",
      "1",
      ...other,
      "--out",
      "second",
      "--json",
    ]);
    expect(run.code).toBe(0);
    expect(lastEvent(run, "result")).toMatchObject({
      forwards: { computed: 0, reused: 36 },
      bundle: "second",
    });
  });

  it("gives the same bytes of weights for the same command", async () => {
    const again = ["train", "photos", ...small, "--epochs", "4", "--out", "again", "--json"];
    expect((await place.run(again)).code).toBe(0);
    const [one, two] = await Promise.all(
      ["first", "again"].map((name) => readFile(place.at(name, "head.safetensors"))),
    );
    expect(one!.equals(two!)).toBe(true);
  });

  it("says in plain words what it did, results on stdout", async () => {
    const run = await place.run(["train", "photos", ...small, "--epochs", "1"]);
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("Classes: across, slanted, upright");
    expect(run.stdout).toMatch(/^validation +\d+ +[\d.]+ % +[\d.]+ % to [\d.]+ % /m);
    expect(run.stdout).toContain("Validation pictures may have guided choices");
    expect(run.stdout).toMatch(/^Fewer than 10 images of "across", "slanted", "upright"/m);
    expect(run.stdout).toContain("0 forwards computed, 36 features reused from the store");
    expect(run.stdout).toMatch(/^Bundle: runs.photos$/m);
    expect(run.stdout).toMatch(/^Report: runs.photos.report\.html$/m);
  });

  it("takes a manifest with splits and weights, and balances classes", async () => {
    const { writeFile } = await import("node:fs/promises");
    const rows = stripeClasses.flatMap((className) =>
      Array.from({ length: 8 }, (_, n) => {
        const split = n < 5 ? "train" : n < 7 ? "validation" : "test";
        return `photos/${className}/${n}.png,${className},${split},${n === 0 ? 2 : 1}`;
      }),
    );
    await writeFile(place.at("labels.csv"), `path,label,split,weight\n${rows.join("\n")}\n`);
    const words = ["labels.csv", ...small, "--epochs", "2", "--class-weight", "balanced", "--embed-base"];
    const run = await place.run(["train", ...words, "--out", "manifest", "--json"]);
    expect(run.code).toBe(0);
    expect(lastEvent(run, "result")).toMatchObject({
      samples: { train: 15, validation: 6, test: 3 },
      forwards: { computed: 0, reused: 24 },
    });
    expect(await readdir(place.at("manifest"))).toContain("base.safetensors");
  });
});
