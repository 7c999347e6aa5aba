import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mobileNetV3Small } from "../../src/applications/index.ts";
import { type Preprocessing, preprocessing } from "../../src/applications/preprocessing.ts";
import { layerPipeline } from "../../src/augmentation/randomLayers/fromLayers.ts";
import { Engine } from "../../src/engine/engine.ts";
import { extractFeatures } from "../../src/features/extract.ts";
import { FeatureStore } from "../../src/features/store.ts";
import { ViewDraws } from "../../src/features/viewDraws.ts";
import type { View } from "../../src/features/views.ts";
import { bindParameters } from "../../src/graph/bind.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { decodeImage } from "../../src/images/decode.ts";
import { Preprocessor } from "../../src/images/preprocess.ts";
import {
  add,
  conv2d,
  dense,
  flatten,
  input,
  maxPooling2D,
  randomFlip,
  randomRotation,
} from "../../src/layers/index.ts";
import { splitFrozen } from "../../src/models/cut.ts";
import { Model } from "../../src/models/functional.ts";
import { hoistedLayers } from "../../src/models/hoist.ts";
import { Sequential } from "../../src/models/sequential.ts";
import { float32, sizeOf } from "../../src/tensor/tensor.ts";
import { writePictures } from "../support/extraction.ts";
import { temporaryFolder } from "../support/featureRows.ts";
import { vgg16Shaped } from "../support/vgg16Shaped.js";

interface Base {
  readonly prefix: Graph;
  readonly preprocessing: Preprocessing;
}

const parts = { conv2d, float32, input, maxPooling2D, Model };

/** The frozen part of a base with a head that is trained. */
function frozenPart(base: Model): Graph {
  base.trainable = false;
  return prefixOf(new Sequential({ layers: [base, flatten(), dense({ units: 1 })] }));
}

function prefixOf(model: Model): Graph {
  const { builder, outputs, parameters } = model.toGraph({ mode: "train", fedDrawn: true });
  const { prefix } = splitFrozen(builder.build(outputs), (name) => parameters.get(name)!.trainable);
  const weights = new Map([...parameters].map(([name, one]) => [name, one.engineTensor]));
  return bindParameters(prefix!, weights);
}

const bases: Readonly<Record<string, () => Promise<Base>>> = {
  "a VGG16-shaped base": async () => ({
    prefix: frozenPart(vgg16Shaped(parts, { size: 64, divisor: 8 })),
    preprocessing: preprocessing("caffe", { height: 64, width: 64 }),
  }),
  "MobileNetV3-Small": async () => {
    const base = await mobileNetV3Small({ inputShape: [96, 96, 3] });
    return { prefix: frozenPart(base), preprocessing: base.preprocessing };
  },
};

/** Each picture alone, through the engine itself. */
async function alone(
  { prefix, preprocessing: settings }: Base,
  views: readonly View[],
): Promise<readonly Float32Array[]> {
  await using engine = await Engine.start({ workers: 1 });
  const program = await engine.compile(prefix);
  const { height, width } = settings;
  const preprocessor = new Preprocessor(settings);
  const rows: Float32Array[] = [];
  for (const { path } of views) {
    const pixels = new Float32Array(3 * height * width);
    preprocessor.run(await decodeImage(readFileSync(path)), pixels);
    const feeds = { [prefix.inputs[0]!.name]: float32([1, 3, height, width], pixels) };
    rows.push((await program.run(feeds))[prefix.outputs[0]!.name]!.data as Float32Array);
  }
  return rows;
}

describe.each(Object.keys(bases))("features of %s", (name) => {
  it("have the bits of a picture alone in batches of any size, with one worker and with two", async () => {
    const base = await bases[name]!();
    // Not a multiple of any batch size but 1: the last batch is ragged.
    const views = await writePictures(temporaryFolder(), 37);
    const expected = await alone(base, views);
    for (const [workers, batchSizes] of [
      [1, [1, 3, 20]],
      [2, [2, 8, 32]],
    ] as const) {
      for (const batchSize of batchSizes) {
        const store = FeatureStore.inMemory();
        const { table } = await extractFeatures({ ...base, store, views, workers, batchSize });
        for (const [index, { image }] of views.entries()) {
          const row = new Float32Array(sizeOf(table.rowShape));
          table.read([table.indexOf(image)!], row);
          expect(Buffer.compare(bytesOf(row), bytesOf(expected[index]!)), `${batchSize}, ${index}`).toBe(0);
        }
        table.close();
      }
    }
  });
});

describe("a cut through several values", () => {
  it("is stored as one row with the bits of each", async () => {
    const inputs = input({ shape: [32, 32, 3], name: "pictures" });
    const frozen = { kernelSize: 7, strides: 4, activation: "relu", trainable: false } as const;
    const skip = conv2d({ filters: 16, ...frozen }).apply(inputs);
    const inner = conv2d({ filters: 8, ...frozen, strides: 1, padding: "same" }).apply(skip);
    const trained = conv2d({ filters: 16, kernelSize: 3, padding: "same" }).apply(inner);
    const prefix = prefixOf(new Model({ inputs, outputs: add().apply([trained, skip]) }));
    expect(prefix.outputs[0]!.type.shape).toEqual(["batch", (16 + 8) * 7 * 7]);
    const base = { prefix, preprocessing: preprocessing("none", { height: 32, width: 32 }) };
    const views = await writePictures(temporaryFolder(), 5);
    const expected = await alone(base, views);
    const store = FeatureStore.inMemory();
    const { table } = await extractFeatures({ ...base, store, views, workers: 1, batchSize: 3 });
    const row = new Float32Array(sizeOf(table.rowShape));
    for (const [index, { image }] of views.entries()) {
      table.read([table.indexOf(image)!], row);
      expect(row).toEqual(expected[index]);
    }
    table.close();
  });
});

describe("a model with random layers at its front", () => {
  it("is stored for each draw, and found again in a second run", async () => {
    const base = vgg16Shaped(parts, { size: 32, divisor: 16 });
    const front = [randomFlip({ inputShape: [32, 32, 3] }), randomRotation({ factor: 0.1 })];
    const model = new Sequential({ layers: [...front, base, flatten(), dense({ units: 1 })] });
    const pipeline = layerPipeline(hoistedLayers(model));
    const draws = new ViewDraws({ pipeline, policy: { pool: 3 }, seed: 1, height: 32, width: 32 });
    const pictures = await writePictures(temporaryFolder(), 5);
    const views = pictures.flatMap((view) => draws.upTo(view.image, 20).map((draw) => ({ ...view, draw })));
    const store = await FeatureStore.open(temporaryFolder());
    const options = {
      prefix: frozenPart(base),
      preprocessing: preprocessing("none", { height: 32, width: 32 }),
      store,
      views,
      draws: draws.settings,
      workers: 1,
    };
    const first = await extractFeatures(options);
    expect(first.forwards).toEqual({ computed: 15, reused: 0 });
    first.table.close();
    const second = await extractFeatures(options);
    expect(second.forwards).toEqual({ computed: 0, reused: 15 });
    second.table.close();
  });
});

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
