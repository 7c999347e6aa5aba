import { describe, expect, it } from "vitest";
import { resolvePipeline } from "../../augmentation/generatorOptions.ts";
import { sha256 } from "../../base/digest.ts";
import { batchOrder } from "../../data/batches.ts";
import { ViewDraws } from "../../features/viewDraws.ts";
import { viewsInTrainingOrder } from "./drawnFeatures.ts";

const samples = Array.from({ length: 7 }, (_, at) => ({ path: `${at}.jpg` }));
const digests = new Map(samples.map(({ path }) => [path, sha256(path)]));
const pipeline = resolvePipeline({ rotationRange: 30 });
const draws = new ViewDraws({ pipeline, policy: "fresh", seed: 0, height: 8, width: 8 });
const settings = { batchSize: 3, seed: 5 };

function viewsOf(order: { readonly epochs: number; readonly firstEpoch?: number }) {
  const views = [...viewsInTrainingOrder({ samples, digests }, draws, { ...settings, ...order })];
  return views.map(({ path, draw }) => ({ path, epoch: draw!.number }));
}

describe("views in the order of training", () => {
  it("holds each image once for every epoch", () => {
    for (const order of [{ epochs: 1 }, { epochs: 23 }, { epochs: 12, firstEpoch: 5 }]) {
      const { epochs, firstEpoch = 0 } = order;
      const found = viewsOf(order).map(({ path, epoch }) => `${path} ${epoch}`);
      const expected = samples.flatMap(({ path }) =>
        Array.from({ length: epochs - firstEpoch }, (_, at) => `${path} ${firstEpoch + at}`),
      );
      expect(found).toHaveLength(expected.length);
      expect(new Set(found)).toEqual(new Set(expected));
    }
  });

  it("takes one epoch, then two, four and eight together", () => {
    const epochs = viewsOf({ epochs: 20 }).map(({ epoch }) => epoch);
    const ends = [1, 3, 7, 15, 20];
    let [at, begin] = [0, 0];
    for (const end of ends) {
      const window = epochs.slice(at, at + (end - begin) * samples.length);
      const once = Array.from({ length: end - begin }, (_, each) => begin + each);
      expect(window).toEqual(samples.flatMap(() => once));
      at += window.length;
      begin = end;
    }
  });

  it("begins with the batches of the first epoch", () => {
    const { batchSize, seed } = settings;
    const asked = batchOrder(samples.length, { batchSize, seed, epoch: 0, shuffle: true });
    const paths = asked.flatMap((indices) => Array.from(indices, (index) => samples[index]!.path));
    expect(
      viewsOf({ epochs: 3 })
        .slice(0, samples.length)
        .map(({ path }) => path),
    ).toEqual(paths);
  });
});
