import { rmSync } from "node:fs";
import { cp } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBase } from "../../src/applications/index.ts";
import type { DrawPolicy } from "../../src/augmentation/draw.ts";
import { resolvePipeline } from "../../src/augmentation/generatorOptions.ts";
import { sha256 } from "../../src/base/digest.ts";
import { Engine } from "../../src/engine/engine.ts";
import { evict } from "../../src/features/maintenance/evict.ts";
import { FeatureStore } from "../../src/features/store.ts";
import { classifierModel, headOf } from "../../src/recipes/classifier/classifierModel.ts";
import { headLayers } from "../../src/recipes/classifier/headLayers.ts";
import { type PreparedData, prepareData } from "../../src/recipes/data/prepareData.ts";
import { type TrainedClassifier, trainPhases } from "../../src/recipes/phases/trainPhases.ts";
import { planTraining } from "../../src/recipes/planTraining.ts";
import type { Augmentation } from "../../src/recipes/request/augmentation.ts";
import { PhaseClock } from "../../src/recipes/request/phaseClock.ts";
import type { TrainingHooks, TrainingRequest } from "../../src/recipes/request/training.ts";
import { trainingPhases } from "../../src/recipes/request/trainingPhases.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";

const pipeline = resolvePipeline({ rotationRange: 30, zoomRange: 0.2, horizontalFlip: true });

interface RunOptions {
  readonly draws?: DrawPolicy;
  readonly plainly?: boolean;
  readonly store?: string;
  readonly augmentation?: Partial<Augmentation>;
  readonly request?: Partial<TrainingRequest>;
  readonly hooks?: TrainingHooks;
  readonly engine?: Engine;
}

function trainImages({ dataset }: Pick<TrainedClassifier, "dataset">): number {
  return dataset.samples.filter(({ split }) => split === "train").length;
}

interface Outcome extends TrainedClassifier {
  /** SHA-256 of all weights of the head. */
  readonly weights: string;
  readonly warnings: readonly string[];
}

