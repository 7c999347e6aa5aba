import { describe, expect, it } from "vitest";
import { vgg16 } from "../../src/applications/index.ts";
import {
  add,
  conv2d,
  dense,
  flatten,
  globalAveragePooling2D,
  input,
  maxPooling2D,
} from "../../src/layers/index.ts";
import { Model } from "../../src/models/functional.ts";
import { sequential } from "../../src/models/index.ts";
import { goldenFile } from "../support/goldenArrays.ts";

const golden = goldenFile<{ readonly cases: readonly { readonly name: string; readonly text: string }[] }>(
  "bookSummaries",
);
const textOf = (wanted: string) => golden.cases.find(({ name }) => name === wanted)!.text.trimEnd();

/** The convnet of the book's section 5.2. */
function convnet(): Model {
  const blocks = [32, 64, 128, 128].flatMap((filters, index) => [
    conv2d({
      filters,
      kernelSize: 3,
      activation: "relu",
      ...(index === 0 ? { inputShape: [150, 150, 3] } : {}),
    }),
    maxPooling2D({ poolSize: 2 }),
  ]);
  const top = [
    flatten(),
    dense({ units: 512, activation: "relu" }),
    dense({ units: 1, activation: "sigmoid" }),
  ];
  return sequential({ layers: [...blocks, ...top] });
}

function twoInputs(): Model {
  const photo = input({ shape: [32, 24, 3], name: "photo" });
  const facts = input({ shape: [4], name: "facts" });
  const shared = dense({ units: 6, activation: "tanh", name: "shared" });
  const seen = globalAveragePooling2D().apply(
    conv2d({ filters: 3, kernelSize: 3, name: "stem" }).apply(photo),
  );
  const factsIn = dense({ units: 3, name: "facts_in" }).apply(facts);
  const both = add().apply([shared.apply(seen), shared.apply(factsIn)]);
  const kind = dense({ units: 3, activation: "softmax", name: "kind" }).apply(both);
  return new Model({
    inputs: [photo, facts],
    outputs: [kind, dense({ units: 2, name: "value" }).apply(both)],
  });
}

describe("summary of the book's models is Keras's", () => {
  it("for the small convnet", () => {
    expect(convnet().summary()).toBe(textOf("convnet"));
  });

  it("for VGG16 and a head on it: as made, frozen, and with block5 trained again", async () => {
    const base = await vgg16({ inputShape: [150, 150, 3], includeTop: false, weights: "random" });
    const head = [
      flatten(),
      dense({ units: 256, activation: "relu" }),
      dense({ units: 1, activation: "sigmoid" }),
    ];
    const model = sequential({ layers: [base, ...head] });
    expect(base.summary()).toBe(textOf("base"));
    expect(model.summary()).toBe(textOf("head on a base"));
    base.trainable = false;
    expect(base.summary()).toBe(textOf("frozen base"));
    expect(model.summary()).toBe(textOf("head on a frozen base"));
    base.trainable = true;
    for (const layer of base.layers) layer.trainable = layer.name.startsWith("block5");
    expect(base.summary()).toBe(textOf("block5 trained"));
    expect(model.summary()).toBe(textOf("head on a base with block5 trained"));
  });

  it("for two inputs and two outputs, with a layer called twice", () => {
    expect(twoInputs().summary()).toBe(textOf("two inputs and two outputs"));
  });
});
