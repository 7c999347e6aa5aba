import { describe, expect, it } from "vitest";
import { dense, input } from "../../src/layers/index.ts";
import { Model } from "../../src/models/functional.ts";
import { sequential } from "../../src/models/index.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { compileModel } from "../../src/training/compiled/compile.ts";
import type { TrainingCompat } from "../../src/training/compiled/trainedWeights.ts";
import { fit } from "../../src/training/runs/fit.ts";

const x = float32(
  [4, 3],
  Float32Array.from({ length: 12 }, (_, index) => Math.sin(index)),
);
const y = Float32Array.of(0, 1, 1, 0);

/** A frozen model at the front of a Sequential. */
function frozenInFront() {
  const start = input({ shape: [3] });
  const base = new Model({
    inputs: start,
    outputs: dense({ units: 4, activation: "tanh" }).apply(start),
    name: "base",
  });
  base.trainable = false;
  const model = sequential({ layers: [base, dense({ units: 1, activation: "sigmoid" })], seed: 3 });
  return { base, model };
}

async function trained(compat?: TrainingCompat) {
  const { base, model } = frozenInFront();
  const compiled = compileModel(model, {
    loss: "binaryCrossentropy",
    optimizer: "sgd",
    ...(compat === undefined ? {} : { compat }),
  });
  const before = base.getWeights().map(({ data }) => data);
  const history = await fit(compiled, x, y, { epochs: 2, batchSize: 4 });
  const isSame = base
    .getWeights()
    .every(({ data }, index) => data.every((value, at) => value === before[index]![at]));
  return { compiled, model, isSame, history };
}

describe('compat: "keras-2.0.8"', () => {
  it("trains a model that is shown as frozen", async () => {
    const { compiled, model, isSame } = await trained("keras-2.0.8");
    expect(model.trainableWeights).toHaveLength(2);
    expect([...compiled.trained.keys()]).toHaveLength(4);
    expect(model.summary()).toContain("Non-trainable params: 16");
    expect(isSame).toBe(false);
  });

  it("is not what happens without it", async () => {
    const { compiled, isSame } = await trained();
    expect([...compiled.trained.keys()]).toEqual(["dense/kernel", "dense/bias"]);
    expect(isSame).toBe(true);
  });

  it("gives the losses of the same model without freezing", async () => {
    const { history } = await trained("keras-2.0.8");
    const { base, model } = frozenInFront();
    base.trainable = true;
    const honest = compileModel(model, { loss: "binaryCrossentropy", optimizer: "sgd" });
    const { history: expected } = await fit(honest, x, y, { epochs: 2, batchSize: 4 });
    expect(history.history).toEqual(expected);
  });
});
