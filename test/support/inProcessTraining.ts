import { Runtime } from "../../src/engine/runtime.ts";
import { optimizerConfig } from "../../src/optimizers/index.ts";
import { learningRateAt } from "../../src/optimizers/schedules/schedule.ts";
import type { Compiled } from "../../src/training/compiled/compile.ts";
import { buildPhase } from "../../src/training/graphs/stepGraph.ts";
import { fillBatch, type LabelledSamples, targetShapes } from "../../src/training/samples/labelledSamples.ts";
import { BatchBuffer, batchLayout } from "../../src/training/thread/batchBuffer.ts";
import { piecesOf } from "../../src/training/thread/statePieces.ts";
import { StepRunner } from "../../src/training/thread/stepRunner.ts";
import type { TrainProgram } from "../../src/training/thread/trainProgram.ts";

/** Training steps in the test's own thread, from the source files. */
export interface InProcessTraining {
  /** One step on these samples; the loss before the update. */
  step(indices: readonly number[]): Promise<number>;
  /** The weights that training changes, by path, engine layout. */
  weights(): ReadonlyMap<string, Float32Array>;
  /** See StepRunner. */
  useAverage(how: "take" | "exchange"): void;
  close(): Promise<void>;
}

export async function trainInProcess(
  compiled: Compiled,
  samples: LabelledSamples,
  options: { readonly batchSize?: number; readonly seed?: number; readonly threads?: number } = {},
): Promise<InProcessTraining> {
  const phase = buildPhase(compiled, {
    mode: "train",
    targetShapes: targetShapes(samples),
    splitPrefix: false,
    seed: options.seed ?? 0,
  });
  const program: TrainProgram = {
    train: phase.program,
    test: undefined,
    parameters: phase.parameters,
    statistics: phase.statistics,
    optimizer: optimizerConfig(compiled.optimizer),
    layout: batchLayout(options.batchSize ?? 20, [phase.program]),
    threads: options.threads ?? 1,
  };
  const runner = await StepRunner.create(await Runtime.start(), program);
  const changed = new Map([...compiled.trained, ...compiled.statistics]);
  const paths = [...phase.parameters, ...phase.statistics].map(({ path }) => path);
  const weights = paths.map((path) => changed.get(path)!.value);
  for (const piece of piecesOf({ weights, slots: [] })) runner.writePiece(piece);
  const batch = new BatchBuffer(program.layout);
  let iteration = 0;
  return {
    async step(indices) {
      await fillBatch(batch, Uint32Array.from(indices), samples);
      const learningRate = learningRateAt(compiled.optimizer.config.learningRate, iteration);
      return runner.train(batch, indices.length, { iteration: iteration++, learningRate });
    },
    weights() {
      const { weights: reached } = runner.read(iteration, false);
      return new Map(paths.map((path, index) => [path, reached[index]!]));
    },
    useAverage: (how) => runner.useAverage(how),
    close: () => runner.close(),
  };
}