describe("training on draws", () => {
  let folder: string;
  let photos: string;
  let engine: Engine;
  let singleEngine: Engine;
  let stores = 0;
  const outcomes = new Map<string, Promise<Outcome>>();

  beforeAll(async () => {
    folder = await temporaryFolder("draws");
    photos = path.join(folder, "photos");
    await writeStripes(photos, ["flat", "steep"], 10);
    engine = await Engine.start({ workers: 2 });
    singleEngine = await Engine.start({ workers: 1 });
  });
  afterAll(async () => {
    await engine.close();
    await singleEngine.close();
    rmSync(folder, { recursive: true });
  });

  const newStore = (): string => path.join(folder, `store-${stores++}`);

  function requestOf(options: RunOptions): TrainingRequest {
    return {
      data: photos,
      base: "mobilenet_v3_small",
      head: "dense:8,dropout:0.3",
      epochs: 3,
      batchSize: 6,
      optimizer: "adam",
      validationSplit: 0.2,
      seed: 1,
      imageSize: 96,
      out: path.join(folder, "out"),
      embedBase: false,
      store: options.store ?? newStore(),
      commandLine: "",
      ...(options.draws === undefined
        ? {}
        : {
            augmentation: { name: "test", pipeline, draws: options.draws, seed: 0, ...options.augmentation },
          }),
      ...options.request,
    };
  }

  async function train(options: RunOptions = {}): Promise<Outcome> {
    const request = requestOf(options);
    const clock = new PhaseClock();
    const found: PreparedData = await prepareData(request, {}, clock);
    const base = await createBase(request.base, { inputShape: [96, 96, 3] });
    const model = classifierModel(base, headLayers(request.head, 2), request);
    const warnings: string[] = [];
    const trained = await trainPhases(
      {
        request,
        engine: options.engine ?? engine,
        store: await FeatureStore.open(request.store),
        base,
        model,
        found,
        warn: (text) => warnings.push(text),
        clock,
        plainly: options.plainly ?? false,
      },
      trainingPhases(request, base),
      options.hooks ?? {},
    );
    trained.features.close();
    const values = headOf(model).flatMap((layer) => layer.getWeights().map((tensor) => tensor.data));
    const bytes = values.map((data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return { ...trained, weights: sha256(Buffer.concat(bytes)), warnings };
  }

  const once = (name: string, options: RunOptions): Promise<Outcome> => {
    const known = outcomes.get(name) ?? train(options);
    outcomes.set(name, known);
    return known;
  };

  it.each([
    ["none", undefined, 0],
    ["pool", { pool: 2 }, 2],
    ["fresh", "fresh", 3],
  ] as const)(
    "gives the plain way's bits with draws %s, and no forward the second time",
    async (name, draws, most) => {
      const options = draws === undefined ? {} : { draws };
      const store = newStore();
      const plain = await once(`${name} plainly`, { ...options, plainly: true });
      const stored = await train({ ...options, store });
      expect(stored.history).toEqual(plain.history);
      expect(stored.weights).toBe(plain.weights);
      expect(stored.forwards.reused).toBe(0);
      const trained = trainImages(stored);
      expect(stored.forwards.computed).toBeGreaterThanOrEqual(20 + Math.min(most, 1) * trained);
      expect(stored.forwards.computed).toBeLessThanOrEqual(20 + most * trained);
      const again = await train({ ...options, store, engine: singleEngine });
      expect(again.weights).toBe(plain.weights);
      expect(again.forwards).toMatchObject({ computed: 0, reused: stored.forwards.computed });
      expect(again.recomputed).toEqual([]);
    },
  );

  it("gives the same bits with one worker, streaming or not", async () => {
    const plain = await once("fresh plainly", { draws: "fresh", plainly: true });
    const single = await train({ draws: "fresh", engine: singleEngine });
    expect(single.weights).toBe(plain.weights);
    // A store that holds the first epoch's views already: read from disk and from memory in turns.
    const store = newStore();
    await train({ draws: "fresh", store, request: { epochs: 1 } });
    const mixed = await train({ draws: "fresh", store });
    expect(mixed.weights).toBe(plain.weights);
    expect(mixed.forwards.computed).toBe(2 * trainImages(mixed));
  });

  it("computes nothing for another head, rate or batch size", async () => {
    const store = newStore();
    await train({ draws: { pool: 2 }, store });
    const request = { head: "linear", learningRate: 0.1, batchSize: 4 };
    const other = await train({ draws: { pool: 2 }, store, request });
    expect(other.forwards.computed).toBe(0);
  });

  it("says why features were computed", async () => {
    const store = newStore();
    const reasons = async (options: RunOptions): Promise<readonly string[]> =>
      (await train({ ...options, store, request: { epochs: 1, ...options.request } })).recomputed.map(
        ({ views, reason }) => `${views}: ${reason}`,
      );
    expect(await reasons({ draws: "fresh" })).toEqual([
      "images: first run with this store",
      "drawn views: first run with draws",
    ]);
    expect(await reasons({ draws: "fresh", request: { epochs: 2 } })).toEqual([
      "drawn views: more draws, or new images",
    ]);
    const turned = { pipeline: resolvePipeline({ rotationRange: 40, zoomRange: 0.2, horizontalFlip: true }) };
    expect(await reasons({ draws: "fresh", augmentation: turned })).toEqual([
      "drawn views: other draw pipeline: rotationRange 30 -> 40",
    ]);
    expect(await reasons({ draws: "fresh", augmentation: { seed: 5 } })).toEqual([
      "drawn views: other seed of the draws: 0 -> 5",
    ]);
    await evict(store, { maxBytes: 0 });
    const lost = /^(images|drawn views): store limit reached \(\d+ rows removed on \d{4}-\d\d-\d\d\)/;
    for (const reason of await reasons({ draws: "fresh" })) expect(reason).toMatch(lost);
  });

  it("plans exactly what it then computes", async () => {
    for (const draws of ["fresh", { pool: 2 }, undefined] as const) {
      const store = newStore();
      const options = draws === undefined ? { store } : { draws, store };
      const before = await planTraining(requestOf(options));
      const run = await train(options);
      expect(before.forwards.compute).toBe(run.forwards.computed);
      expect(before.forwards.avoided).toBe(run.forwards.avoided);
      const after = await planTraining(requestOf(options));
      expect(after.forwards).toMatchObject({ compute: 0, stored: before.forwards.compute });
    }
  });

  it("leaves out an image that vanishes while training runs, and begins again", async () => {
    const copy = path.join(folder, "vanishing");
    await cp(photos, copy, { recursive: true });
    const data = await prepareData(requestOf({ request: { data: copy } }), {}, new PhaseClock());
    const lost = data.dataset.samples.find(({ split }) => split === "train")!.path;
    const hooks: TrainingHooks = {
      onProgress({ phase, done }) {
        if (phase === "features" && done >= 20) rmSync(lost, { force: true });
      },
    };
    const options = { draws: "fresh", request: { data: copy } } as const;
    const store = newStore();
    const run = await train({ ...options, store, hooks });
    expect(run.warnings.join()).toContain("begins again without");
    expect(run.dataset.skipped).toMatchObject([{ path: lost }]);
    const clean = await train({ ...options, store });
    expect(run.weights).toBe(clean.weights);
    expect(run.history).toEqual(clean.history);
  });

  it("warns of draws without effect", async () => {
    const { warnings, forwards } = await train({ draws: "none", request: { epochs: 1 } });
    expect(warnings.join()).toContain("--draws none");
    expect(forwards.computed).toBe(20);
  });
});
