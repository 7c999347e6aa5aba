import { PermafrostError } from "../../base/errors.ts";
import { toEngineShape } from "../../layers/layout.ts";
import type { Parameter } from "../../layers/parameter.ts";
import type { Model } from "../../models/functional.ts";
import { type OptimizerIdentifier, resolveOptimizer } from "../../optimizers/index.ts";
import type { Optimizer } from "../../optimizers/optimizer.ts";
import type { TrainState } from "../thread/trainProgram.ts";
import { type CompiledOutput, compiledOutputs, type OutputOptions } from "./compiledOutputs.ts";
import { type RateOptions, rateFactors } from "./rateFactors.ts";
import { type TrainingCompat, trainedWeights } from "./trainedWeights.ts";

export interface CompileOptions extends OutputOptions, RateOptions {
  /** Default "rmsprop", as in Keras. */
  readonly optimizer?: OptimizerIdentifier;
  /**
   * Trains frozen models inside this one all the same, as Keras 2.0.8 did by mistake where a model stood at the front of a
   * Sequential: `trainableWeights` and `summary` show them as frozen. Nothing of them is stored. For comparison only.
   */
  readonly compat?: TrainingCompat;
  /**
   * "blocks": keep of a step's activations only those between blocks of layers and compute the others once more for the
   * gradients. Less memory for one more forward pass of the trained layers; the same bits. Default: keep all.
   */
  readonly checkpoint?: "blocks";
}

/** A model made ready for training: what is trained, how, and against what. */
export class Compiled {
  readonly model: Model;
  readonly optimizer: Optimizer;
  /** The outputs that are compared with targets. */
  readonly outputs: readonly CompiledOutput[];
  /** The weights that training changes, by path: those that were trainable when the model was compiled. */
  readonly trained: ReadonlyMap<string, Parameter>;
  readonly compat: TrainingCompat | undefined;
  readonly checkpoint: "blocks" | undefined;
  /** The factor of the learning rate for each trained weight. */
  readonly rates: ReadonlyMap<string, number>;
  /** The optimizer's memory after the last training, engine layout; undefined before the first. */
  state: Pick<TrainState, "iteration" | "slots"> | undefined;
  #statistics: ReadonlyMap<string, Parameter> | undefined;

  constructor(model: Model, options: CompileOptions) {
    this.model = model;
    this.outputs = compiledOutputs(model, options);
    this.optimizer = resolveOptimizer(options.optimizer ?? "rmsprop");
    this.compat = options.compat;
    this.checkpoint = options.checkpoint;
    this.trained = trainedWeights(model, options.compat);
    this.rates = rateFactors(model, this.trained, options);
  }

  /**
   * The weights that steps change without a gradient, by path: moving statistics of layers that are not frozen.
   *
   * @throws PermafrostError INVALID_ARGUMENT where the model cannot be trained: see `CallContext.drawnPicture`.
   */
  get statistics(): ReadonlyMap<string, Parameter> {
    this.#statistics ??= statisticsNow(this.model);
    return this.#statistics;
  }

  /** One sample's shape as the engine has it: a picture is [channels, height, width]. Of several inputs the first. */
  get inputShape(): readonly number[] {
    return toEngineShape(this.model.inputs[0]!.shape).slice(1).map(Number);
  }

  /**
   * Holds the list of trained weights against the model as it is now.
   *
   * @throws PermafrostError STALE_COMPILE naming the layers that were changed since.
   */
  checkFresh(): void {
    const now = trainedWeights(this.model, this.compat);
    const changes = [
      ...layersOf(now, this.trained).map((layer) => `${layer} (trainable now, was not)`),
      ...layersOf(this.trained, now).map((layer) => `${layer} (was trainable, is not now)`),
    ];
    if (changes.length === 0) return;
    const shown =
      changes.slice(0, 5).join(", ") + (changes.length > 5 ? ` and ${changes.length - 5} more` : "");
    throw new PermafrostError(
      "STALE_COMPILE",
      `${this.model.name}: layers were changed after compile: ${shown}. Call compile again for the change to take effect.`,
      { details: { changes } },
    );
  }
}

/**
 * Prepares a model for training. The list of trained weights is taken now; changing `trainable` later has no effect
 * but an error in `fit` that says so.
 *
 * @throws PermafrostError NOT_BUILT, UNKNOWN_NAME or INVALID_ARGUMENT.
 */
export function compileModel(model: Model, options: CompileOptions): Compiled {
  return new Compiled(model, options);
}

function statisticsNow(model: Model): ReadonlyMap<string, Parameter> {
  const { parameters, updates } = model.toGraph({ mode: "train", fedDrawn: true });
  return new Map([...parameters].filter(([path]) => updates.has(path)));
}

/** Layers with a weight in the first list that the second has not. */
function layersOf(
  list: ReadonlyMap<string, Parameter>,
  other: ReadonlyMap<string, Parameter>,
): readonly string[] {
  const known = new Set(other.values());
  const paths = [...list].filter(([, parameter]) => !known.has(parameter)).map(([path]) => path);
  return [...new Set(paths.map((path) => path.split("/").slice(0, -1).join("/")))];
}
