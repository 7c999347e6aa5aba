import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { dense } from "../../src/layers/index.ts";
import { l2 } from "../../src/layers/regularizers.ts";
import { sequential } from "../../src/models/index.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { compileModel, evaluate, predict } from "../../src/training/index.ts";
import { frozenBaseAndHead, smallHead, smallPictures, smallProblem } from "../support/smallProblem.ts";

describe("predict", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start({ workers: 2 });
  });
  afterAll(async () => {
    await engine.close();
  });

  it.each([1, 2, 3, 20])("gives a sample the same bits in batches of %i", async (batchSize) => {
    const model = frozenBaseAndHead();
    const { x } = smallPictures(21);
    const whole = await predict(model, x, { batchSize: 21, engine });
    const parts = await predict(model, x, { batchSize, engine });
    expect(parts.shape).toEqual([21, 1]);
    expect(parts.data).toEqual(whole.data);
    const alone = await predict(model, float32([1, 6, 6, 2], x.data.slice(0, 72)), { engine });
    expect(alone.data[0]).toBe(whole.data[0]);
  });

  it("gives evaluate the same loss and accuracy as its own outputs", async () => {
    const { x, y } = smallProblem(41);
    const model = smallHead();
    const compiled = compileModel(model, { loss: "bce", metrics: ["accuracy"] });
    const logs = await evaluate(compiled, x, y, { engine, batchSize: 9 });
    const { data } = await predict(model, x, { engine });
    const right = [...data].filter((p, i) => Number(p > 0.5) === y[i]).length;
    const loss = [...data].reduce((sum, p, i) => sum - Math.log(y[i] === 1 ? p : 1 - p), 0) / y.length;
    expect(logs["accuracy"]).toBe(right / 41);
    expect(logs["loss"]).toBeCloseTo(loss, 5);
  });

  it("counts penalties into evaluate's loss", async () => {
    const { x, y } = smallProblem(12);
    const head = (factor: number) =>
      sequential({
        seed: 1,
        layers: [dense({ units: 1, activation: "sigmoid", inputShape: [16], kernelRegularizer: l2(factor) })],
      });
    const lossOf = async (factor: number) =>
      (await evaluate(compileModel(head(factor), { loss: "bce" }), x, y, { engine, batchSize: 5 }))["loss"]!;
    const squares = head(0)
      .getWeights()[0]!
      .data.reduce((sum, weight) => sum + weight * weight, 0);
    expect((await lossOf(0.1)) - (await lossOf(0))).toBeCloseTo(0.1 * squares, 5);
  });

  it("returns feature maps as users see them", async () => {
    const { x } = smallPictures(2);
    const base = frozenBaseAndHead().layers[0];
    const model = base as ReturnType<typeof sequential>;
    expect((await predict(model, x, { engine })).shape).toEqual([2, 2, 2, 3]);
  });

  it("refuses samples of another shape", async () => {
    const wrong = predict(smallHead(), float32([2, 4], new Float32Array(8)), { engine });
    await expect(wrong).rejects.toThrow("expected samples of shape [16], got [4]");
  });
});
