import { readFile } from "node:fs/promises";
import path from "node:path";
import type { BaseNetwork } from "../applications/index.ts";
import { writeFileAtomic } from "../base/files.ts";
import { Engine } from "../engine/engine.ts";
import { autoencoderLayers } from "../models/autoencoder.ts";
import { Sequential } from "../models/sequential.ts";
import { weightsDigest } from "../models/weights.ts";
import { resolveOptimizer } from "../optimizers/index.ts";
import { cosineDecay } from "../optimizers/schedules/cosineDecay.ts";
import { checkReplaceable } from "../saving/saveBundle.ts";
import type { Callback } from "../training/callbacks/callback.ts";
import { type Compiled, compileModel } from "../training/compiled/compile.ts";
import type { History } from "../training/measuring/history.ts";
import { fit } from "../training/runs/fit.ts";
import { openBase } from "./classifier/openBase.ts";
import type { PreparedData } from "./data/prepareData.ts";
import { explainInterruption } from "./phases/earlyEnd.ts";
import { samplesOf } from "./phases/headTraining.ts";
import { runFolder, UnfinishedRun } from "./phases/unfinishedRun.ts";
import { KeptPictures } from "./pretraining/keptPictures.ts";
import { checkDamage, isDamaging } from "./pretraining/pictureDamage.ts";
import { type PicturePairs, picturePairs } from "./pretraining/picturePairs.ts";
import type { PretrainingHooks, PretrainingRequest, PretrainingResult } from "./pretraining/pretraining.ts";
import { ReconstructionSheet, sheetName } from "./pretraining/reconstructionSheet.ts";
import { savePretraining } from "./pretraining/savePretraining.ts";
import { unlabelledImages } from "./pretraining/unlabelledImages.ts";
import { augmentationWarnings, viewDraws } from "./request/augmentation.ts";
import { PhaseClock } from "./request/phaseClock.ts";

/** The losses by the names that `compile` takes. */
const lossNames = { mse: "meanSquaredError", bce: "binaryCrossentropy" } as const;

/**
 * Trains an encoder on images without labels: with a mirrored decoder behind it, it learns to give pictures back, or to mend damaged
 * ones. Ends with a bundle of encoder and decoder; the folder serves as the base of a classifier.
 *
 * @throws PermafrostError INVALID_ARGUMENT for an encoder that cannot be mirrored or settings that make no sense; DATA_EMPTY, LOSS_NAN,
 *   INTERRUPTED (the same request goes on from there), OUTPUT_EXISTS, ...
 */
export async function pretrainEncoder(
  request: PretrainingRequest,
  hooks: PretrainingHooks = {},
): Promise<PretrainingResult> {
  checkDamage(request);
  await checkReplaceable(request.out);
  try {
    return await pretrainAndSave(request, hooks);
  } catch (error) {
    throw await explainInterruption(error, request);
  }
}

async function pretrainAndSave(
  request: PretrainingRequest,
  hooks: PretrainingHooks,
): Promise<PretrainingResult> {
  const clock = new PhaseClock();
  const warnings: string[] = [];
  const warn = (text: string) => {
    warnings.push(text);
    hooks.onWarning?.(text);
  };
  for (const text of augmentationWarnings(request.augmentation)) warn(text);
  await using engine = await clock.time("start", () => Engine.start());
  const base = await clock.time("start", () => openBase({ ...request, base: request.encoder }, hooks));
  const model = new Sequential({
    name: "autoencoder",
    layers: autoencoderLayers({ encoder: base }),
    seed: request.seed,
  });
  const kept = new KeptPictures(base.preprocessing);
  const found = await clock.time("read", () => unlabelledImages(request, hooks, kept));
  const { numericsClass } = engine;
  const context = { data: found, base: weightsDigest(base), numericsClass, warn };
  const run = await UnfinishedRun.open(request, { ...context, kind: "pretrain", files: [sheetName] });
  const parts = { request, engine, base, model, found, kept, run };
  const { history, compiled, sheet } = await clock
    .time("train", () => trainAutoencoder(parts, hooks))
    .catch(async (error: unknown) => {
      await run.endWith(error);
      throw error;
    });
  const result = {
    encoder: base.application.commandName,
    images: { train: samplesOf(found, "train").length, validation: samplesOf(found, "validation").length },
    skipped: found.dataset.skipped,
    history: history.history,
    trainableParameters: [...compiled.trained.values()].reduce((sum, { size }) => sum + size, 0),
    warnings,
    bundle: request.out,
    sheet: path.join(request.out, sheetName),
    numericsClass,
  };
  await clock.time("save", async () => savePretraining({ ...parts, result, sheet: await readFile(sheet) }));
  await run.finish();
  return { ...result, seconds: clock.seconds };
}

