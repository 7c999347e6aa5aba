import { describe, expect, it } from "vitest";
import { dense } from "../../src/layers/index.ts";
import { sequential } from "../../src/models/index.ts";
import { adam } from "../../src/optimizers/index.ts";
import { buildProgram } from "../../src/training/graphs/buildProgram.ts";
import { estimateTrainingMemory, expectMemory } from "../../src/training/graphs/trainingMemory.ts";
import { arrayRows, type Callback, compileModel, evaluate, fit } from "../../src/training/index.ts";
import { frozenBaseAndHead, smallHead, smallProblem } from "../support/smallProblem.ts";

function compiledHead() {
  return compileModel(smallHead(), { optimizer: adam({ learningRate: 0.01 }), loss: "binary_crossentropy" });
}

describe("values that are no numbers", () => {
  it.each([
    ["NaN", Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY],
  ])("%s in an array is refused before the first step, naming the sample", async (_, value) => {
    const { x, y } = smallProblem(40);
    x.data[16 * 23 + 5] = value;
    const message =
      /expected finite numbers, got (NaN|Infinity) in sample 23 \(counted from 0\), number 5 of it/;
    await expect(fit(compiledHead(), x, y)).rejects.toThrow(message);
    await expect(evaluate(compiledHead(), x, y)).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("in a source of samples are found when the loss shows them", async () => {
    const { x, y } = smallProblem(40);
    x.data[16 * 7] = Number.NaN;
    const source = arrayRows(x.data, [16]);
    await expect(fit(compiledHead(), source, y, { batchSize: 8 })).rejects.toMatchObject({
      code: "DATA_INVALID",
      details: { sample: 7, place: 0 },
    });
  });
});

describe("a callback that fails", () => {
  it("ends the run; the model keeps the weights of the last step, and the error says so", async () => {
    const { x, y } = smallProblem(40);
    const options = { batchSize: 8, shuffle: false, threads: 1 } as const;
    const reached = compiledHead();
    const failing: Callback = {
      onTrainBatchEnd(batch) {
        if (batch === 2) throw new Error("no more paper");
      },
    };
    await expect(fit(reached, x, y, { ...options, callbacks: [failing] })).rejects.toMatchObject({
      code: "INTERRUPTED",
      message: expect.stringMatching(
        /no more paper .*after 3 updates in all; the model keeps the weights of the last/,
      ) as string,
      cause: expect.objectContaining({ message: "no more paper" }) as Error,
    });
    const stopping: Callback = {
      onTrainBatchEnd(batch, _logs, control) {
        if (batch === 2) control.stopTraining = true;
      },
    };
    const stopped = compiledHead();
    await fit(stopped, x, y, { ...options, callbacks: [stopping] });
    expect(reached.model.getWeights()).toEqual(stopped.model.getWeights());
    expect(reached.state).toEqual(stopped.state);
  });
});

describe("steps of an epoch", () => {
  it("go on over the samples where the last epoch ended", async () => {
    const { x, y } = smallProblem(24);
    const options = { batchSize: 8, threads: 1, seed: 5 } as const;
    const whole = compiledHead();
    const whole6 = await fit(whole, x, y, { ...options, epochs: 2 });
    const pieces = compiledHead();
    const { history, params } = await fit(pieces, x, y, { ...options, epochs: 3, stepsPerEpoch: 2 });
    expect(params.steps).toBe(2);
    expect(history["loss"]).toHaveLength(3);
    expect(pieces.model.getWeights()).toEqual(whole.model.getWeights());
    expect(whole6.history["loss"]).toHaveLength(2);
  });

  it("may be fewer for validation, which may come after some epochs only", async () => {
    const { x, y } = smallProblem(24);
    const run = async (validationSteps: number, validationFreq: number | number[]) => {
      const { history } = await fit(compiledHead(), x, y, {
        epochs: 4,
        validationData: [x, y],
        validationBatchSize: 6,
        validationSteps,
        validationFreq,
        threads: 1,
      });
      return history["val_loss"]!;
    };
    const each = await run(4, 1);
    expect(each).toHaveLength(4);
    expect(await run(9, [1, 4])).toEqual([each[0], each[3]]);
    expect((await run(1, 2))[1]).not.toBe(each[3]);
    await expect(run(0, 1)).rejects.toThrow(/validationSteps: expected a whole number of at least 1/);
  });
});

describe("memory", () => {
  it("grows with the batch, and with what is trained", () => {
    const model = frozenBaseAndHead();
    const frozen = compileModel(model, { loss: "binary_crossentropy" });
    const small = estimateTrainingMemory(frozen, 10);
    const large = estimateTrainingMemory(frozen, 1000);
    expect(large.fixed).toBe(small.fixed);
    expect(large.activations / small.activations).toBeGreaterThan(50);
    model.layers[0]!.trainable = true;
    const all = estimateTrainingMemory(compileModel(model, { loss: "binary_crossentropy" }), 1000);
    expect(all.activations).toBeGreaterThan(2 * large.activations);
    expect(small.prefix).toBeGreaterThan(0);
    expect(all.prefix).toBe(0);
    expect(estimateTrainingMemory(frozen, 10, false).prefix).toBe(0);
  });

  it("that is not there is an error before the first step, with the batch size that fits", () => {
    const model = sequential({ layers: [dense({ units: 100, inputShape: [1000] }), dense({ units: 1 })] });
    const compiled = compileModel(model, { loss: "mse" });
    const built = buildProgram(compiled, {
      batchSize: 50000,
      targetShapes: [[1]],
      splitTrain: true,
      splitTest: true,
      seed: 0,
    });
    const limit = 160e6;
    const message =
      /batchSize 50000: .* about \d+ MB of memory, there are 160 MB\. A batchSize of (\d+) would fit/;
    expect(() => expectMemory(built, 50000, limit)).toThrow(message);
    const fitting = Number(catchMessage(() => expectMemory(built, 50000, limit)).match(message)![1]);
    expect(() => expectMemory(built, fitting, limit)).not.toThrow();
    expect(() => expectMemory(built, fitting + 1, limit)).toThrow(/A batchSize of/);
    expect(() => expectMemory(built, 50000, 100e6)).toThrow(/Not even a batchSize of 1 would fit/);
  });
});

function catchMessage(work: () => void): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
