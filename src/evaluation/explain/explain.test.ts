import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeArray, type GoldenArray, goldenFile } from "../../../test/support/goldenArrays.ts";
import { createBase } from "../../applications/index.ts";
import { preprocessing } from "../../applications/preprocessing.ts";
import { Random } from "../../base/random.ts";
import { Engine } from "../../engine/engine.ts";
import * as layers from "../../layers/index.ts";
import { permute } from "../../layers/layout.ts";
import type { Model } from "../../models/functional.ts";
import { Sequential } from "../../models/sequential.ts";
import { inferenceGraph } from "../../training/features/inference.ts";
import type { Explainer, Heatmap } from "./explainer.ts";
import { focusOf } from "./focus.ts";
import { gradCam } from "./gradCam.ts";
import { type IntegratedGradientsOptions, integratedGradients } from "./integratedGradients.ts";
import { occlusion } from "./occlusion.ts";
import { overlayHeatmap, smoothed } from "./overlay.ts";

interface Golden {
  readonly weights: Readonly<Record<string, readonly GoldenArray[]>>;
  readonly pictures: GoldenArray;
  readonly baseline: GoldenArray;
  readonly cases: readonly {
    readonly picture: number;
    readonly label: number;
    readonly score: number;
    readonly gradCam: Readonly<Record<string, GoldenArray>>;
    readonly integratedGradients: GoldenArray;
  }[];
}

const golden = goldenFile<Golden>("explanations");
const size = 12 * 10 * 3;

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.start({ workers: 1 });
});

afterAll(() => engine.close());

/** Keras's network; ours ends in a softmax, which explanations look behind. */
function network(): Model {
  const model = new Sequential({
    name: "small",
    layers: [
      layers.conv2d({
        filters: 5,
        kernelSize: 3,
        activation: "relu",
        padding: "same",
        name: "first",
        inputShape: [12, 10, 3],
      }),
      layers.batchNormalization({ name: "norm" }),
      layers.maxPooling2D({ name: "pool" }),
      layers.conv2d({ filters: 6, kernelSize: 3, activation: "relu", name: "last" }),
      layers.globalAveragePooling2D({ name: "mean" }),
      layers.dense({ units: 8, activation: "tanh", name: "hidden" }),
      layers.dense({ units: 3, activation: "softmax", name: "logits" }),
    ],
  });
  for (const [name, weights] of Object.entries(golden.weights)) {
    model.getLayer(name).setWeights(weights.map(decodeArray));
  }
  return model;
}

function picture(array: GoldenArray, index = 0): Float32Array {
  const { data } = decodeArray(array);
  return permute(data.subarray(index * size, (index + 1) * size), [1, 12, 10, 3], [0, 3, 1, 2]);
}

/** Largest difference, as a share of the largest value. */
function difference(found: Float32Array, expected: GoldenArray): number {
  const { data } = decodeArray(expected);
  expect(found.length).toBe(data.length);
  const top = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return found.reduce((most, value, at) => Math.max(most, Math.abs(value - data[at]!)), 0) / top;
}

async function using<T>(explainer: Explainer, work: (explainer: Explainer) => Promise<T>): Promise<T> {
  try {
    return await work(explainer);
  } finally {
    await explainer.close();
  }
}

describe("Grad-CAM", () => {
  it.each(["first", "norm", "last"])("has Keras's values at the layer %s", async (layer) => {
    await using(await gradCam(engine, network(), { layer }), async (explainer) => {
      for (const each of golden.cases) {
        const found = await explainer.explain(picture(golden.pictures, each.picture), each.label);
        expect([found.height, found.width]).toEqual(each.gradCam[layer]!.shape);
        expect(difference(found.values, each.gradCam[layer]!)).toBeLessThan(1e-4);
        expect(found.score).toBeCloseTo(each.score, 4);
      }
    });
  });

  it("takes the last maps unless a layer is named, and lists those it knows", async () => {
    const [first] = golden.cases;
    await using(await gradCam(engine, network()), async (explainer) => {
      const found = await explainer.explain(picture(golden.pictures), first!.label);
      expect(difference(found.values, first!.gradCam["last"]!)).toBeLessThan(1e-4);
    });
    await expect(gradCam(engine, network(), { layer: "block5" })).rejects.toThrow(
      /"block5".* found first, norm, pool, last\./,
    );
  });

  it("of a single output speaks for one class or the other", async () => {
    const model = new Sequential({
      name: "one",
      layers: [
        layers.conv2d({ filters: 4, kernelSize: 3, name: "maps", inputShape: [6, 6, 3] }),
        layers.globalAveragePooling2D({}),
        layers.dense({ units: 1, activation: "sigmoid" }),
      ],
    });
    const pixels = Float32Array.from({ length: 108 }, (_, at) => Math.sin(at));
    await using(await gradCam(engine, model), async (explainer) => {
      const [against, forIt] = [await explainer.explain(pixels, 0), await explainer.explain(pixels, 1)];
      expect(against.score).toBe(-forIt.score);
      for (const [at, value] of forIt.values.entries()) expect(Math.min(value, against.values[at]!)).toBe(0);
    });
  });
});

