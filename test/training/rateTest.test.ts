import { describe, expect, it } from "vitest";
import { findLearningRate } from "../../src/keras/findLearningRate.ts";
import { Sequential } from "../../src/keras/networks.ts";
import { adam, sgd } from "../../src/keras/optimizers.ts";
import { dense, dropout } from "../../src/layers/index.ts";
import { bitsOf, smallProblem } from "../support/smallProblem.ts";

const { x, y } = smallProblem(120);

function head(optimizer = adam({ learningRate: 0.01 })): Sequential {
  const model = new Sequential({
    seed: 2,
    layers: [
      dense({ units: 8, activation: "relu", inputShape: [16] }),
      dropout({ rate: 0.2 }),
      dense({ units: 1, activation: "sigmoid" }),
    ],
  });
  model.compile({ loss: "binary_crossentropy", optimizer });
  return model;
}

describe("the learning-rate finder", () => {
  it("tries rising rates, suggests one that learns, and ends when the loss diverges", async () => {
    const model = head();
    const before = bitsOf(model);
    const notes: number[] = [];
    const found = await findLearningRate(model, x, y, {
      batchSize: 20,
      steps: 60,
      lowest: 1e-5,
      highest: 100,
      onProgress: ({ phase, done }) => phase === "find-rate" && notes.push(done),
    });
    expect(found.ended).toBe("divergence");
    expect(found.rates[0]).toBe(1e-5);
    expect(found.rates[1]! / found.rates[0]!).toBeCloseTo(1e7 ** (1 / 59), 9);
    expect(found.losses).toHaveLength(found.rates.length);
    expect(notes).toEqual(found.rates.map((_, step) => step + 1));
    expect(found.suggestion).toBeGreaterThan(1e-4);
    expect(found.suggestion).toBeLessThan(1);
    expect(bitsOf(model)).toEqual(before);
  });

  it("leaves weights, optimizer and schedule as they were: training goes on with the same bits", async () => {
    const [tested, plain] = [head(), head()];
    const options = { batchSize: 20, epochs: 2, verbose: 0 } as const;
    for (const model of [tested, plain]) await model.fit(x, y, options);
    await findLearningRate(tested, x, y, { batchSize: 20, steps: 12, highest: 0.1 });
    for (const model of [tested, plain]) await model.fit(x, y, options);
    expect(bitsOf(tested)).toEqual(bitsOf(plain));
  });

  it("survives a loss that is no number, and an average of the weights", async () => {
    const model = head(sgd({ learningRate: 0.1, useEma: true }));
    const before = bitsOf(model);
    const options = { batchSize: 20, steps: 30, lowest: 1e30, highest: 1e38, divergence: 1e40 };
    const found = await findLearningRate(model, x, y, options);
    expect(found.rates.length).toBeLessThan(31);
    expect(bitsOf(model)).toEqual(before);
  });

  it("refuses rates that do not rise", async () => {
    const model = head();
    await expect(findLearningRate(model, x, y, { lowest: 1, highest: 0.1 })).rejects.toThrow(
      "lowest < highest",
    );
    await expect(findLearningRate(model, x, y, { steps: 3 })).rejects.toThrow("at least 10, got 3");
  });
});
