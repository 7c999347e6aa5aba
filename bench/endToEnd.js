/**
 * Training steps of whole networks, as bench/peers/training_step.py measures them in PyTorch and Keras: VGG16 end to end and its
 * block5 with head (150 pixels, batch 20; the lower blocks from stored features, and computed in every step), and
 * MobileNetV3-Small with all layers (224 pixels, batch 32); VGG16 with its activations computed again, a small autoencoder, and ResNet50 (175 layers)
 * for its first step. RMSprop, weights from formulas or drawn. Each job runs in a process of its own, so that its peak of memory is its own;
 * the network is built, loaded and run as `fit` does. Beside the measured peak stands what `estimateTrainingMemory` expects.
 *
 *     npm run build && node bench/endToEnd.js [steps]                  # all jobs
 *     node bench/endToEnd.js [steps] <job>                             # one
 *     PEERS=python node bench/endToEnd.js [steps]                      # each job followed by PyTorch and Keras
 */
import { spawnSync } from "node:child_process";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { mobileNetV3Small, resNet50, small } from "../dist/applications/index.js";
import { conv2d, dense, flatten, input, maxPooling2D } from "../dist/layers/index.js";
import { autoencoderLayers } from "../dist/models/autoencoder.js";
import { Model } from "../dist/models/functional.js";
import { sequential } from "../dist/models/sequential.js";
import { rmsprop } from "../dist/optimizers/index.js";
import { float32 } from "../dist/tensor/tensor.js";
import { estimateTrainingMemory } from "../dist/training/graphs/trainingMemory.js";
import { compileModel } from "../dist/training/index.js";
import { prepareFit } from "../dist/training/runs/prepareFit.js";
import { TrainingRun } from "../dist/training/runs/trainingRun.js";
import { fillBatch } from "../dist/training/samples/labelledSamples.js";
import { Trainer } from "../dist/training/thread/trainer.js";
import { vgg16Shaped } from "../test/support/vgg16Shaped.js";

const steps = Number(process.argv[2] ?? 5);
const job = process.argv[3];

function vgg16(isTrainable) {
  const base = vgg16Shaped({ conv2d, float32, input, maxPooling2D, Model }, { size: 150 });
  for (const layer of base.layers) layer.trainable = isTrainable(layer.name);
  const head = [
    flatten(),
    dense({ units: 256, activation: "relu" }),
    dense({ units: 1, activation: "sigmoid" }),
  ];
  return sequential({ layers: [base, ...head] });
}

async function mobileNet() {
  const base = await mobileNetV3Small({
    weights: null,
    includeTop: false,
    inputShape: [224, 224, 3],
    pooling: "avg",
  });
  base.trainable = true;
  return sequential({ layers: [base, dense({ units: 1, activation: "sigmoid" })] });
}

async function residual() {
  const base = await resNet50({
    weights: "random",
    includeTop: false,
    inputShape: [64, 64, 3],
    pooling: "avg",
  });
  base.trainable = true;
  return sequential({ layers: [base, dense({ units: 1, activation: "sigmoid" })] });
}

async function smallAutoencoder() {
  const encoder = await small({ inputShape: [64, 64, 3] });
  encoder.trainable = true;
  return sequential({ layers: autoencoderLayers({ encoder }) });
}

const block5 = () => vgg16((name) => name.startsWith("block5"));
const jobs = {
  vgg16: { size: 150, batch: 20, model: () => vgg16(() => true), peer: "vgg16" },
  "block5, lower blocks stored": { size: 150, batch: 20, model: block5, isStored: true, peer: "block5" },
  "block5, all computed": { size: 150, batch: 20, model: block5 },
  mobilenet: { size: 224, batch: 32, model: mobileNet, peer: "mobilenet" },
  "vgg16, activations computed again": {
    size: 150,
    batch: 20,
    model: () => vgg16(() => true),
    checkpoint: "blocks",
  },
  resnet50: { size: 64, batch: 8, model: residual },
  autoencoder: { size: 64, batch: 32, model: smallAutoencoder, isAutoencoder: true },
};

