import { describe, expect, it } from "vitest";
import { conv2d, dense, dropout, flatten, gaussianNoise, spatialDropout2D } from "../../src/layers/index.ts";
import { type Sequential, sequential } from "../../src/models/index.ts";
import { compileModel } from "../../src/training/compiled/compile.ts";
import { evaluate, fit } from "../../src/training/index.ts";
import { bitsOf, smallPictures } from "../support/smallProblem.ts";

/** Noise on the pictures and dropped channels behind a convolution. */
function noisyModel(stddev = 0.3, rate = 0.4): Sequential {
  return sequential({
    seed: 3,
    layers: [
      gaussianNoise({ stddev, inputShape: [6, 6, 2] }),
      conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
      spatialDropout2D({ rate }),
      flatten(),
      dense({ units: 1, activation: "sigmoid" }),
    ],
  });
}

const { x, y } = smallPictures(30);
const binary = { loss: "binary_crossentropy", optimizer: "adam" } as const;

describe("layers that draw in training", () => {
  it("give the same bits for the same seed, and others for another", async () => {
    const run = async (seed: number) => {
      const model = noisyModel();
      await fit(compileModel(model, binary), x, y, { epochs: 3, batchSize: 7, seed });
      return bitsOf(model);
    };
    const first = await run(1);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it("with seeds of their own draw the same in every run and place, and others for another seed", async () => {
    const run = async (own: number, seed: number, name: string) => {
      const model = sequential({
        seed: 3,
        layers: [
          gaussianNoise({ stddev: 0.3, seed: own, name: `noise_${name}`, inputShape: [6, 6, 2] }),
          conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
          spatialDropout2D({ rate: 0.4, seed: own, name: `channels_${name}` }),
          flatten(),
          dropout({ rate: 0.2, seed: own, name: `drop_${name}` }),
          dense({ units: 1, activation: "sigmoid", kernelInitializer: "zeros" }),
        ],
      });
      const options = { epochs: 2, batchSize: 10, shuffle: false, seed };
      await fit(compileModel(model, binary), x, y, options);
      return model.layers.at(-1)!.getWeights();
    };
    const first = await run(7, 1, "a");
    expect(await run(7, 2, "b")).toEqual(first);
    expect(await run(8, 1, "a")).not.toEqual(first);
  });

  it("draw on where training stopped: 1 epoch and 2 more are 3", async () => {
    const options = { batchSize: 8, seed: 5 };
    const whole = noisyModel();
    const atOnce = await fit(compileModel(whole, binary), x, y, { ...options, epochs: 3 });
    const parted = noisyModel();
    const compiled = compileModel(parted, binary);
    const first = await fit(compiled, x, y, { ...options, epochs: 1 });
    const rest = await fit(compiled, x, y, { ...options, initialEpoch: 1, epochs: 3 });
    expect([...first.history["loss"]!, ...rest.history["loss"]!]).toEqual(atOnce.history["loss"]);
    expect(bitsOf(parted)).toEqual(bitsOf(whole));
  });

  it("are the identity when a model is evaluated", async () => {
    const [noisy, plain] = [noisyModel(), noisyModel(0, 0)];
    const lossOf = async (model: Sequential) => (await evaluate(compileModel(model, binary), x, y))["loss"];
    const loss = await lossOf(plain);
    expect(loss).toBeGreaterThan(0);
    expect(await lossOf(noisy)).toBe(loss);
  });
});
