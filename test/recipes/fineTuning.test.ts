import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BaseNetwork, createBase } from "../../src/applications/index.ts";
import { resolvePipeline } from "../../src/augmentation/generatorOptions.ts";
import { Engine } from "../../src/engine/engine.ts";
import { FeatureStore } from "../../src/features/store.ts";
import type { Model } from "../../src/models/functional.ts";
import { classifierModel } from "../../src/recipes/classifier/classifierModel.ts";
import { headLayers } from "../../src/recipes/classifier/headLayers.ts";
import { prepareData } from "../../src/recipes/data/prepareData.ts";
import { type TrainedClassifier, trainPhases } from "../../src/recipes/phases/trainPhases.ts";
import { planTraining } from "../../src/recipes/planTraining.ts";
import { PhaseClock } from "../../src/recipes/request/phaseClock.ts";
import { layersOfPaths } from "../../src/recipes/request/phaseRecord.ts";
import type { TrainingHooks, TrainingRequest } from "../../src/recipes/request/training.ts";
import { trainingPhases } from "../../src/recipes/request/trainingPhases.ts";
import type { Callback } from "../../src/training/callbacks/callback.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";

const pipeline = resolvePipeline({ rotationRange: 30, horizontalFlip: true });
const fresh = { name: "test", pipeline, draws: "fresh", seed: 0 } as const;

interface RunOptions {
  readonly request?: Partial<TrainingRequest>;
  readonly callback?: (base: BaseNetwork) => Callback;
  readonly hooks?: TrainingHooks;
}

interface Outcome extends TrainedClassifier {
  /** Copies of all weights before and after training, by path. */
  readonly before: ReadonlyMap<string, Float32Array>;
  readonly after: ReadonlyMap<string, Float32Array>;
}

const copies = (model: Model) =>
  new Map([...model.namedParameters()].map(([name, { value }]) => [name, value.slice()]));

function changedLayers({ before, after }: Outcome): readonly string[] {
  const isChanged = (name: string) => before.get(name)!.some((value, at) => value !== after.get(name)![at]);
  return layersOfPaths([...after.keys()].filter(isChanged)).filter((layer) => layer !== "standardize");
}

