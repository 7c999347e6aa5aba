import { expect, it } from "vitest";
import { dense } from "../../layers/index.ts";
import { normalization } from "../../layers/normalization.ts";
import { sequential } from "../../models/index.ts";
import { arrayRows } from "../../training/samples/batchSource.ts";
import { standardizeName } from "../classifier/classifierModel.ts";
import type { PreparedData } from "../data/prepareData.ts";
import type { CutFeatures } from "../features/cutFeatures.ts";
import { standardize } from "./standardize.ts";

/** Two channels, of which one is nearly dead. */
const rows = Float32Array.of(1, 0.5, 3, 0.5001);

async function variances(isUntrained: boolean): Promise<readonly number[]> {
  const model = sequential({
    layers: [normalization({ name: standardizeName, inputShape: [2] }), dense({ units: 1 })],
  });
  const source = arrayRows(rows, [2]);
  const features: Pick<CutFeatures, "of"> = { of: () => source };
  const data = { dataset: { samples: [] }, digests: new Map() } as object;
  await standardize(model, features as CutFeatures, data as PreparedData, isUntrained);
  return [...model.getLayer(standardizeName).getWeights()[1]!.data];
}

it("gives a channel its own variance, and one of an untrained base at least a tenth of the mean", async () => {
  const [live, dead] = await variances(false);
  expect(live).toBeCloseTo(1, 6);
  expect(dead).toBeLessThan(1e-8);
  const [unchanged, floored] = await variances(true);
  expect(unchanged).toBe(live);
  expect(floored).toBeCloseTo(0.05, 6);
});
