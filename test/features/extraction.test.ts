import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ProgressEvent } from "../../src/base/progress.ts";
import { Engine } from "../../src/engine/engine.ts";
import {
  type ExtractionOptions,
  type ExtractionResult,
  extractFeatures,
} from "../../src/features/extract.ts";
import { FeatureStore } from "../../src/features/store.ts";
import type { View } from "../../src/features/views.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { decodeImage } from "../../src/images/decode.ts";
import { Preprocessor } from "../../src/images/preprocess.ts";
import { operators } from "../../src/ops/index.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import {
  copyOf,
  side,
  smallPrefix,
  smallPreprocessing,
  writePictures,
  writeView,
} from "../support/extraction.ts";
import { filesOf, temporaryFolder } from "../support/featureRows.ts";

interface Setting {
  readonly folder: string;
  readonly store: FeatureStore;
  readonly views: readonly View[];
}

async function setting(pictures: number): Promise<Setting> {
  const folder = temporaryFolder();
  return {
    folder,
    store: await FeatureStore.open(path.join(folder, "store")),
    views: await writePictures(path.join(folder, "pictures"), pictures),
  };
}

async function extract(
  { store, views }: Pick<Setting, "store" | "views">,
  options: Partial<ExtractionOptions> = {},
): Promise<ExtractionResult> {
  const result = await extractFeatures({
    store,
    views,
    prefix: smallPrefix({ pool: true }),
    preprocessing: smallPreprocessing,
    workers: 2,
    ...options,
  });
  onTestFinished(() => result.table.close());
  return result;
}

function featureOf({ table }: ExtractionResult, view: View): Float32Array {
  const feature = new Float32Array(table.rowShape.reduce((product, size) => product * size, 1));
  table.read([table.indexOf(view.image)!], feature);
  return feature;
}

/** The feature of one picture as the engine computes it alone. */
async function directFeature(engine: Engine, prefix: Graph, view: View): Promise<Float32Array> {
  const pixels = new Float32Array(3 * side * side);
  new Preprocessor(smallPreprocessing).run(await decodeImage(readFileSync(view.path)), pixels);
  const program = await engine.compile(prefix);
  const results = await program.run({ image: float32([1, 3, side, side], pixels) });
  return results[prefix.outputs[0]!.name]!.data as Float32Array;
}

