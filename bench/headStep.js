/**
 * One training step, and one epoch, of the book's head: 8192 - Dense 256 relu - Dropout 0.5 - Dense 1 sigmoid.
 * Binary cross-entropy, RMSprop 2e-5, batch 20, float32.
 *
 * `step` is end to end from the main thread: gather 20 rows, send them to the training thread, wait for the loss;
 * `epochSeconds` a whole epoch of 2000 shuffled samples by `fit`, gathering included.
 *
 *     npm run build && node bench/headStep.js [steps]
 *
 * The same job by PyTorch and Keras: python bench/peers/head_step.py
 */
import { availableParallelism, cpus, loadavg } from "node:os";
import { dense, dropout } from "../dist/layers/index.js";
import { sequential } from "../dist/models/index.js";
import { rmsprop } from "../dist/optimizers/index.js";
import { compileModel, fit } from "../dist/training/index.js";
import { prepareFit } from "../dist/training/runs/prepareFit.js";
import { TrainingRun } from "../dist/training/runs/trainingRun.js";
import { fillBatch } from "../dist/training/samples/labelledSamples.js";
import { Trainer } from "../dist/training/thread/trainer.js";

const sizes = {
  features: 8192,
  hidden: 256,
  batch: 20,
  samples: 2000,
  steps: Number(process.argv[2] ?? 200),
};
const warmUp = 30;
const epochs = 6;

const x = {
  dtype: "float32",
  shape: [sizes.samples, sizes.features],
  data: Float32Array.from({ length: sizes.samples * sizes.features }, () => Math.max(0, Math.random() - 0.4)),
};
const y = Array.from({ length: sizes.samples }, () => Number(Math.random() < 0.5));

function compiledHead() {
  const model = sequential({
    layers: [
      dense({ units: sizes.hidden, activation: "relu", inputShape: [sizes.features] }),
      dropout({ rate: 0.5 }),
      dense({ units: 1, activation: "sigmoid" }),
    ],
  });
  const optimizer = rmsprop({ learningRate: 2e-5 });
  return compileModel(model, { optimizer, loss: "binary_crossentropy", metrics: ["acc"] });
}

async function measureSteps() {
  const compiled = compiledHead();
  const prepared = await prepareFit(compiled, x, y, { batchSize: sizes.batch });
  const trainer = await Trainer.start(prepared.program);
  const run = new TrainingRun(compiled, trainer, { epochs: 1, steps: 1, verbose: 0 }, []);
  await run.begin();
  const times = [];
  let processor = process.cpuUsage();
  for (let step = 0; step < warmUp + sizes.steps; step++) {
    if (step === warmUp) processor = process.cpuUsage();
    const start = performance.now();
    const indices = Uint32Array.from(
      { length: sizes.batch },
      (_, row) => (step * 97 + row * 31) % sizes.samples,
    );
    const batch = trainer.takeBatch();
    await fillBatch(batch, indices, prepared.train);
    const result = await trainer.train(batch, sizes.batch, { iteration: step, learningRate: 2e-5 });
    trainer.release(result.batch);
    if (step >= warmUp) times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(processor);
  await trainer.close();
  return { times, processorMs: (user + system) / 1000 / sizes.steps };
}

async function measureEpochs() {
  const times = [];
  let start = 0;
  const watch = {
    onEpochBegin() {
      start = performance.now();
    },
    onEpochEnd() {
      times.push((performance.now() - start) / 1000);
    },
  };
  await fit(compiledHead(), x, y, { batchSize: sizes.batch, epochs, callbacks: [watch] });
  return times.slice(1);
}

const quantile = (times, share) => [...times].sort((a, b) => a - b)[Math.floor(share * (times.length - 1))];
const round = (value) => Number(value.toFixed(4));

const { times: steps, processorMs } = await measureSteps();
const epochTimes = await measureEpochs();
console.log(
  JSON.stringify({
    job: "book head, permafrost",
    command: `node bench/headStep.js ${sizes.steps}`,
    node: process.version,
    processor: cpus()[0]?.model,
    threads: availableParallelism(),
    load: round(loadavg()[0]),
    sizes,
    stepMs: {
      least: round(quantile(steps, 0)),
      median: round(quantile(steps, 0.5)),
      p90: round(quantile(steps, 0.9)),
    },
    // Processor time of all threads: says what a step costs where other programs keep the cores busy.
    stepProcessorMs: round(processorMs),
    epochSeconds: { least: round(quantile(epochTimes, 0)), median: round(quantile(epochTimes, 0.5)) },
  }),
);