describe("integrated gradients", () => {
  it("have the values of Keras's gradients along the same steps", async () => {
    const options = { baseline: picture(golden.baseline), steps: 16 };
    await using(await integratedGradients(engine, network(), options), async (explainer) => {
      for (const each of golden.cases) {
        const found = await explainer.explain(picture(golden.pictures, each.picture), each.label);
        expect(difference(found.values, each.integratedGradients)).toBeLessThan(1e-4);
      }
    });
  });

  it("sum up to the difference of the scores, closer with more steps", async () => {
    const errors: number[] = [];
    for (const steps of [4, 64]) {
      const options = { baseline: picture(golden.baseline), steps };
      await using(await integratedGradients(engine, network(), options), async (explainer) => {
        errors.push((await explainer.explain(picture(golden.pictures), 0)).completenessError!);
      });
    }
    expect(errors[1]!).toBeLessThan(errors[0]!);
    expect(errors[1]!).toBeLessThan(0.05);
  });
});

describe("with a base network", () => {
  /** A base with maps at its end, their means, and one dense layer: what class activation maps are made for. */
  async function classifier(name: string, weights?: null): Promise<Model> {
    const base = await createBase(name, {
      inputShape: [96, 96, 3],
      ...(weights === undefined ? {} : { weights }),
    });
    return new Sequential({
      name: "classifier",
      layers: [
        base,
        layers.globalAveragePooling2D({ name: "mean" }),
        layers.dense({ units: 3, activation: "softmax", name: "logits" }),
      ],
    });
  }

  const random = new Random(6, "photo");
  /** Smooth as pictures are: noise takes a network far from what it knows. */
  const pixels = Float32Array.from({ length: 3 * 96 * 96 }, (_, at) => {
    const [x, y] = [at % 96, Math.floor(at / 96) % 96];
    return Math.sin(x / 9 + Math.floor(at / 9216)) + Math.cos(y / 7) + 0.1 * random.float();
  });

  it.each(["mobilenet_v3_small", "mobilenet_v2", "vgg16"])(
    "Grad-CAM at the end of %s is the class activation map",
    async (name) => {
      const model = await classifier(name, null);
      await using(await gradCam(engine, model), async (explainer) => {
        const [kernel] = model.getLayer("logits").getWeights();
        const maps = await baseMaps(model, pixels);
        const tops = [0, 1, 2].map(async (label) => {
          const { height, width, values } = await explainer.explain(pixels, label);
          const places = height * width;
          const expected = Float32Array.from({ length: places }, (_, place) => {
            let sum = 0;
            for (let channel = 0; channel < maps.length / places; channel++) {
              sum += (kernel!.data[channel * 3 + label]! * maps[channel * places + place]!) / places;
            }
            return Math.max(0, sum);
          });
          const top = expected.reduce((a, b) => Math.max(a, b), 0);
          for (const [place, value] of expected.entries())
            expect(Math.abs(values[place]! - value)).toBeLessThanOrEqual(1e-3 * top);
          return top;
        });
        expect(Math.max(...(await Promise.all(tops)))).toBeGreaterThan(0);
      });
    },
  );

  it("integrated gradients add up, closer with more steps, and take as many as are needed", async () => {
    const model = await classifier("mobilenet_v3_small");
    const baseline = new Float32Array(pixels.length).fill(-2);
    const errorOf = async (options: Omit<IntegratedGradientsOptions, "baseline">) => {
      let found: Heatmap | undefined;
      await using(await integratedGradients(engine, model, { baseline, ...options }), async (explainer) => {
        found = await explainer.explain(pixels, 1);
      });
      return found!;
    };
    const few = await errorOf({ steps: 8 });
    const many = await errorOf({ steps: 216 });
    expect(many.completenessError!).toBeLessThan(0.03);
    expect(many.completenessError!).toBeLessThan(few.completenessError!);
    const enough = await errorOf({ steps: 8, tolerance: 0.1 });
    expect(enough.completenessError!).toBeLessThan(0.1);
    expect([8, 24, 72, 216]).toContain(enough.steps);
    const same = await errorOf({ steps: enough.steps! });
    expect(same.completenessError!).toBeCloseTo(enough.completenessError!, 3);
    const stopped = await errorOf({ steps: 8, tolerance: 1e-9, mostSteps: 24 });
    expect(stopped.steps).toBe(24);
  });

  /** What the base gives, [channels, places]. */
  async function baseMaps(model: Model, picture: Float32Array): Promise<Float32Array> {
    const graph = inferenceGraph(model.layers[0] as unknown as Model);
    const program = await engine.compile(graph);
    const results = await program.run({
      [graph.inputs[0]!.name]: { dtype: "float32", shape: [1, 3, 96, 96], data: picture },
    });
    await program.close();
    return results[graph.outputs[0]!.name]!.data as Float32Array;
  }
});

