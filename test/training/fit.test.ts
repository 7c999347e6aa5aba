import { describe, expect, it } from "vitest";
import { dense } from "../../src/layers/index.ts";
import { sequential } from "../../src/models/index.ts";
import { adam, cosineDecay, sgd } from "../../src/optimizers/index.ts";
import type { Shape } from "../../src/tensor/shape.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import {
  arrayRows,
  type Callback,
  compileModel,
  EarlyStopping,
  evaluate,
  fit as train,
} from "../../src/training/index.ts";
import {
  bitsOf,
  frozenBaseAndHead,
  smallHead,
  smallPictures,
  smallProblem,
} from "../support/smallProblem.ts";

const binary = { loss: "binary_crossentropy", metrics: ["acc"] } as const;

describe("fit", () => {
  it("learns, and reports Keras's keys in Keras's order", async () => {
    const { x, y } = smallProblem(200);
    const compiled = compileModel(smallHead(), { ...binary, optimizer: adam({ learningRate: 0.05 }) });
    const { history, epoch, params } = await train(compiled, x, y, { epochs: 6, validationSplit: 0.25 });
    expect(Object.keys(history)).toEqual(["acc", "loss", "val_acc", "val_loss"]);
    expect(epoch).toEqual([0, 1, 2, 3, 4, 5]);
    expect(params).toEqual({ epochs: 6, steps: 5, verbose: 0 });
    expect(history["loss"]![5]).toBeLessThan(history["loss"]![0]! / 2);
    expect(history["val_acc"]![5]).toBeGreaterThan(0.85);
  });

  it("gives the same bits for the same seed, and others for another", async () => {
    const { x, y } = smallProblem(50);
    const run = async (seed: number) => {
      const model = smallHead({ dropout: 0.5 });
      await train(compileModel(model, binary), x, y, { epochs: 3, batchSize: 7, seed });
      return bitsOf(model);
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it("goes on where it stopped: 2 epochs and 2 more are 4", async () => {
    const { x, y } = smallProblem(50);
    const options = { batchSize: 8, seed: 5 };
    const whole = smallHead({ dropout: 0.3 });
    const atOnce = compileModel(whole, { ...binary, optimizer: "adam" });
    const { history } = await train(atOnce, x, y, { ...options, epochs: 4 });
    const parted = smallHead({ dropout: 0.3 });
    const compiled = compileModel(parted, { ...binary, optimizer: "adam" });
    const first = await train(compiled, x, y, { ...options, epochs: 2 });
    const second = await train(compiled, x, y, { ...options, initialEpoch: 2, epochs: 4 });
    expect([...first.history["loss"]!, ...second.history["loss"]!]).toEqual(history["loss"]);
    expect(second.epoch).toEqual([2, 3]);
    expect(bitsOf(parted)).toEqual(bitsOf(whole));
  });

  it("agrees with evaluate about the validation samples", async () => {
    const { x, y } = smallProblem(90);
    const test = smallProblem(33, 8);
    const compiled = compileModel(smallHead(), binary);
    const { history } = await train(compiled, x, y, { epochs: 2, validationData: [test.x, test.y] });
    const logs = await evaluate(compiled, test.x, test.y);
    expect(logs["acc"]).toBe(history["val_acc"]![1]);
    expect(logs["loss"]).toBeCloseTo(history["val_loss"]![1]!, 6);
  });

  it("measures the same in validation batches of any size, and trains on a lone last sample", async () => {
    const { x, y } = smallProblem(21);
    const test = smallProblem(20, 8);
    const run = async (validationBatchSize: number) => {
      const { history } = await train(compileModel(smallHead(), binary), x, y, {
        epochs: 2,
        batchSize: 4,
        validationBatchSize,
        validationData: [test.x, test.y],
      });
      return history;
    };
    const whole = await run(20);
    for (const size of [1, 3]) {
      const parts = await run(size);
      expect(parts["val_acc"]).toEqual(whole["val_acc"]);
      expect(parts["loss"]).toEqual(whole["loss"]);
      // Exponentials have other last bits at the end of a batch than inside it.
      expect(parts["val_loss"]![1]).toBeCloseTo(whole["val_loss"]![1]!, 7);
    }
  });

  it("follows a schedule of learning rates, and what a callback sets", async () => {
    const { x, y } = smallProblem(20);
    const learningRate = cosineDecay({ initialLearningRate: 0.1, decaySteps: 4 });
    const compiled = compileModel(smallHead(), { ...binary, optimizer: sgd({ learningRate }) });
    const rates: number[] = [];
    const watch: Callback = {
      onEpochBegin: (epoch, control) => {
        if (epoch === 3) control.learningRate = 0.5;
        rates.push(control.learningRate);
      },
    };
    await train(compiled, x, y, { epochs: 4, batchSize: 20, callbacks: [watch] });
    expect(rates.map((rate) => Number(rate.toFixed(4)))).toEqual([0.1, 0.0854, 0.05, 0.5]);
  });

  it("lets the caller supply the frozen part", async () => {
    const { x, y } = smallPictures(8);
    const shapes: Shape[] = [];
    await train(compileModel(frozenBaseAndHead(), binary), x, y, {
      frozenPart: async (prefix, source) => {
        shapes.push(prefix.outputs[0]!.type.shape);
        return arrayRows(new Float32Array(source.samples * 12), [3, 2, 2]);
      },
    });
    expect(shapes).toEqual([["batch", 3, 2, 2]]);
  });

  it("passes a callback's error on and leaves the model usable", async () => {
    const { x, y } = smallProblem(20);
    const compiled = compileModel(smallHead(), binary);
    const broken: Callback = {
      onTrainBatchEnd: () => {
        throw new Error("callback failed");
      },
    };
    await expect(train(compiled, x, y, { callbacks: [broken] })).rejects.toThrow("callback failed");
    await expect(train(compiled, x, y)).resolves.toBeDefined();
  });

  it("counts classes and samples by their weights, divided by the number of samples", async () => {
    const { x, y } = smallProblem(40);
    const losses = async (options: object) => {
      const compiled = compileModel(smallHead(), { ...binary, optimizer: sgd({ learningRate: 1e-9 }) });
      const { history } = await train(compiled, x, y, { batchSize: 40, ...options });
      return history["loss"]![0]!;
    };
    const plain = await losses({});
    expect(await losses({ sampleWeight: y.map(() => 3) })).toBeCloseTo(3 * plain, 5);
    const zero = await losses({ classWeight: { 0: 1, 1: 0 } });
    const one = await losses({ classWeight: { 0: 0 } });
    expect(zero + one).toBeCloseTo(plain, 5);
  });

  it("never touches frozen weights, and computes them once a sample with the same bits", async () => {
    const { x, y } = smallPictures(30);
    const validation = smallPictures(9, 12);
    const run = async (oncePerSample: boolean) => {
      const model = frozenBaseAndHead();
      const before = bitsOf(model);
      const compiled = compileModel(model, { ...binary, optimizer: "adam" });
      expect([...compiled.trained.keys()]).toEqual([
        "dense/kernel",
        "dense/bias",
        "dense_1/kernel",
        "dense_1/bias",
      ]);
      const { history } = await train(compiled, x, y, {
        epochs: 3,
        batchSize: 7,
        oncePerSample,
        validationData: [validation.x, validation.y],
      });
      expect(bitsOf(model).slice(0, 4)).toEqual(before.slice(0, 4));
      expect(bitsOf(model).slice(4)).not.toEqual(before.slice(4));
      return { history, weights: bitsOf(model) };
    };
    const split = await run(true);
    const plain = await run(false);
    expect(split.history).toEqual(plain.history);
    expect(split.weights).toEqual(plain.weights);
  });

  it("refuses to train after trainable was changed, naming the layers", async () => {
    const { x, y } = smallProblem(10);
    const model = smallHead();
    const compiled = compileModel(model, binary);
    model.getLayer("dense").trainable = false;
    await expect(train(compiled, x, y)).rejects.toMatchObject({
      code: "STALE_COMPILE",
      message: expect.stringMatching(/dense \(was trainable, is not now\).*Call compile again/),
    });
    await expect(train(compileModel(model, binary), x, y)).resolves.toBeDefined();
  });

  it("says so when nothing is left to train", async () => {
    const { x, y } = smallProblem(10);
    const model = smallHead();
    model.trainable = false;
    await expect(train(compileModel(model, binary), x, y)).rejects.toThrow(
      "nothing to train: every layer is frozen",
    );
  });

  it("stops when the loss is no number any more, and keeps the last good weights", async () => {
    const { x, y } = smallProblem(64);
    const model = sequential({ layers: [dense({ units: 1, inputShape: [16] })] });
    const compiled = compileModel(model, { loss: "mse", optimizer: sgd({ learningRate: 50 }) });
    const kept: (readonly number[][])[] = [bitsOf(model)];
    const watch: Callback = {
      onEpochEnd: () => {
        kept.push(bitsOf(model));
      },
    };
    const failed = train(compiled, x, y, { epochs: 50, batchSize: 8, callbacks: [watch] });
    await expect(failed).rejects.toMatchObject({
      code: "LOSS_NAN",
      message: expect.stringMatching(/in epoch \d+ of 50, step \d+ of 8.*lower learning rate \(it was 50\)/),
    });
    expect(bitsOf(model)).toEqual(kept.at(-1));
    expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
  });

  it("points at the weights when the very first loss on finite inputs is no number", async () => {
    const { x, y } = smallProblem(8);
    const model = smallHead();
    model.weights[0]!.value[3] = Number.NaN;
    await expect(train(compileModel(model, binary), x, y)).rejects.toThrow(
      "look for weights that are no numbers",
    );
  });

  it("stops at a signal and keeps the weights of the last step", async () => {
    const { x, y } = smallProblem(64);
    const model = smallHead();
    const before = bitsOf(model);
    const abort = new AbortController();
    const failed = train(compileModel(model, binary), x, y, {
      batchSize: 8,
      epochs: 100,
      signal: abort.signal,
      callbacks: [{ onTrainBatchEnd: (batch) => (batch === 3 ? abort.abort() : undefined) }],
    });
    await expect(failed).rejects.toMatchObject({ code: "INTERRUPTED", details: { epoch: 0, iteration: 4 } });
    expect(bitsOf(model)).not.toEqual(before);
  });

  it("calls callbacks in Keras's order", async () => {
    const { x, y } = smallProblem(10);
    const calls: string[] = [];
    const note = (name: string) => () => {
      calls.push(name);
    };
    const callback: Callback = {
      onTrainBegin: note("train begin"),
      onEpochBegin: note("epoch begin"),
      onTrainBatchBegin: note("batch begin"),
      onTrainBatchEnd: note("batch end"),
      onTestBegin: note("test begin"),
      onTestEnd: note("test end"),
      onEpochEnd: note("epoch end"),
      onTrainEnd: note("train end"),
    };
    await train(compileModel(smallHead(), binary), x, y, {
      batchSize: 5,
      callbacks: [callback],
      validationData: [x, y],
    });
    expect(calls.join(", ")).toBe(
      "train begin, epoch begin, batch begin, batch end, batch begin, batch end, test begin, test end, epoch end, train end",
    );
  });

  it("stops early and puts the best weights back", async () => {
    const { x, y } = smallProblem(40);
    const test = smallProblem(20, 99);
    const model = smallHead();
    const compiled = compileModel(model, { ...binary, optimizer: adam({ learningRate: 0.1 }) });
    const best: Record<number, readonly number[][]> = {};
    const remember: Callback = {
      onEpochEnd: (number) => {
        best[number] = bitsOf(model);
      },
    };
    const stop = new EarlyStopping({ patience: 3, restoreBestWeights: true });
    const { history, epoch } = await train(compiled, x, y, {
      epochs: 200,
      validationData: [test.x, test.y],
      callbacks: [stop, remember],
    });
    const values = history["val_loss"]!;
    expect(epoch.length).toBeLessThan(200);
    expect(stop.stoppedEpoch).toBe(epoch.at(-1));
    expect(stop.bestEpoch).toBe(values.indexOf(Math.min(...values)));
    expect(bitsOf(model)).toEqual(best[stop.bestEpoch]);
  });

  it("prints Keras's lines", async () => {
    const { x, y } = smallProblem(30);
    let text = "";
    const stream = {
      write: (more: string) => {
        text += more;
      },
    };
    await train(compileModel(smallHead(), binary), x, y, { batchSize: 10, epochs: 2, verbose: 2, stream });
    expect(text).toMatch(
      /^Epoch 1\/2\n3\/3 - 0s - [\d.]+(us|ms)\/step - acc: 0\.\d{4} - loss: \d\.\d{4}\nEpoch 2\/2\n/,
    );
    text = "";
    await train(compileModel(smallHead(), binary), x, y, { batchSize: 10, verbose: 1, stream });
    expect(text).toMatch(/^3\/3 ━{20} 0s [\d.]+(us|ms)\/step - acc: /);
  });
});

describe("fit refuses", () => {
  const { x, y } = smallProblem(10);
  const compiled = compileModel(smallHead(), binary);
  it.each([
    ["too few targets", () => train(compiled, x, y.slice(1)), "one for each of the 10 samples, got 9"],
    [
      "labels out of range",
      () => train(compiled, x, [...y.slice(1), 2]),
      "values from 0 to 1, got 2 for sample 9",
    ],
    [
      "samples of another shape",
      () => train(compiled, float32([10, 3], new Float32Array(30)), y),
      "[16], got [3]",
    ],
    ["no samples", () => train(compiled, float32([0, 16], new Float32Array(0)), []), "at least one sample"],
    [
      "a batch size of 0",
      () => train(compiled, x, y, { batchSize: 0 }),
      "batchSize: expected a whole number",
    ],
    ["0 epochs", () => train(compiled, x, y, { epochs: 0 }), "epochs: expected a whole number"],
    [
      "a split of everything",
      () => train(compiled, x, y, { validationSplit: 1 }),
      "leaves samples on both sides",
    ],
  ])("%s", async (_, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });

  const three = () => sequential({ layers: [dense({ units: 3, activation: "softmax", inputShape: [16] })] });
  const oneHot = y.map((label) => [Number(label === 0), Number(label === 1), 0]);
  it("one-hot rows for the sparse loss, and class numbers for the other", async () => {
    const sparse = compileModel(three(), { loss: "sparse_categorical_crossentropy" });
    await expect(train(sparse, x, oneHot)).rejects.toThrow("For one-hot rows use categorical_crossentropy");
    await expect(
      train(
        sparse,
        x,
        y.map(() => 3),
      ),
    ).rejects.toThrow("class numbers from 0 to 2, got 3 for sample 0");
    const categorical = compileModel(three(), { loss: "categorical_crossentropy" });
    await expect(train(categorical, x, y)).rejects.toThrow("use sparse_categorical_crossentropy");
    await expect(train(categorical, x, oneHot)).resolves.toBeDefined();
    await expect(train(sparse, x, y)).resolves.toBeDefined();
  });
});
