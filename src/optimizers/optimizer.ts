import type { TrainingKernels } from "../base/trainingKernels.ts";
import type { Span } from "../tensor/arena.ts";
import type { LearningRate } from "./schedules/schedule.ts";

/** Options that every optimizer has, with every default filled in. Plain JSON. */
export interface CommonConfig {
  /** A number above 0, or a schedule over the steps. */
  readonly learningRate: LearningRate;
  /** Decoupled decay: w -= w * weightDecay * learningRate before each update, biases included. 0: none. */
  readonly weightDecay: number;
  /** Largest norm of one weight's gradient; longer ones are shortened. null: no limit. */
  readonly clipnorm: number | null;
  /** Largest magnitude of one element of a gradient. null: no limit. */
  readonly clipvalue: number | null;
  /** Largest norm of all gradients taken together. null: no limit. */
  readonly globalClipnorm: number | null;
}

/** Where a weight, its gradient and the optimizer's memory of it lie in the arena. */
export interface ParameterSpans {
  readonly weight: Span;
  readonly gradient: Span;
  /** One span as long as the weight for each of the optimizer's slots, by name. */
  readonly slots: Readonly<Record<string, Span>>;
}

/** What an update depends on besides weights and gradients. */
export interface StepInfo {
  /** Updates made before this one. */
  readonly iteration: number;
  /** The rate of this step. */
  readonly learningRate: number;
}

/** An update rule with its options. Its state (slots, iteration) is kept by who runs it. */
export interface Optimizer {
  /** The Keras class name: "RMSprop". */
  readonly kind: string;
  readonly config: CommonConfig;
  /** Names of the arrays kept for each weight, all zero at first. */
  readonly slots: readonly string[];
  /** Clips the gradients, decays the weights, updates them: Keras 3's order. */
  step(kernels: TrainingKernels, parameters: readonly ParameterSpans[], info: StepInfo): void;
}

/** One kind of optimizer: data plus pure functions. */
export interface OptimizerDefinition<Config extends CommonConfig> {
  readonly kind: string;
  readonly defaults: Config;
  /** @throws PermafrostError INVALID_ARGUMENT for options that make no sense. */
  check(config: Config): void;
  slots(config: Config): readonly string[];
  update(kernels: TrainingKernels, spans: ParameterSpans, config: Config, info: StepInfo): void;
}