/** The same numbers for every picture of a shape: only the time matters. */
function samples(count, shape) {
  const size = shape.reduce((product, length) => product * length, 1);
  const row = Float32Array.from({ length: size }, (_, i) => ((i * 2654435761) >>> 8) / 2 ** 24);
  const read = (indices, into) => {
    for (let at = 0; at < indices.length; at++) into.set(row, at * size);
  };
  return { samples: count, shape, read };
}

async function measure({ size, batch, model: build, isStored = false, isAutoencoder = false, checkpoint }) {
  const model = await build();
  const optimizer = rmsprop({ learningRate: 2e-5 });
  const loss = isAutoencoder ? "mean_squared_error" : "binary_crossentropy";
  const compiled = compileModel(model, {
    optimizer,
    loss,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
  const pictures = samples(batch, [3, size, size]);
  const labels = isAutoencoder ? pictures : Array.from({ length: batch }, (_, index) => index % 2);
  // Drawing the first weights is no part of a new graph's first step.
  for (const weight of model.weights) weight.get();
  const started = performance.now();
  const stored = {
    frozenPart: async (prefix) => samples(batch, prefix.outputs[0].type.shape.slice(1)),
  };
  const prepared = await prepareFit(compiled, pictures, labels, {
    batchSize: batch,
    ...(isStored ? stored : { oncePerSample: false }),
  });
  const trainer = await Trainer.start(prepared.program);
  const run = new TrainingRun(compiled, trainer, { epochs: 1, steps: 1, verbose: 0 }, []);
  await run.begin();
  const [wall, processor] = [[], []];
  let loading = 0;
  for (let step = 0; step <= steps; step++) {
    const used = process.cpuUsage();
    const start = performance.now();
    const filled = trainer.takeBatch();
    await fillBatch(
      filled,
      Uint32Array.from({ length: batch }, (_, row) => row),
      prepared.train,
    );
    const result = await trainer.train(filled, batch, { iteration: step, learningRate: 2e-5 });
    trainer.release(result.batch);
    const { user, system } = process.cpuUsage(used);
    if (step === 0) loading = performance.now() - started;
    else {
      wall.push(performance.now() - start);
      processor.push((user + system) / 1000);
    }
  }
  await trainer.close();
  return {
    steps,
    stepMs: median(wall),
    leastMs: Math.min(...wall),
    processorMs: median(processor),
    leastProcessorMs: Math.min(...processor),
    firstStepMs: loading,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    estimatedMegabytes: estimated(estimateTrainingMemory(compiled, batch, isStored)),
  };
}

/** Of the steps alone: the frozen part, where there is one, is stored or in the step itself. */
function estimated({ fixed, activations }) {
  return (fixed + activations) / 2 ** 20;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** Runs a job in a process of its own; the last line that it prints is JSON. */
function inProcess(command, parameters) {
  const { stdout } = spawnSync(command, parameters, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

if (job !== undefined) console.log(JSON.stringify({ job, ...(await measure(jobs[job])) }));
else {
  const columns = [
    "stepMs",
    "leastMs",
    "processorMs",
    "leastProcessorMs",
    "firstStepMs",
    "peakMegabytes",
    "estimatedMegabytes",
  ];
  const print = (name, result) =>
    console.log(
      name.padEnd(44) + columns.map((column) => (result[column]?.toFixed(0) ?? "").padStart(19)).join(""),
    );
  console.log(
    `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}, ${steps} steps`,
  );
  console.log("".padEnd(44) + columns.map((column) => column.padStart(19)).join(""));
  const peers = fileURLToPath(new URL("peers/training_step.py", import.meta.url));
  for (const [name, { peer }] of Object.entries(jobs)) {
    print(name, inProcess(process.execPath, [fileURLToPath(import.meta.url), `${steps}`, name]));
    if (process.env.PEERS === undefined || peer === undefined) continue;
    for (const program of ["torch", "keras"])
      print(`  ${program}`, inProcess(process.env.PEERS, [peers, `${program}-${peer}`, `${steps}`]));
  }
}