describe("training a part of the base", () => {
  let folder: string;
  let engine: Engine;
  let stores = 0;

  beforeAll(async () => {
    folder = await temporaryFolder("fineTuning");
    await writeStripes(path.join(folder, "photos"), ["flat", "steep"], 6);
    engine = await Engine.start({ workers: 2 });
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });

  function requestOf(request: Partial<TrainingRequest>): TrainingRequest {
    return {
      data: path.join(folder, "photos"),
      base: "mobilenet_v3_small",
      head: "dense:8",
      epochs: 2,
      batchSize: 4,
      optimizer: "adam",
      validationSplit: 0.2,
      seed: 1,
      imageSize: 96,
      out: path.join(folder, "out"),
      embedBase: false,
      store: path.join(folder, `store-${stores++}`),
      commandLine: "",
      ...request,
    };
  }

  async function train({ request: given = {}, callback, hooks = {} }: RunOptions): Promise<Outcome> {
    const request = requestOf(given);
    const clock = new PhaseClock();
    const base = await createBase(request.base, { inputShape: [96, 96, 3] });
    const found = await prepareData(request, {}, clock);
    const model = classifierModel(base, headLayers(request.head, 2), request);
    const before = copies(model);
    const trained = await trainPhases(
      {
        request,
        engine,
        store: await FeatureStore.open(request.store),
        base,
        model,
        found,
        warn: () => undefined,
        clock,
        ...(callback === undefined ? {} : { callback: callback(base) }),
      },
      trainingPhases(request, base),
      hooks,
    );
    trained.features.close();
    return { ...trained, before, after: copies(model) };
  }

  it.each([
    ["the head", {}, 2],
    ["the last block", { unfreeze: "last:1" }, 4],
    [
      "a layer and all behind it, batch statistics too",
      { unfreeze: "from:expanded_conv_10_project", batchNormalization: "train" },
      6,
    ],
    ["everything", { unfreeze: "all" }, 88],
    ["a base that is shown as frozen", { compat: "keras-2.0.8" }, 88],
  ] as const)(
    "lists for %s what the optimizer updates, and just this changes",
    async (_what, request, count) => {
      let optimized: readonly string[] = [];
      const callback = (): Callback => ({
        onTrainBegin({ paths }) {
          optimized = layersOfPaths(paths);
        },
      });
      // Its weight decay also changes weights behind activations that are zero for these pictures.
      const optimizer = { optimizer: "adamw", learningRate: 0.01 };
      const outcome = await train({ request: { ...request, ...optimizer }, callback });
      const [{ trained, frozen }] = outcome.phases as [TrainedClassifier["phases"][number]];
      expect(trained).toHaveLength(count);
      expect(optimized).toEqual(trained);
      expect(changedLayers(outcome)).toEqual(trained);
      expect(frozen.after).toBe(frozen.before);
      const plan = await planTraining(requestOf(request));
      expect(plan.phases.map((phase) => phase.trained)).toEqual([trained]);
    },
  );

  it("leaves moving statistics alone in inference mode and updates them in train mode", async () => {
    const statistic = "MobileNetV3Small/conv_1_bn/moving_mean";
    for (const batchNormalization of ["inference", "train"] as const) {
      const { before, after } = await train({ request: { unfreeze: "last:1", batchNormalization } });
      const isSame = before.get(statistic)!.every((value, at) => value === after.get(statistic)![at]);
      expect(isSame).toBe(batchNormalization === "inference");
    }
  });

  it("fails a run in which a frozen weight was changed", async () => {
    const callback = (base: BaseNetwork): Callback => ({
      onEpochEnd() {
        base.weights[0]!.value[0]! += 1;
      },
    });
    await expect(train({ request: { unfreeze: "last:1" }, callback })).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringContaining("MobileNetV3Small/conv/kernel"),
    });
  });

  it("plans exactly what it then computes, and computes nothing the second time", async () => {
    for (const request of [
      { recipe: "gradual", unfreeze: "last:2", epochs: 3, augmentation: fresh },
      { recipe: "fine-tune", unfreeze: "last:1", epochs: 3, augmentation: { ...fresh, draws: { pool: 2 } } },
      { unfreeze: "all", augmentation: fresh },
    ] as const) {
      const asked = { ...request, store: path.join(folder, `store-${stores++}`) };
      const before = await planTraining(requestOf(asked));
      const run = await train({ request: asked });
      expect(run.forwards).toMatchObject({
        computed: before.forwards.compute,
        avoided: before.forwards.avoided,
      });
      const after = await planTraining(requestOf(asked));
      expect(after.forwards.stored).toBe(before.forwards.compute - passed(after));
      expect(after.phases.every(({ seconds }, index) => index === 0 || seconds.steps > 0)).toBe(true);
    }
    // What a phase without a frozen part runs is never stored.
    function passed({ phases }: Awaited<ReturnType<typeof planTraining>>): number {
      return phases.reduce((sum, { forwards }) => sum + forwards.compute, 0);
    }
  });

  it("keeps the head's weights when the rate of the second phase is too high", async () => {
    const request = { recipe: "fine-tune", unfreeze: "last:1", epochs: 3, fineTuneRate: 1e30 } as const;
    const outcome = await train({ request });
    expect(outcome.failure?.code).toBe("LOSS_NAN");
    expect(outcome.phases.map(({ name }) => name)).toEqual(["head", "top"]);
    expect([...outcome.after.values()].every((values) => values.every(Number.isFinite))).toBe(true);
  });

  it("counts epochs on over the phases, with other draws and another order in each", async () => {
    const epochs: number[] = [];
    const request = { recipe: "gradual", unfreeze: "last:2", epochs: 5, headEpochs: 2 } as const;
    const { history } = await train({ request, hooks: { onEpoch: ({ epoch }) => void epochs.push(epoch) } });
    expect(epochs).toEqual([1, 2, 3, 4, 5]);
    expect(history.epoch).toEqual([0, 1, 2, 3, 4]);
    expect(history.history["val_loss"]).toHaveLength(5);
  });
});
