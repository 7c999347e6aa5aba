import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trainingDefaults } from "../../src/recipes/request/trainingDefaults.ts";
import { type AxisTexts, searchAxes } from "../../src/recipes/sweep/searchSpace.ts";
import { sweepDefaults } from "../../src/recipes/sweep/sweepRequest.ts";
import { sweepHeads } from "../../src/recipes/sweepHeads.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";
import { lastEvent, runCli } from "../support/runCli.ts";

const folds = 3;

describe("a sweep", () => {
  let folder: string;
  const at = (...names: string[]) => path.join(folder, ...names);
  const request = (out: string, axes: Partial<AxisTexts>) => ({
    ...trainingDefaults,
    ...sweepDefaults,
    data: at("photos"),
    axes: searchAxes({ ...sweepDefaults, ...axes }),
    folds,
    epochs: 8,
    batchSize: 8,
    imageSize: 96,
    store: at("store"),
    out: at(out),
    commandLine: "permafrost sweep photos",
  });

  beforeAll(async () => {
    folder = await temporaryFolder("sweep");
    for (const split of ["train", "test"])
      await writeStripes(at("photos", split), ["flat", "steep"], split === "train" ? 12 : 6);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("goes on where it was stopped, to the same report", async () => {
    const axes = { learningRate: "1e-3,1e-2,1e-1", optimizer: "adam,sgd" };
    const whole = await sweepHeads(request("whole", axes));
    // Six candidates in each fold, and the best one for the test images.
    expect(whole.report.trainings).toEqual({ trained: 6 * folds + 1, kept: 0 });
    const stopping = new AbortController();
    const stopped = sweepHeads(request("part", axes), {
      signal: stopping.signal,
      onProgress: ({ phase, done }) => phase === "sweep" && done === 8 && stopping.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "INTERRUPTED" });
    const kept = readdirSync(at("part", "trainings")).length;
    expect(kept).toBeGreaterThanOrEqual(8);
    const { report } = await sweepHeads(request("part", axes));
    expect(report.trainings).toEqual({ trained: 6 * folds + 1 - kept, kept });
    const { trainings: _, created, seconds, forwards, candidates, ...found } = report;
    expect(forwards.computed).toBe(0);
    expect({ ...whole.report, ...found }).toEqual(whole.report);
    const withoutTimes = candidates.map(({ seconds: _seconds, ...candidate }) => candidate);
    expect(withoutTimes).toEqual(whole.report.candidates.map(({ seconds: _seconds, ...each }) => each));
  }, 60_000);

  it("takes a finished training for another sweep that asks for it, and for no other", async () => {
    const trained = async (more: object, axes: Partial<AxisTexts> = {}) =>
      (await sweepHeads({ ...request("grown", axes), ...more })).report.trainings;
    const all = folds + 1;
    expect(await trained({})).toEqual({ trained: all, kept: 0 });
    expect(await trained({}, { learningRate: "3e-3,1e-7" })).toEqual({ trained: folds, kept: all });
    expect(await trained({ seed: 1 })).toEqual({ trained: all, kept: 0 });
    expect(await trained({}, { cut: "block8" })).toEqual({ trained: all, kept: 0 });
  }, 60_000);

  it("prints the command that trains what it found: head, penalty, optimizer, rate, views and cut, without a forward", async () => {
    const { report } = await sweepHeads(
      request("found", {
        ...{ head: "dense:8+dropout:0.2", l2: "1e-3", optimizer: "rmsprop", learningRate: "5e-3" },
        ...{ augment: "flip", cut: "expanded_conv_7_add" },
      }),
    );
    const words = report.trainCommand!.split(" ").map((word) => (word === at("photos") ? "photos" : word));
    expect(words.join(" ")).toBe(
      `permafrost train photos --cut expanded_conv_7_add --head dense:8,dropout:0.2,l2:0.001 --optimizer rmsprop --learning-rate 0.005 --epochs 8 --batch-size 8 --augment flip --draws pool:2 --image-size 96 --store ${at("store")}`,
    );
    const run = await runCli([...words.slice(1), "--json"], { cwd: folder });
    const result = lastEvent(run, "result") as unknown as {
      readonly forwards: { readonly computed: number; readonly reused: number };
      readonly metrics: Readonly<Record<string, { readonly accuracy: number }>>;
    };
    expect(result.forwards.computed).toBe(0);
    expect(result.forwards.reused).toBeGreaterThan(0);
    // Stripes that are flat or steep: the sweep's own accuracy on the test images, and far from chance.
    expect(report.test!.accuracy).toBeGreaterThan(0.8);
    expect(result.metrics["test"]!.accuracy).toBeGreaterThan(0.8);
  }, 60_000);
});
