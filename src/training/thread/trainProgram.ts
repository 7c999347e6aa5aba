import type { RandomDraw } from "../../graph/graph.ts";
import type { PlacedConstraint } from "../../layers/constraints.ts";
import type { EncodedProgram } from "../../onnx/encodeProgram.ts";
import type { OptimizerConfig } from "../../optimizers/index.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { BatchLayout } from "./batchBuffer.ts";

/** A weight that training changes. */
export interface TrainedParameter {
  /** Its path in the model: "dense/kernel". */
  readonly path: string;
  readonly shape: readonly number[];
  /** The output of the training graph that is its gradient. */
  readonly gradient: string;
  /** Factor of the learning rate. */
  readonly rate: number;
  /** What its values are brought back to after each step. */
  readonly constraint: PlacedConstraint | undefined;
}

/** A weight that a step changes without a gradient: a moving mean or variance. */
export interface Statistic {
  /** Its path in the model: "bn/moving_mean". */
  readonly path: string;
  readonly shape: readonly number[];
  /** The output of the training graph that is its next value. */
  readonly next: string;
}

/** Random numbers that a training step is fed. */
export interface DrawnInput {
  /** Name of the graph input. */
  readonly name: string;
  readonly shape: Shape;
  readonly draw: RandomDraw;
  /** Key of the layer's random stream; the step number is the counter. */
  readonly key: readonly [number, number];
}

/** An output of a model in the graph of a phase. */
export interface PhaseOutput {
  /** Inputs of the graph that are fed from the batch. One that the graph does not use is left out. */
  readonly target?: string;
  readonly weights?: string;
  readonly prediction: string;
  /** One loss a sample, without weights or penalties. Left out where it is not asked for: training on a single loss. */
  readonly losses?: string;
  /** Shapes of one sample. */
  readonly targetShape: readonly number[];
  readonly predictionShape: readonly number[];
}

/** One graph as the training thread runs it: its bytes, and what its inputs and outputs mean. */
export interface PhaseProgram {
  /** With the sentinel output. */
  readonly model: EncodedProgram;
  /** The samples' input. */
  readonly x: string;
  /** One sample's shape. */
  readonly xShape: readonly number[];
  /** In the order of `Compiled.outputs`. */
  readonly outputs: readonly PhaseOutput[];
  /** Training: the input of the number of samples as a scalar. The loss is a sum divided by it, whatever rows were added. */
  readonly count?: string;
  /** Training: the scalar that is differentiated. */
  readonly loss?: string;
  /** Testing: the sum of the regularizers' penalties, if there are any. */
  readonly penalty?: string;
  /** The weights that training changes and this graph uses, and the inputs that they are fed to. */
  readonly parameters: readonly { readonly path: string; readonly input: string }[];
  readonly drawn: readonly DrawnInput[];
  /** Whether a sample's prediction depends on the others of its batch: no row may be added to such a batch. */
  readonly mixesBatch: boolean;
}

/** Everything the training thread needs, as plain data that can be sent to it. */
export interface TrainProgram {
  /** What the models were written for; see `channelBlock` in engine/numerics. Left out: they run anywhere. */
  readonly channelBlock?: number | undefined;
  readonly train: PhaseProgram;
  /** Left out: nothing is measured while training. */
  readonly test: PhaseProgram | undefined;
  readonly parameters: readonly TrainedParameter[];
  readonly statistics: readonly Statistic[];
  readonly optimizer: OptimizerConfig;
  readonly layout: BatchLayout;
  /** Threads of the one training session. */
  readonly threads: number;
}

/** What training changes: weights, and what the optimizer remembers of those it trains. */
export interface TrainState {
  /** Updates made so far. */
  readonly iteration: number;
  /** Engine layout, in the order of `TrainProgram.parameters`, then of `TrainProgram.statistics`. */
  readonly weights: readonly Float32Array[];
  /** In the order of `TrainProgram.parameters`. */
  readonly slots: readonly Readonly<Record<string, Float32Array>>[];
}
