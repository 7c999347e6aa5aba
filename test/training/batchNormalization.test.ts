import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2D,
  globalAveragePooling2D,
  input,
  relu,
} from "../../src/layers/index.ts";
import { Model } from "../../src/models/functional.ts";
import { sequential } from "../../src/models/index.ts";
import { sgd } from "../../src/optimizers/index.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { compileModel } from "../../src/training/compiled/compile.ts";
import { buildPhase } from "../../src/training/graphs/stepGraph.ts";
import { BackupAndRestore, type Callback, EarlyStopping, evaluate, fit } from "../../src/training/index.ts";
import type { FitOptions } from "../../src/training/runs/fitOptions.ts";
import { labelSamples } from "../../src/training/samples/labelSamples.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";
import { trainInProcess } from "../support/inProcessTraining.ts";
import { bitsOf, smallPictures } from "../support/smallProblem.ts";

interface Case {
  readonly kind: "training" | "frozen" | "inference" | "shared";
  readonly paths: readonly string[];
  readonly losses: readonly number[];
  readonly initial: readonly GoldenArray[];
  readonly final: readonly GoldenArray[];
}

const golden = goldenFile<{
  readonly batchSize: number;
  readonly x: GoldenArray;
  readonly labels: readonly number[];
  readonly cases: readonly Case[];
}>("batchNormalization");

/** The network of test/golden/batchNormalization.py. */
function network(kind: Case["kind"]): Model {
  const inputs = input({ shape: [6, 5, 2] });
  const unbiased = { kernelSize: 3, useBias: false } as const;
  let x = conv2d({ filters: 4, padding: "same", name: "low", ...unbiased }).apply(inputs);
  const first = batchNormalization({ momentum: 0.9, name: "low_bn", trainable: kind !== "frozen" });
  x = first.apply(x, kind === "inference" ? { training: false } : {});
  x = relu().apply(x);
  if (kind === "shared") x = first.apply(conv2d({ filters: 4, name: "middle", ...unbiased }).apply(x));
  x = depthwiseConv2D({ padding: "same", strides: 2, name: "high", ...unbiased }).apply(x);
  x = batchNormalization({ momentum: 0.8, epsilon: 0.01, name: "high_bn", scale: false }).apply(x);
  x = globalAveragePooling2D().apply(x);
  x = batchNormalization({ momentum: 0.5, name: "row_bn", center: false }).apply(x);
  return new Model({ inputs, outputs: dense({ units: 1, activation: "sigmoid", name: "head" }).apply(x) });
}

describe("30 steps with BatchNormalization agree with real Keras", () => {
  it.each(golden.cases.map((one) => [one.kind, one] as const))("%s", async (kind, one) => {
    const model = network(kind);
    model.setWeights(one.initial.map(decodeArray));
    const compiled = compileModel(model, {
      optimizer: sgd({ learningRate: 0.05 }),
      loss: "binary_crossentropy",
    });
    const training = await trainInProcess(
      compiled,
      labelSamples(compiled, decodeArray(golden.x), golden.labels),
    );
    for (const [step, expected] of one.losses.entries()) {
      const rows = Array.from({ length: golden.batchSize }, (_, row) => golden.batchSize * (step % 5) + row);
      expect(Math.abs((await training.step(rows)) / expected - 1), `step ${step}`).toBeLessThan(1e-5);
    }
    const changed = training.weights();
    await training.close();
    const parameters = model.namedParameters();
    for (const [at, name] of one.paths.entries()) {
      const parameter = parameters.get(name)!;
      const values = changed.get(name);
      if (values !== undefined) parameter.setEngineLayout(values);
      const [reached, expected] = [parameter.get().data, decodeArray(one.final[at]!).data];
      const scale = Math.max(...expected.map(Math.abs));
      for (const [index, value] of expected.entries())
        expect.soft(Math.abs(reached[index]! - value) / scale, name).toBeLessThan(2e-5);
    }
    const kept = one.paths.filter((name) => !changed.has(name));
    const statistics = ["low_bn/moving_mean", "low_bn/moving_variance"];
    if (kind === "frozen") expect(kept).toEqual(["low_bn/gamma", "low_bn/beta", ...statistics]);
    else expect(kept).toEqual(kind === "inference" ? statistics : []);
  });
});

const { x, y } = smallPictures(25);

/** A frozen base with a normalization of its own, then a trained one without weights to train, then one with. */
function baseAndHead() {
  const base = sequential({
    name: "base",
    layers: [
      conv2d({ filters: 4, kernelSize: 3, inputShape: [6, 6, 2] }),
      batchNormalization(),
      relu(),
      conv2d({ filters: 3, kernelSize: 3 }),
    ],
  });
  base.trainable = false;
  return sequential({
    layers: [
      base,
      batchNormalization({ momentum: 0.8, center: false, scale: false, name: "statistics_only" }),
      globalAveragePooling2D(),
      dense({ units: 4 }),
      batchNormalization({ momentum: 0.8 }),
      dense({ units: 1, activation: "sigmoid" }),
    ],
  });
}

