import type { TrainingKernels } from "../base/trainingKernels.ts";
import type { Span } from "../tensor/arena.ts";
import type { LearningRate } from "./schedules/schedule.ts";

/** Options that every optimizer has, with every default filled in. Plain JSON. */
export interface CommonConfig {
  /** A number above 0, or a schedule over the steps. */
  readonly learningRate: LearningRate;
  /** Decoupled decay: w -= w * weightDecay * learningRate before each update, biases included. 0: none. */
  readonly weightDecay: number;
  /**
   * Weights that do not decay: regular expressions, one of which is found in the weight's path ("dense/bias").
   * ["bias"] leaves out all biases. Keras's `exclude_from_weight_decay(var_names=...)`.
   */
  readonly excludeFromWeightDecay: readonly string[];
  /** Largest norm of one weight's gradient; longer ones are shortened. null: no limit. */
  readonly clipnorm: number | null;
  /** Largest magnitude of one element of a gradient. null: no limit. */
  readonly clipvalue: number | null;
  /** Largest norm of all gradients taken together. null: no limit. */
  readonly globalClipnorm: number | null;
  /**
   * Keep an exponential moving average of the weights; at the end of `fit` it takes the place of the weights
   * (Polyak averaging). While training goes on, epochs are measured with the weights themselves. Default false.
   */
  readonly useEma: boolean;
  /** How slowly the average follows, 0 <= emaMomentum <= 1. Default 0.99. */
  readonly emaMomentum: number;
  /** Put the average in the weights' place after every so many updates. null: only at the end. */
  readonly emaOverwriteFrequency: number | null;
  /**
   * Update after every so many steps, by the mean of their gradients: as a batch so many times as large. A schedule
   * goes on with every step. null: every step updates.
   */
  readonly gradientAccumulationSteps: number | null;
}

/** A weight in the arena: where it, its gradient and the optimizer's memory of it lie, and how it is updated. */
export interface ParameterSpans {
  /** The weight's path in the model: "dense/kernel". */
  readonly path: string;
  /** Factor of the learning rate for this weight. */
  readonly rate: number;
  readonly weight: Span;
  readonly gradient: Span;
  /** One span as long as the weight for each of the optimizer's slots, by name. */
  readonly slots: Readonly<Record<string, Span>>;
}

/** What an update depends on besides weights and gradients. */
export interface StepInfo {
  /** Steps made before this one. */
  readonly iteration: number;
  /** The rate of this step. */
  readonly learningRate: number;
}

/** An update rule with its options. Its state (slots, iteration) is kept by who runs it. */
export interface Optimizer {
  /** The Keras class name: "RMSprop". */
  readonly kind: string;
  readonly config: CommonConfig;
  /** The arrays kept for each weight: their names and the value that fills them at first. */
  readonly slots: Readonly<Record<string, number>>;
  /** One step in Keras 3's order; see `optimizerStep`. */
  step(kernels: TrainingKernels, parameters: readonly ParameterSpans[], info: StepInfo): void;
}

/** One kind of optimizer: data plus pure functions. */
export interface OptimizerDefinition<Config extends CommonConfig> {
  readonly kind: string;
  readonly defaults: Config;
  /** @throws PermafrostError INVALID_ARGUMENT for options that make no sense. */
  check(config: Config): void;
  /** The arrays that the rule keeps for each weight, and what fills them at first. */
  slots(config: Config): Readonly<Record<string, number>>;
  /** The rule for one weight. `info` counts updates, and its rate is this weight's. */
  update(kernels: TrainingKernels, spans: ParameterSpans, config: Config, info: StepInfo): void;
}
