import type { BaseNetwork } from "../../applications/index.ts";
import { gradualPlaces, placeName, unfrozenFrom } from "../../applications/unfreeze.ts";
import { PermafrostError } from "../../base/errors.ts";
import { sameSpelling } from "../../base/identifiers.ts";
import type { TrainingRequest } from "./training.ts";

/** A part of a training: which layers it trains, for which epochs, at what rate. */
export interface TrainingPhase {
  /** "head", or the lowest part of the base that is trained with it: "block10", "expanded_conv_7_project", "all". */
  readonly name: string;
  /** Place in the base's layers from which on they are trained; left out: the base is frozen. */
  readonly unfrozenFrom?: number;
  /** From 0, over all phases. */
  readonly firstEpoch: number;
  readonly epochs: number;
  /** At its begin; it falls to 0 along a cosine. */
  readonly learningRate: number;
}

/** Rates that suit a head on standardised features; Keras's own where nothing better is known. */
const headRates: Readonly<Record<string, number>> = {
  adam: 3e-3,
  adamw: 3e-3,
  nadam: 3e-3,
  rmsprop: 1e-3,
  sgd: 1e-2,
  adagrad: 3e-2,
  adadelta: 1,
  lion: 3e-4,
};

/** Rates that suit pretrained layers; docs/fine-tuning.md says how they were found. */
const fineTuneRates: Readonly<Record<string, number>> = {
  adam: 1e-4,
  adamw: 1e-4,
  rmsprop: 1e-5,
  sgd: 1e-3,
  nadam: 1e-4,
  adagrad: 1e-3,
  adadelta: 0.1,
  lion: 1e-5,
};

/** What the recipes unfreeze where nothing is said. */
const usualPart = { "fine-tune": "last:3", gradual: "last:3" } as const;

/**
 * The phases of a training, in their order.
 *
 * @throws PermafrostError UNKNOWN_NAME or INVALID_ARGUMENT for parts that the base has not, for options without effect, and for
 *   fewer epochs than phases.
 */
export function trainingPhases(request: TrainingRequest, base: BaseNetwork): readonly TrainingPhase[] {
  checkTogether(request, base);
  const { recipe, epochs } = request;
  if (recipe === undefined) return [onlyPhase(request, base)];
  const lowest = unfrozenFrom(base, request.unfreeze ?? usualPart[recipe]);
  const places = recipe === "gradual" ? gradualPlaces(base, lowest) : [lowest];
  const headEpochs = request.headEpochs ?? Math.max(1, Math.round(epochs / 3));
  if (epochs < headEpochs + places.length) throw tooFewEpochs(request, headEpochs, places.length);
  const head = { name: "head", firstEpoch: 0, epochs: headEpochs, learningRate: headRate(request) };
  const shares = equalShares(epochs - headEpochs, places.length);
  let firstEpoch = headEpochs;
  const later = places.map((place, index) => {
    const phase = {
      name: phaseName(base, place),
      unfrozenFrom: place,
      firstEpoch,
      epochs: shares[index]!,
      learningRate: request.fineTuneRate ?? fineTuneRates[request.optimizer] ?? 1e-4,
    };
    firstEpoch += phase.epochs;
    return phase;
  });
  return [head, ...later];
}

function onlyPhase(request: TrainingRequest, base: BaseNetwork): TrainingPhase {
  const { unfreeze, epochs, optimizer, learningRate, compat } = request;
  const common = { firstEpoch: 0, epochs };
  // The historical bug trains the whole base, so its rate is that of a base.
  const rate =
    learningRate ??
    (isFromNothing(request, base) ? scratchRate(optimizer) : fineTuneRates[optimizer]) ??
    1e-4;
  if (compat !== undefined) return { ...common, name: "head", learningRate: rate };
  if (unfreeze === undefined) return { ...common, name: "head", learningRate: headRate(request) };
  const place = unfrozenFrom(base, unfreeze);
  return { ...common, name: phaseName(base, place), unfrozenFrom: place, learningRate: rate };
}

/** Whether the base begins with random weights. */
export function isFromNothing(
  request: Pick<TrainingRequest, "base" | "initialWeights">,
  base: BaseNetwork,
): boolean {
  const isNamed = sameSpelling(request.base) === sameSpelling(base.application.name);
  return request.initialWeights === "random" || (isNamed && base.weightSource === null);
}

/** Whole networks that know nothing yet: less than a head on standardised features takes, more than a pretrained one. */
function scratchRate(optimizer: string): number {
  return (headRates[optimizer] ?? 3e-3) / 3;
}

function headRate({ learningRate, optimizer, task }: TrainingRequest): number {
  const usual = headRates[optimizer] ?? 1e-3;
  // Outputs without a squashing activation swing further with every step.
  return learningRate ?? (task === "regression" ? usual / 3 : usual);
}

function phaseName(base: BaseNetwork, place: number): string {
  return place === 0 ? "all" : placeName(base, place);
}

/** The first ones get what is left over. */
function equalShares(total: number, parts: number): readonly number[] {
  return Array.from(
    { length: parts },
    (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0),
  );
}

/** Names what would silently do something other than what was asked for. */
function checkTogether(request: TrainingRequest, base: BaseNetwork): void {
  const { recipe, unfreeze, compat, batchNormalization } = request;
  if (compat !== undefined && (recipe !== undefined || unfreeze !== undefined)) {
    throw invalid(
      "--compat keras-2.0.8 trains a base that is shown as frozen; with --unfreeze or --recipe it is not. Take one of them.",
    );
  }
  if (recipe === undefined && (request.headEpochs !== undefined || request.fineTuneRate !== undefined)) {
    throw invalid(
      "--head-epochs and --fine-tune-rate belong to a recipe of several phases: expected --recipe fine-tune or gradual, got none, so the head alone would be trained. Add it, or leave them out.",
    );
  }
  if (batchNormalization === "inference" || batchNormalization === undefined) return;
  if (recipe !== undefined || unfreeze !== undefined) {
    if (base.layers.some(({ kind }) => kind === "BatchNormalization")) return;
    throw invalid(`--bn train: ${base.name} has no BatchNormalization. Leave it out.`);
  }
  throw invalid(
    `--bn train: the base is frozen, and the BatchNormalization of a frozen base must not be updated: it uses its moving statistics. Add --unfreeze, or leave it out.`,
  );
}

function tooFewEpochs({ epochs, recipe }: TrainingRequest, head: number, phases: number): PermafrostError {
  return invalid(
    `--epochs ${epochs}: --recipe ${recipe} trains the head for ${head} and then ${phases} phase${phases === 1 ? "" : "s"} of at least one epoch each: expected ${head + phases} epochs or more. ` +
      "Raise --epochs or lower --head-epochs.",
  );
}

function invalid(message: string): PermafrostError {
  return new PermafrostError("INVALID_ARGUMENT", message);
}
