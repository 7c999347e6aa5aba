import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { resolvePipeline } from "../../src/augmentation/generatorOptions.ts";
import { renderView } from "../../src/augmentation/view.ts";
import { Engine } from "../../src/engine/engine.ts";
import { extractFeatures } from "../../src/features/extract.ts";
import { FeatureStream } from "../../src/features/featureStream.ts";
import { FeatureStore } from "../../src/features/store.ts";
import { type DrawSettings, ViewDraws } from "../../src/features/viewDraws.ts";
import type { View } from "../../src/features/views.ts";
import { decodeImage } from "../../src/images/decode.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { side, smallPrefix, smallPreprocessing, writePictures } from "../support/extraction.ts";
import { temporaryFolder } from "../support/featureRows.ts";

const pipeline = resolvePipeline({ rotationRange: 40, zoomRange: 0.3, brightnessRange: [0.5, 1.5] });
const settings: DrawSettings = { pipeline, policy: "fresh", seed: 3, height: side, width: side };
const draws = new ViewDraws(settings);
const prefix = smallPrefix({ pool: true });
const common = { prefix, preprocessing: smallPreprocessing, draws: settings };

/** Two epochs of pictures, and the pictures as they are. */
async function drawnViews(pictures: number): Promise<View[]> {
  const plain = await writePictures(path.join(temporaryFolder(), "pictures"), pictures);
  const drawn = [0, 1].flatMap((epoch) =>
    plain.map((view) => ({ ...view, draw: draws.of(view.image, epoch) })),
  );
  return [...drawn, ...plain];
}

/** The feature of a view computed by itself, without pool, batch and store. */
async function directFeature(engine: Engine, { path: file, image, draw }: View): Promise<Float32Array> {
  const pixels = renderView(await decodeImage(readFileSync(file)), {
    preprocessing: smallPreprocessing,
    pipeline,
    draw: draw === undefined ? null : draws.sample(image, draw.number),
  });
  const program = await engine.compile(prefix);
  const results = await program.run({ image: float32([1, 3, side, side], pixels) });
  return results[prefix.outputs[0]!.name]!.data as Float32Array;
}

describe("features of images under draws", () => {
  it("have the bits of the view computed alone, with any batch size and number of workers", async () => {
    const views = await drawnViews(5);
    await using engine = await Engine.start({ workers: 1 });
    const expected = await Promise.all(views.map((view) => directFeature(engine, view)));
    expect(new Set(expected.map((feature) => feature.join())).size).toBe(15);
    for (const [batchSize, workers] of [
      [1, 1],
      [8, 2],
      [32, 1],
    ] as const) {
      const store = FeatureStore.inMemory();
      const { table, forwards } = await extractFeatures({ ...common, views, store, batchSize, workers });
      expect(forwards.computed).toBe(15);
      for (const [index, { image, draw }] of views.entries()) {
        const feature = new Float32Array(24);
        table.read([table.indexOf(image, draw?.digest)!], feature);
        expect(feature).toEqual(expected[index]);
      }
      table.close();
    }
  });

  it("are read from a stream while the pack is being written, and from the store afterwards", async () => {
    const views = await drawnViews(12);
    const folder = path.join(temporaryFolder(), "store");
    const reference = await extractFeatures({ ...common, views, store: FeatureStore.inMemory(), workers: 1 });
    const rowsOf = (source: FeatureStream | typeof reference.table): number[] =>
      views.map(({ image, draw }) => source.indexOf(image, draw?.digest)!);
    const expected = new Float32Array(views.length * 24);
    reference.table.read(rowsOf(reference.table), expected);
    for (const computed of [36, 0]) {
      const store = await FeatureStore.open(folder);
      const stream = await FeatureStream.open({ ...common, views, store, workers: 2, batchSize: 2 });
      const rows = rowsOf(stream);
      const read = new Float32Array(views.length * 24);
      for (let first = 0; first < rows.length; first += 5) {
        const part = rows.slice(first, first + 5);
        await stream.read(part, read.subarray(first * 24, (first + part.length) * 24));
      }
      await stream.close();
      expect(read).toEqual(expected);
      expect(stream.summary().forwards.computed).toBe(computed);
    }
    reference.table.close();
  });

  it("stop when the stream is closed, and keep what was computed", async () => {
    const views = await drawnViews(12);
    const folder = path.join(temporaryFolder(), "store");
    const open = async () =>
      FeatureStream.open({
        ...common,
        views,
        store: await FeatureStore.open(folder),
        workers: 1,
        batchSize: 2,
      });
    const stream = await open();
    await stream.read([0], new Float32Array(24));
    await stream.close();
    const { computed } = stream.summary().forwards;
    expect(computed).toBeGreaterThan(0);
    const again = await open();
    await again.read([0], new Float32Array(24));
    await again.close();
    expect(again.summary().forwards.reused).toBe(computed);
  });
});
