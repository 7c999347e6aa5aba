import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { preprocessing as preprocessingOf } from "../../src/applications/preprocessing.ts";
import type { DrawPolicy } from "../../src/augmentation/draw.ts";
import { resolvePipeline } from "../../src/augmentation/generatorOptions.ts";
import { sha256 } from "../../src/base/digest.ts";
import { type Split, splits } from "../../src/data/dataset.ts";
import { Engine } from "../../src/engine/engine.ts";
import { featureGroup } from "../../src/features/prefixGroup.ts";
import { FeatureStore } from "../../src/features/store.ts";
import type { ViewDraws } from "../../src/features/viewDraws.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { splitClassifier } from "../../src/recipes/classifier/classifierGraphs.ts";
import type { PreparedData } from "../../src/recipes/data/prepareData.ts";
import { drawnFeatures } from "../../src/recipes/features/drawnFeatures.ts";
import { type ImageFeatureOptions, imageFeatures } from "../../src/recipes/features/imageFeatures.ts";
import { plannedForwards } from "../../src/recipes/planning/plannedForwards.ts";
import { viewDraws } from "../../src/recipes/request/augmentation.ts";
import { sizeOf } from "../../src/tensor/tensor.ts";
import { stripes, temporaryFolder } from "../support/pictures.ts";
import { randomModel, randomSteps } from "../support/randomModel.ts";

const pipelines = [
  resolvePipeline({ horizontalFlip: true }),
  resolvePipeline({ horizontalFlip: true, verticalFlip: true }),
  resolvePipeline({ rotationRange: 30, zoomRange: 0.2 }),
];
const preprocessing = preprocessingOf("tf", { height: 6, width: 6 });
const distinctPictures = 5;

/** Files by the picture in them and their split: copies of one picture may lie in several. */
const files = fc.array(
  fc.record({ picture: fc.nat(distinctPictures - 1), split: fc.constantFrom<Split>(...splits) }),
  { minLength: 1, maxLength: 9 },
);

/** How one run of several on the same store draws its views. */
const run = fc.record({
  epochs: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(1),
  pipeline: fc.nat(pipelines.length - 1),
  policy: fc.constantFrom<DrawPolicy>("none", "fresh", { pool: 1 }, { pool: 3 }),
});

const training = fc.record({ steps: randomSteps, files, runs: fc.tuple(run, run) });

describe("planned forwards", () => {
  let folder: string;
  let engine: Engine;
  const pictures: { readonly path: string; readonly image: string }[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder("planned");
    engine = await Engine.start({ workers: 1 });
    for (let number = 0; number < distinctPictures; number++) {
      const bytes = await stripes(number % 3, number, 12);
      const file = path.join(folder, `${number}.png`);
      await writeFile(file, bytes);
      pictures.push({ path: file, image: sha256(bytes) });
    }
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });

  function dataOf(chosen: readonly { readonly picture: number; readonly split: Split }[]): PreparedData {
    const samples = chosen.map(({ picture, split }) => ({
      path: pictures[picture]!.path,
      name: `${picture}`,
      label: 0,
      className: "one",
      weight: 1,
      split,
    }));
    const digests = new Map(pictures.map(({ path: file, image }) => [file, image]));
    const about = { root: folder, layout: "classes", skipped: [], notes: [] } as const;
    const ignored = { hidden: 0, notImages: [] };
    return { dataset: { ...about, ignored, classNames: ["one"], samples }, digests };
  }

  /** Forwards of a run, counted: images as they are, then training images under their draws, epoch after epoch. */
  async function counted(
    data: PreparedData,
    draws: ViewDraws | undefined,
    epochs: number,
    options: ImageFeatureOptions,
  ): Promise<number> {
    const { samples } = data.dataset;
    const plain = await imageFeatures(samples, data.digests, options);
    plain.table.close();
    if (draws === undefined) return plain.forwards.computed;
    const images = { samples: samples.filter(({ split }) => split === "train"), digests: data.digests };
    const order = { epochs, batchSize: 2, seed: 0 };
    const drawn = await drawnFeatures(images, draws, order, options);
    const all = Uint32Array.from(images.samples, (_, index) => index);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const into = new Float32Array(all.length * sizeOf(drawn.source.shape));
      await drawn.source.forEpoch!(epoch).read(all, into);
    }
    await drawn.close();
    return plain.forwards.computed + drawn.summary().forwards.computed;
  }

  it("are those that random networks, freezes and draws then take, with and without stored features", async () => {
    const cases = fc
      .sample(training, { seed: 11, numRuns: 40 })
      .flatMap(({ steps, ...rest }) => {
        const { prefix } = splitClassifier(randomModel(steps, 3));
        return prefix === undefined ? [] : [{ prefix, ...rest }];
      })
      .slice(0, 6);
    const found = { stored: 0, computed: 0 };
    for (const [index, { prefix, files: chosen, runs }] of cases.entries()) {
      const data = dataOf(chosen);
      const store = await FeatureStore.open(path.join(folder, `store-${index}`));
      const options = { prefix, preprocessing, store, numericsClass: engine.numericsClass, workers: 1 };
      for (const { epochs, seed, pipeline, policy } of runs) {
        const augmentation = { name: "test", pipeline: pipelines[pipeline]!, draws: policy, seed };
        const draws = viewDraws(augmentation, preprocessing);
        const planned = await plan(data, draws, epochs, store, prefix);
        expect(await counted(data, draws, epochs, options)).toBe(planned.compute);
        expect(await plan(data, draws, epochs, store, prefix)).toMatchObject({
          compute: 0,
          stored: planned.stored + planned.compute,
        });
        found.stored += planned.stored;
        found.computed += planned.compute;
      }
    }
    expect(Math.min(found.stored, found.computed)).toBeGreaterThan(10);
  });

  async function plan(
    data: PreparedData,
    draws: ViewDraws | undefined,
    epochs: number,
    store: FeatureStore,
    prefix: Graph,
  ) {
    const group = await store.group(featureGroup({ prefix, preprocessing }, engine.numericsClass));
    try {
      return plannedForwards(data, draws, epochs, group);
    } finally {
      group.close();
    }
  }
});
