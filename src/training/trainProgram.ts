import type { OptimizerConfig } from "../optimizers/index.ts";
import type { Shape } from "../tensor/shape.ts";
import type { BatchLayout } from "./batchBuffer.ts";

/** A weight that training changes. */
export interface TrainedParameter {
  /** Its path in the model: "dense/kernel". */
  readonly path: string;
  readonly shape: readonly number[];
  /** The output of the training graph that is its gradient. */
  readonly gradient: string;
}

/** Random numbers that a training step is fed: an inverted-dropout mask. */
export interface DropoutMask {
  /** Name of the graph input. */
  readonly name: string;
  readonly shape: Shape;
  readonly rate: number;
  /** Key of the layer's random stream; the step number is the counter. */
  readonly key: readonly [number, number];
}

/** One graph as the training thread runs it: its bytes, and what its inputs and outputs mean. */
export interface PhaseProgram {
  /** An ONNX model with the sentinel output. */
  readonly model: Uint8Array;
  /** Names of the inputs fed from the batch. One that the graph does not use is left out. */
  readonly inputs: {
    readonly x?: string;
    readonly target?: string;
    readonly weights?: string;
    /** The number of samples as a scalar: the loss is a sum divided by it, whatever rows were added. */
    readonly count?: string;
  };
  readonly outputs: {
    readonly prediction: string;
    /** Training: the scalar that is differentiated. Testing: one loss a sample, without weights or penalties. */
    readonly loss: string;
    /** Testing: the sum of the regularizers' penalties, if there are any. */
    readonly penalty?: string;
  };
  /** Shapes of one sample. */
  readonly xShape: readonly number[];
  readonly targetShape: readonly number[];
  readonly predictionShape: readonly number[];
  /** The trained weights that this graph uses, and the inputs that they are fed to. */
  readonly parameters: readonly { readonly path: string; readonly input: string }[];
  readonly masks: readonly DropoutMask[];
}

/** Everything the training thread needs, as plain data that can be sent to it. */
export interface TrainProgram {
  readonly train: PhaseProgram;
  /** Left out: nothing is measured while training. */
  readonly test: PhaseProgram | undefined;
  readonly parameters: readonly TrainedParameter[];
  readonly optimizer: OptimizerConfig;
  readonly layout: BatchLayout;
  /** Threads of the one training session. */
  readonly threads: number;
}

/** The trained weights and what the optimizer remembers of each, in the order of `TrainProgram.parameters`. */
export interface TrainState {
  /** Updates made so far. */
  readonly iteration: number;
  /** Engine layout. */
  readonly weights: readonly Float32Array[];
  readonly slots: readonly Readonly<Record<string, Float32Array>>[];
}
