import { describe, expect, it } from "vitest";
import { batchNormalization, conv2d, dense, dropout, flatten, maxPooling2D } from "../../src/layers/index.ts";
import { sequential } from "../../src/models/index.ts";
import { compileModel, fit } from "../../src/training/index.ts";
import { bitsOf, smallPictures } from "../support/smallProblem.ts";

const { x, y } = smallPictures(20);

/** Four blocks of convolution, statistics of the batch, maximum and dropout. */
function blocks() {
  const block = () => [
    conv2d({ filters: 4, kernelSize: 3, padding: "same", activation: "relu" }),
    batchNormalization(),
    dropout({ rate: 0.2 }),
  ];
  return sequential({
    seed: 5,
    layers: [
      conv2d({ filters: 4, kernelSize: 3, padding: "same", inputShape: [6, 6, 2] }),
      ...block(),
      ...block(),
      maxPooling2D({ poolSize: 2 }),
      ...block(),
      ...block(),
      flatten(),
      dense({ units: 1, activation: "sigmoid" }),
    ],
  });
}

async function trained(options: { readonly checkpoint?: "blocks" } = {}) {
  const model = blocks();
  const compiled = compileModel(model, { loss: "binary_crossentropy", optimizer: "adam", ...options });
  const { history } = await fit(compiled, x, y, { epochs: 2, batchSize: 8, seed: 2 });
  return { bits: bitsOf(model), history };
}

describe('fit with checkpoint: "blocks"', () => {
  it("ends with the same bits, batch statistics and dropout included", async () => {
    expect(await trained({ checkpoint: "blocks" })).toEqual(await trained());
  });
});