async function trained(options: FitOptions = {}) {
  const model = baseAndHead();
  const before = bitsOf(model);
  const compiled = compileModel(model, {
    loss: "binary_crossentropy",
    optimizer: sgd({ learningRate: 0.1 }),
  });
  // 25 samples in batches of 8: a lone one is left.
  const { history } = await fit(compiled, x, y, { batchSize: 8, epochs: 3, ...options });
  return { model, compiled, history, before, after: bitsOf(model) };
}

describe("training with BatchNormalization", () => {
  it("changes the moving statistics of what is not frozen, and nothing else that is not trained", async () => {
    const { model, compiled, before, after } = await trained();
    expect([...compiled.statistics.keys()]).toEqual([
      "statistics_only/moving_mean",
      "statistics_only/moving_variance",
      "batch_normalization/moving_mean",
      "batch_normalization/moving_variance",
    ]);
    const changed = [...model.namedParameters().keys()].filter(
      (_, index) => `${before[index]}` !== `${after[index]}`,
    );
    expect(changed).toEqual([...model.namedParameters().keys()].filter((name) => !name.startsWith("base/")));
  });

  it("cuts in front of the first normalization by the batch, also one without weights to train", () => {
    const compiled = compileModel(baseAndHead(), { loss: "mse" });
    for (const mode of ["train", "infer"] as const) {
      const { prefix } = buildPhase(compiled, { mode, targetShapes: [[1]], splitPrefix: true, seed: 0 });
      expect(prefix?.outputs.map(({ type }) => type.shape)).toEqual([["batch", 3, 2, 2]]);
      expect(prefix?.nodes.map(({ op }) => op.name)).not.toContain("batchNormTraining");
    }
  });

  it("has the same bits when the frozen part runs apart, with a lone sample in the last batch", async () => {
    const validationData = [x, y] as const;
    const split = await trained({ validationData });
    const plain = await trained({ validationData, oncePerSample: false });
    expect(split.history).toEqual(plain.history);
    expect(split.after).toEqual(plain.after);
  });

  it("measures validation samples by the moving statistics, as evaluate does", async () => {
    const { compiled, history } = await trained({ validationData: [x, y] });
    const { loss } = await evaluate(compiled, x, y);
    expect(loss).toBeCloseTo(history["val_loss"]!.at(-1)!, 6);
  });

  it("goes on from a checkpoint with the bits of a run that was never stopped", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "permafrost-statistics-"));
    try {
      const whole = await trained();
      const backup = () => new BackupAndRestore({ backupDir: folder });
      const bomb: Callback = {
        onEpochBegin(epoch) {
          if (epoch === 2) throw new Error("killed");
        },
      };
      await expect(trained({ callbacks: [backup(), bomb] })).rejects.toThrow("killed");
      const resumed = await trained({ callbacks: [backup()] });
      expect(resumed.after).toEqual(whole.after);
      expect(resumed.history).toEqual(whole.history);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("puts the statistics of the best epoch back with its weights", async () => {
    const atEnd: (readonly number[][])[] = [];
    const model = baseAndHead();
    const watch: Callback = { onEpochEnd: () => void atEnd.push(bitsOf(model)) };
    // The loss cannot fall by so much: the first epoch stays the best.
    const stop = new EarlyStopping({ monitor: "loss", minDelta: 100, restoreBestWeights: true, patience: 9 });
    const compiled = compileModel(model, { loss: "binary_crossentropy", optimizer: "sgd" });
    await fit(compiled, x, y, { epochs: 3, batchSize: 8, callbacks: [watch, stop] });
    expect(atEnd[1]).not.toEqual(atEnd[0]);
    expect(bitsOf(model)).toEqual(atEnd[0]);
  });

  it("leaves the statistics as they were when a loss is no number", async () => {
    const model = baseAndHead();
    const compiled = compileModel(model, { loss: "binary_crossentropy", optimizer: "sgd" });
    const damaged = float32(x.shape, x.data.slice());
    // Numbers, but too large: their sums are infinite in both directions.
    damaged.data.subarray(5 * 72, 6 * 72).forEach((_, i, pixels) => {
      pixels[i] = i % 2 === 0 ? 3e38 : -3e38;
    });
    const training = await trainInProcess(compiled, labelSamples(compiled, damaged, y));
    await training.step([0, 1, 2]);
    const before = training.weights();
    const broken = await training.step([4, 5, 6]);
    const after = training.weights();
    await training.close();
    expect(broken).toBeNaN();
    expect(after).toEqual(before);
  });
});
