import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type ExtractionResult, extractFeatures } from "../../src/features/extract.ts";
import { FeatureStore } from "../../src/features/store.ts";
import { smallPrefix, smallPreprocessing, writePictures } from "../support/extraction.ts";
import { temporaryFolder } from "../support/featureRows.ts";

function rowsOf({ table }: ExtractionResult): Float32Array {
  onTestFinished(() => table.close());
  const length = table.rowShape.reduce((product, size) => product * size, 1);
  const into = new Float32Array(table.rows * length);
  table.read([...Array(table.rows).keys()], into);
  return into;
}

it.each([
  ["float16", 2 ** -11],
  ["bfloat16", 2 ** -8],
] as const)(
  "%s gives the first run and later ones the same rounded numbers, and says so",
  async (storeDtype, error) => {
    const folder = temporaryFolder();
    const views = await writePictures(path.join(folder, "pictures"), 10);
    const store = await FeatureStore.open(path.join(folder, "store"));
    const options = {
      views,
      prefix: smallPrefix({ pool: true }),
      preprocessing: smallPreprocessing,
      store,
      workers: 1,
    };
    const exact = rowsOf(await extractFeatures(options));
    const first = await extractFeatures({ ...options, storeDtype });
    expect(first.forwards).toEqual({ computed: 10, reused: 0 });
    expect(first.warnings).toEqual([expect.stringContaining(`stored as ${storeDtype}`)]);
    const later = await extractFeatures({ ...options, storeDtype });
    expect(later.forwards).toEqual({ computed: 0, reused: 10 });
    const memory = await extractFeatures({ ...options, storeDtype, store: FeatureStore.inMemory() });
    const rounded = rowsOf(first);
    expect(rowsOf(later)).toEqual(rounded);
    expect(rowsOf(memory)).toEqual(rounded);
    expect(rounded).not.toEqual(exact);
    for (const [i, value] of rounded.entries()) {
      expect(Math.abs(value - exact[i]!)).toBeLessThanOrEqual(error * Math.abs(exact[i]!) + 2 ** -24);
    }
  },
);
