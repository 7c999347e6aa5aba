import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { presetPipeline } from "../../src/augmentation/presets.ts";
import { compareMethods } from "../../src/recipes/compareMethods.ts";
import type { ComparisonRequest } from "../../src/recipes/comparison/comparisonRequest.ts";
import { trainingDefaults } from "../../src/recipes/request/trainingDefaults.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";

describe("a comparison with a method that goes wrong", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await temporaryFolder("comparison-bad-input");
    await writeStripes(path.join(folder, "photos"), ["a", "b"], 8);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const requestFor = (out: string, methods: string, learningRate: number): ComparisonRequest => ({
    ...trainingDefaults,
    data: path.join(folder, "photos"),
    base: "small",
    methods,
    learningRate,
    seeds: 2,
    epochs: 3,
    imageSize: 24,
    augmentation: { name: "flip", pipeline: presetPipeline("flip"), draws: "fresh", seed: 0 },
    out: path.join(folder, out),
    store: path.join(folder, "store"),
    commandLine: "test",
  });

  it("names one whose numbers are none any more, once, and compares the others", async () => {
    const warnings: string[] = [];
    const { report } = await compareMethods(requestFor("diverged", "fast,ridge,knn", 1e38), {
      onWarning: (text) => void warnings.push(text),
    });
    expect(report.methods.map(({ method }) => method)).toEqual(["ridge", "knn"]);
    expect(report.pairs).toHaveLength(1);
    expect(report.leftOut).toEqual([{ method: "fast", reason: expect.stringMatching(/loss|diverged/) }]);
    expect(warnings.filter((text) => text.startsWith("fast, seed 0:"))).toHaveLength(1);
    // A second seed would end the same way.
    expect(warnings.some((text) => text.startsWith("fast, seed 1:"))).toBe(false);
  });

  it("is an error that says why where there is no other", async () => {
    await expect(compareMethods(requestFor("alone", "fast", 1e38))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(/none of the methods could be run; fast: .*(loss|diverged)/),
    });
  });

  it("says of one that gives all images the same class that it has learned nothing", async () => {
    const { report } = await compareMethods(requestFor("constant", "fast,ridge", 1e-30));
    expect(report.remarks).toContain(
      "fast gives every image the same class: it has learned nothing that tells them apart.",
    );
    expect(report.remarks.filter((text) => text.includes("the same class"))).toHaveLength(1);
    // Both right half of the time at most: intervals and tests are numbers all the same.
    for (const { value, interval } of report.methods.map(({ scores }) => scores.validation!.accuracy)) {
      expect([value, ...interval].every(Number.isFinite)).toBe(true);
    }
    expect(Number.isFinite(report.pairs[0]!.corrected)).toBe(true);
  });
});