interface AutoencoderTraining {
  readonly request: PretrainingRequest;
  readonly engine: Engine;
  readonly base: BaseNetwork;
  readonly model: Sequential;
  readonly found: PreparedData;
  readonly kept: KeptPictures;
  readonly run: UnfinishedRun;
}

async function trainAutoencoder(
  training: AutoencoderTraining,
  hooks: PretrainingHooks,
): Promise<{ readonly history: History; readonly compiled: Compiled; readonly sheet: string }> {
  const { request, base, model, found, run } = training;
  const { epochs, batchSize, seed } = request;
  const train = pairsOf(training, "train");
  const validation = pairsOf(training, "validation");
  const steps = Math.ceil(train.inputs.samples / batchSize) * epochs;
  const compiled = compiledAutoencoder(model, request, steps);
  const shown =
    validation.inputs.samples > 0 ? validation : pairsOf({ ...training, request: plain(request) }, "train");
  const sheet = await ReconstructionSheet.open(shown, base.preprocessing, isDamaging(request));
  const backup = run.backup(found, { firstEpoch: 0 }, ({ nextEpoch }) => hooks.onResume?.(nextEpoch));
  const sheetFile = path.join(runFolder(request.out), sheetName);
  const writeSheet = async () => writeFileAtomic(sheetFile, await sheet.render(training.engine, model));
  const reporter: Callback = {
    async onEpochEnd(epoch, logs) {
      hooks.onEpoch?.({ ...logs, epoch: epoch + 1 });
      await writeSheet();
      hooks.onSheet?.(sheetFile);
    },
  };
  const history = await fit(compiled, train.inputs, train.targets, {
    epochs,
    batchSize,
    seed,
    callbacks: [reporter, backup],
    ...(validation.inputs.samples === 0 ? {} : { validationData: [validation.inputs, validation.targets] }),
    ...(hooks.onProgress === undefined ? {} : { onProgress: hooks.onProgress }),
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
  });
  // A run that was stopped behind its last epoch has no epoch left that would write it.
  await writeSheet();
  return { history, compiled, sheet: sheetFile };
}

function compiledAutoencoder(model: Sequential, request: PretrainingRequest, decaySteps: number): Compiled {
  const { kind, config } = resolveOptimizer(request.optimizer);
  const learningRate = cosineDecay({ initialLearningRate: request.learningRate, decaySteps });
  return compileModel(model, {
    optimizer: { kind, config: { ...config, learningRate } },
    loss: lossNames[request.loss],
  });
}

/** Validation images are seen as they are, with the damage of epoch 0. */
function pairsOf(
  { request, base, found, kept }: AutoencoderTraining,
  split: "train" | "validation",
): PicturePairs {
  const { preprocessing } = base;
  const draws = split === "train" ? viewDraws(request.augmentation, preprocessing) : undefined;
  return picturePairs({
    samples: samplesOf(found, split),
    digests: found.digests,
    preprocessing,
    draws,
    damage: request,
    seed: request.seed,
    kept,
  });
}

/** Without random views. */
function plain({ augmentation: _, ...request }: PretrainingRequest): PretrainingRequest {
  return request;
}
