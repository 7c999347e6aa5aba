import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { presetPipeline } from "../../src/augmentation/presets.ts";
import type { Budget } from "../../src/recipes/comparison/budget.ts";
import { comparisonData } from "../../src/recipes/comparison/comparisonData.ts";
import type { ComparisonHooks, ComparisonRequest } from "../../src/recipes/comparison/comparisonRequest.ts";
import { methodCalls } from "../../src/recipes/comparison/methodCalls.ts";
import { commonRequest, materialOf, runsFolder } from "../../src/recipes/comparison/methodMaterials.ts";
import { earlierRuns, runMethods } from "../../src/recipes/comparison/runMethods.ts";
import { FinishedRuns } from "../../src/recipes/phases/finishedRuns.ts";
import { pretrainEncoder } from "../../src/recipes/pretrainEncoder.ts";
import { trainingDefaults } from "../../src/recipes/request/trainingDefaults.ts";
import { trainClassifier } from "../../src/recipes/trainClassifier.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";

describe("a budget that runs out in the middle of a comparison", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await temporaryFolder("comparison-budget");
    await writeStripes(path.join(folder, "photos"), ["a", "b"], 8);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const requestFor = (name: string, methods: string, epochs: number): ComparisonRequest => ({
    ...trainingDefaults,
    data: path.join(folder, "photos"),
    base: "small",
    methods,
    seeds: 1,
    epochs,
    imageSize: 24,
    augmentation: { name: "flip", pipeline: presetPipeline("flip"), draws: "fresh", seed: 0 },
    out: path.join(folder, name),
    store: path.join(folder, "store"),
    commandLine: "test",
  });

  /** All methods are planned to take a second; the budget is used up once `isOver` says so of a progress event. */
  async function runAll(request: ComparisonRequest, isOver: (phase: string, done: number) => boolean) {
    const end = new AbortController();
    const warnings: string[] = [];
    const hooks: ComparisonHooks = {
      onProgress({ phase, done }) {
        if (isOver(phase, done)) end.abort();
      },
      onWarning: (text) => void warnings.push(text),
    };
    const budget: Budget = {
      seconds: 60,
      left: () => (end.signal.aborted ? 0 : 60),
      signal: () => end.signal,
    };
    const calls = methodCalls(request.methods);
    const work = {
      request,
      known: await comparisonData(commonRequest(request), {}),
      budget,
      hooks,
      finished: new FinishedRuns(runsFolder(request), "comparison"),
      jobs: { train: trainClassifier, pretrain: pretrainEncoder },
      material: (call: (typeof calls)[number], seed: number) =>
        materialOf(request, { trainingImages: request.data }, call, seed),
    };
    const planned = calls.map(({ id }) => {
      return { id, forwards: 0, seconds: { first: 1, further: 1 }, runs: 1, finished: 0 };
    });
    const earlier = await earlierRuns(calls, work);
    return { ...(await runMethods(calls, planned, earlier, work)), warnings };
  }

  it("keeps what is finished, names the rest, and is gone on with from the checkpoint", async () => {
    const request = requestFor("first", "nearest-mean,fast,ridge", 300);
    const first = await runAll(request, (phase, done) => phase === "fast, seed 0: train" && done > 100);
    expect(first.runs.map(({ method }) => method)).toEqual(["nearest-mean"]);
    expect(first.leftOut).toEqual([
      {
        method: "fast",
        reason:
          "the budget of 60 s ran out in its run with seed 0, which took longer than planned. What it has is kept: the same command with a larger --budget goes on there",
      },
      {
        method: "ridge",
        reason: "the budget of 60 s was used up: what came before took longer than planned",
      },
    ]);
    expect(first.warnings.join()).toContain("fast, seed 0: the budget of 60 s ran out");
    expect(existsSync(path.join(request.out, "runs", "fast-seed0.run", "checkpoint.safetensors"))).toBe(true);

    const steps: number[] = [];
    const second = await runAll(request, (phase, done) => {
      if (phase === "fast, seed 0: train") steps.push(done);
      return false;
    });
    expect(second.leftOut).toEqual([]);
    expect(second.runs.map(({ method }) => method)).toEqual(["nearest-mean", "fast", "ridge"]);
    expect(second.runs[0]).toEqual(first.runs[0]);
    expect(second.runs[1]!.isContinued).toBe(true);
    expect(Math.min(...steps)).toBeGreaterThan(1);

    const straight = await runAll(requestFor("straight", "fast", 300), () => false);
    expect(second.runs[1]!.answers).toEqual(straight.runs[0]!.answers);
  }, 60_000);

  it("does not pretrain an encoder twice", async () => {
    const request = requestFor("encoder", "autoencoder", 1);
    const before: string[] = [];
    const first = await runAll(request, (phase) => {
      before.push(phase);
      return phase === "autoencoder, seed 0: features";
    });
    expect(first.runs).toEqual([]);
    expect(first.leftOut[0]!.reason).toContain("ran out in its run with seed 0");
    const after: string[] = [];
    const second = await runAll(request, (phase) => {
      after.push(phase);
      return false;
    });
    // Only pretraining decodes all images for itself.
    expect(before).toContain("autoencoder, seed 0: decode");
    expect(after).not.toContain("autoencoder, seed 0: decode");
    expect(second.runs).toHaveLength(1);
    expect(second.runs[0]!.seconds["pretrain"]).toBeGreaterThan(0);
  }, 60_000);
});