describe("occlusion", () => {
  it("finds the one place that the network looks at, and nothing where it is covered with itself", async () => {
    const model = new Sequential({
      name: "spot",
      layers: [
        layers.flatten({ inputShape: [8, 8, 3] }),
        layers.dense({ units: 1, activation: "sigmoid", name: "d" }),
      ],
    });
    const kernel = new Float32Array(192);
    kernel.fill(2, (5 * 8 + 6) * 3, (5 * 8 + 6) * 3 + 3);
    const [weights, bias] = model.getLayer("d").getWeights();
    model.getLayer("d").setWeights([{ ...weights!, data: kernel } as typeof weights & object, bias!]);
    const pixels = new Float32Array(192).fill(1);
    await using(
      await occlusion(engine, model, { cover: [0, 0, 0], side: 2, stride: 1 }),
      async (explainer) => {
        const { values, score } = await explainer.explain(pixels, 1);
        expect(values.indexOf(values.reduce((a, b) => Math.max(a, b)))).toBe(5 * 8 + 6);
        expect(values[5 * 8 + 6]).toBeCloseTo(score - 0.5, 5);
        expect(values[0]).toBe(0);
      },
    );
    await using(await occlusion(engine, model, { cover: [1, 1, 1], side: 3 }), async (explainer) => {
      expect((await explainer.explain(pixels, 1)).values.every((value) => value === 0)).toBe(true);
    });
  });
});

describe("where a heatmap lies", () => {
  it("is the smallest part that holds half of it, and its share in the outer tenth of each side", () => {
    const one = new Float32Array(100);
    one[55] = 2;
    expect(focusOf({ height: 10, width: 10, values: one })).toMatchObject({
      half: 0.005,
      frame: expect.closeTo(0, 12),
    });
    const corner = new Float32Array(100);
    corner[0] = 1;
    corner[99] = -5;
    expect(focusOf({ height: 10, width: 10, values: corner })).toEqual({ half: 0.005, frame: 1 });
    const even = focusOf({ height: 4, width: 4, values: new Float32Array(16).fill(2) })!;
    expect(even.half).toBeCloseTo(0.5, 12);
    expect(even.frame).toBeCloseTo(0.36, 12);
    expect(focusOf({ height: 1, width: 2, values: Float32Array.of(0, -3) })).toBeUndefined();
  });
});

describe("an overlay", () => {
  const grey = { width: 40, height: 20, data: new Uint8Array(40 * 20 * 3).fill(100) };
  const heatmap = { height: 2, width: 2, values: Float32Array.of(0, 0, 0, 3), score: 1 };

  it("is brightest where the map is highest, and the picture in grey elsewhere", () => {
    const { data } = overlayHeatmap(grey, heatmap, preprocessing("tf", { height: 8, width: 8 }));
    expect([...data.subarray(0, 3)]).toEqual([100, 100, 100]);
    expect([...data.subarray(-3)]).toEqual([214, 216, 148]);
  });

  it("covers the part that the network saw", () => {
    const cut = preprocessing("tf", { height: 8, width: 8, fit: "crop" });
    const { data } = overlayHeatmap(grey, heatmap, cut);
    const at = (x: number, y: number) => [...data.subarray((y * 40 + x) * 3, (y * 40 + x) * 3 + 3)];
    expect(at(39, 19)).toEqual([100, 100, 100]);
    expect(at(29, 19)).toEqual([214, 216, 148]);
  });

  it("of single pixels is smoothed by means of squares", () => {
    const point = { height: 3, width: 3, values: Float32Array.of(0, 0, 0, 0, 9, 0, 0, 0, -5), score: 1 };
    expect([...smoothed(point, 1).values].map((value) => Number(value.toFixed(3)))).toEqual([
      2.25, 1.5, 2.25, 1.5, 1, 1.5, 2.25, 1.5, 2.25,
    ]);
  });
});
