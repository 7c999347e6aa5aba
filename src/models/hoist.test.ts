import { describe, expect, it } from "vitest";
import {
  conv2d,
  dense,
  flatten,
  input,
  randomCrop,
  randomFlip,
  randomRotation,
  randomZoom,
  rescaling,
} from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";
import { Model } from "./functional.ts";
import { hoistedLayers } from "./hoist.ts";
import { Sequential } from "./sequential.ts";

const flip = (name = "flip") => randomFlip({ mode: "horizontal", name, inputShape: [8, 8, 3] });

function classifier(...front: Layer[]): Sequential {
  return new Sequential({ layers: [...front, flatten(), dense({ units: 1 })] });
}

function names(model: Model): readonly string[] {
  return hoistedLayers(model).map(({ name }) => name);
}

describe("hoistedLayers", () => {
  it("finds the random layers at the front, with their settings", () => {
    const model = classifier(flip(), randomRotation({ factor: 0.1, name: "turn" }), rescaling({ scale: 2 }));
    expect(hoistedLayers(model)).toEqual([
      { kind: "RandomFlip", name: "flip", trainable: true, config: { mode: "horizontal" } },
      {
        kind: "RandomRotation",
        name: "turn",
        trainable: true,
        config: { factor: 0.1, fillMode: "reflect", fillValue: 0, interpolation: "bilinear" },
      },
    ]);
    expect(hoistedLayers(classifier(rescaling({ scale: 2, inputShape: [8, 8, 3] })))).toEqual([]);
  });

  it("looks into a model of random layers and goes on behind it", () => {
    const inner = new Sequential({
      name: "augmentation",
      layers: [flip(), randomZoom({ heightFactor: 0.2 })],
    });
    expect(names(classifier(inner, randomRotation({ factor: 0.1 })))).toEqual([
      "flip",
      "random_zoom",
      "random_rotation",
    ]);
  });

  it("looks into a model that begins with random layers", () => {
    const base = new Sequential({ name: "base", layers: [flip(), conv2d({ filters: 2, kernelSize: 3 })] });
    expect(names(classifier(base))).toEqual(["flip"]);
  });

  it("passes over layers called in inference form", () => {
    const x = input({ shape: [8, 8, 3] });
    const still = flip("still").apply(x, { training: false });
    expect(names(new Model({ inputs: x, outputs: flip("second").apply(still) }))).toEqual(["second"]);
  });

  it("refuses a random layer behind others, beside them, or used twice", () => {
    const behind = classifier(rescaling({ scale: 2, inputShape: [8, 8, 3] }), flip());
    expect(() => hoistedLayers(behind)).toThrow("flip is a random preprocessing layer behind other layers");
    const x = input({ shape: [8, 8, 3] });
    expect(() => hoistedLayers(new Model({ inputs: x, outputs: [flip().apply(x), x] }))).toThrow(
      "beside them",
    );
    const twice = flip();
    expect(() => hoistedLayers(new Model({ inputs: x, outputs: [twice.apply(x), twice.apply(x)] }))).toThrow(
      "used twice",
    );
  });

  it("refuses a crop that changes the size, which is cut out of the middle in prediction", () => {
    const model = classifier(randomCrop({ height: 6, width: 8, inputShape: [8, 8, 3] }));
    expect(() => hoistedLayers(model)).toThrow("random_crop makes pictures of 6 x 8 from 8 x 8");
    const crop = new Sequential({ layers: [randomCrop({ height: 6, width: 5, inputShape: [9, 8, 1] })] });
    const { builder, outputs } = crop.toGraph({ mode: "infer" });
    const attributes = builder.build(outputs).nodes.map((node) => node.attributes);
    expect(attributes).toEqual([
      { axis: 2, start: 1, end: 7 },
      { axis: 3, start: 1, end: 6 },
    ]);
    expect(crop.outputShape).toEqual(["batch", 6, 5, 1]);
  });

  it("leaves no trace of the layers in the graph when pictures are fed drawn, and refuses a graph otherwise", () => {
    const model = classifier(flip());
    const plain = classifier(rescaling({ scale: 1, inputShape: [8, 8, 3] })).toGraph({ mode: "infer" });
    const drawn = model.toGraph({ mode: "train", fedDrawn: true });
    expect(drawn.builder.build(drawn.outputs).nodes.length).toBeLessThan(
      plain.builder.build(plain.outputs).nodes.length,
    );
    expect(() => model.toGraph({ mode: "train" })).toThrow("its draws are made before pictures are fed");
  });
});