describe("extractFeatures", () => {
  it("computes each distinct image once, and none in a second run", async () => {
    const setup = await setting(20);
    const views = [...setup.views, copyOf(setup.views[3]!, "copy.png"), setup.views[5]!];
    const first = await extract({ ...setup, views });
    expect(first.forwards).toEqual({ computed: 20, reused: 0 });
    expect(first.table.rows).toBe(20);
    expect(first.table.rowShape).toEqual([24]);
    expect(first.skipped).toEqual([]);
    expect(first.bytesWritten).toBeGreaterThan(20 * 24 * 4);
    for (const view of setup.views) rmSync(view.path);
    const second = await extract({ ...setup, views });
    expect(second.forwards).toEqual({ computed: 0, reused: 20 });
    expect(second.bytesWritten).toBe(0);
    for (const view of setup.views) expect(featureOf(second, view)).toEqual(featureOf(first, view));
  });

  it.each([
    { pool: true, shape: [24] },
    { pool: false, shape: [24, 8, 8] },
  ])(
    "gives the engine's own bits for features of shape $shape, in any batch and order",
    async ({ pool, shape }) => {
      const setup = await setting(13);
      const prefix = smallPrefix({ pool });
      await using engine = await Engine.start({ workers: 1 });
      const expected = await Promise.all(setup.views.map((view) => directFeature(engine, prefix, view)));
      for (const [batchSize, workers] of [
        [1, 1],
        [8, 2],
        [32, 1],
      ] as const) {
        const views = batchSize === 8 ? setup.views.toReversed() : setup.views;
        const result = await extract(
          { store: FeatureStore.inMemory(), views },
          { prefix, batchSize, workers },
        );
        expect(result.table.rowShape).toEqual(shape);
        for (const [index, view] of setup.views.entries())
          expect(featureOf(result, view)).toEqual(expected[index]);
      }
    },
  );

  it("computes only what is new, and everything again for another base", async () => {
    const setup = await setting(9);
    await extract({ ...setup, views: setup.views.slice(0, 6) });
    expect((await extract(setup)).forwards).toEqual({ computed: 3, reused: 6 });
    const prefix = smallPrefix({ pool: true, weights: "other weights" });
    expect((await extract(setup, { prefix })).forwards).toEqual({ computed: 9, reused: 0 });
    const preprocessing = { ...smallPreprocessing, filter: "nearest" } as const;
    expect((await extract(setup, { preprocessing })).forwards).toEqual({ computed: 9, reused: 0 });
  });

  it("finds features again under other paths, with other batches and workers", async () => {
    const setup = await setting(5);
    await extract(setup, { batchSize: 8 });
    const moved = setup.views.map((view, index) => copyOf(view, `moved ${index}.png`));
    for (const view of setup.views) rmSync(view.path);
    const second = await extract({ ...setup, views: moved.toReversed() }, { batchSize: 2, workers: 1 });
    expect(second.forwards).toEqual({ computed: 0, reused: 5 });
  });

  it("starts no thread when everything is stored and the numerics class is known", async () => {
    const setup = await setting(2);
    const engine = await Engine.start({ workers: 1 });
    await engine.close();
    await extract(setup);
    const { numericsClass } = engine;
    const second = await extract(setup, { numericsClass, workers: Number.NaN });
    expect(second.forwards).toEqual({ computed: 0, reused: 2 });
  });

  it("skips what cannot be used, by path and with the reason, and goes on", async () => {
    const setup = await setting(6);
    const broken = writeView(path.join(setup.folder, "broken.jpg"), Buffer.from("this is no picture"));
    const empty = writeView(path.join(setup.folder, "empty.png"), new Uint8Array(0));
    const changed = setup.views[1]!;
    writeFileSync(changed.path, readFileSync(setup.views[0]!.path));
    const gone = setup.views[2]!;
    rmSync(gone.path);
    const result = await extract({ ...setup, views: [broken, ...setup.views, empty] });
    expect(result.forwards.computed).toBe(4);
    expect(result.table.rows).toBe(4);
    const reasons = new Map(result.skipped.map(({ path: file, reason }) => [file, reason]));
    expect([...reasons.keys()].sort()).toEqual(
      [broken, changed, gone, empty].map((view) => view.path).sort(),
    );
    expect(reasons.get(broken.path)).toMatch(/^expected a JPEG/);
    expect(reasons.get(changed.path)).toMatch(/has changed/);
    expect(reasons.get(gone.path)).toMatch(/does not exist/);
    expect(result.table.indexOf(broken.image)).toBeUndefined();
  });

  it("uses another file with the same bytes when the first is gone", async () => {
    const setup = await setting(2);
    const copy = copyOf(setup.views[0]!, "copy.png");
    rmSync(setup.views[0]!.path);
    const result = await extract({ ...setup, views: [...setup.views, copy] });
    expect(result.forwards.computed).toBe(2);
    expect(result.skipped.map((each) => each.path)).toEqual([setup.views[0]!.path]);
  });

  it("computes damaged features anew and reports them", async () => {
    const setup = await setting(5);
    const first = await extract(setup);
    const features = setup.views.map((view) => featureOf(first, view));
    const pack = path.join(setup.folder, "store", filesOf(path.join(setup.folder, "store"))[0]!);
    const bytes = readFileSync(pack);
    bytes[Number(bytes.readBigUInt64LE(0)) + 8 + 2 * 96]! ^= 1;
    writeFileSync(pack, bytes);
    const second = await extract(setup);
    expect(second.forwards).toEqual({ computed: 1, reused: 4 });
    expect(second.problems).toEqual([{ path: pack, row: 2, reason: expect.any(String) }]);
    expect(setup.views.map((view) => featureOf(second, view))).toEqual(features);
  });

  it("keeps what is done when it is interrupted, and goes on from there", async () => {
    const setup = await setting(40);
    const abort = new AbortController();
    const onProgress = ({ done }: ProgressEvent): void => {
      if (done >= 6) abort.abort();
    };
    const run = extract(setup, { batchSize: 2, signal: abort.signal, onProgress });
    const error = await run.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: "INTERRUPTED",
      message: expect.stringContaining("kept in the store"),
    });
    const { kept } = (error as { details: { kept: number } }).details;
    expect(kept).toBeGreaterThanOrEqual(6);
    expect(kept).toBeLessThan(40);
    expect(filesOf(path.join(setup.folder, "store")).filter((file) => file.includes(".tmp-"))).toEqual([]);
    expect((await extract(setup)).forwards).toEqual({ computed: 40 - kept, reused: kept });
  });

  it("tells its progress", async () => {
    const setup = await setting(10);
    const events: ProgressEvent[] = [];
    await extract(setup, { batchSize: 4, onProgress: (event) => events.push(event) });
    expect(events.at(-1)).toEqual({ phase: "features", done: 10, total: 10, unit: "images" });
    expect(events.map((event) => event.done)).toEqual(
      events.map((event) => event.done).sort((a, b) => a - b),
    );
  });

  it("takes preprocessed pixels as features when the prefix does nothing", async () => {
    const setup = await setting(3);
    const g = new GraphBuilder();
    const x = g.input("image", { dtype: "float32", shape: ["batch", 3, side, side] }, { kind: "data" });
    const result = await extract(setup, { prefix: g.build([x]) });
    const pixels = new Float32Array(3 * side * side);
    new Preprocessor(smallPreprocessing).run(await decodeImage(readFileSync(setup.views[1]!.path)), pixels);
    expect(featureOf(result, setup.views[1]!)).toEqual(pixels);
  });

  it("needs no image at all", async () => {
    const result = await extract({ ...(await setting(0)), views: [] });
    expect(result.forwards).toEqual({ computed: 0, reused: 0 });
    expect(result.table.rows).toBe(0);
  });

  it("refuses a prefix with parameters left open, and another picture size", async () => {
    const setup = await setting(1);
    const g = new GraphBuilder();
    const x = g.input("image", { dtype: "float32", shape: ["batch", 3, side, side] }, { kind: "data" });
    const scale = g.input(
      "scale",
      { dtype: "float32", shape: [1] },
      { kind: "parameter", parameter: "scale" },
    );
    const prefix = g.build([g.apply(operators.mul, [x, scale], {})]);
    await expect(extract(setup, { prefix })).rejects.toMatchObject({
      code: "GRAPH_INVALID",
      message: expect.stringContaining("Bind parameters"),
    });
    const preprocessing = { ...smallPreprocessing, width: 40 };
    await expect(extract(setup, { preprocessing })).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
  });

  it("works with a store that cannot be written, and says so", async () => {
    const setup = await setting(4);
    writeFileSync(path.join(setup.folder, "file"), "");
    const store = await FeatureStore.open(path.join(setup.folder, "file"));
    const result = await extract({ ...setup, store });
    expect(result.warnings).toEqual([expect.stringContaining("cannot be written")]);
    expect(result.table.rows).toBe(4);
    expect(featureOf(result, setup.views[0]!)).toHaveLength(24);
  });
});
