/**
 * Trains a small network and prints the digest of its weights and history, and where it was taken up; with a number of steps it kills itself with
 * SIGKILL once so many updates were asked for, in the middle of whatever is under way.
 *
 *     node test/support/fitChild.js <backup folder> [steps]
 */
import { createHash } from "node:crypto";
import { callbacks, float32, layers, models, optimizers, Random } from "../../dist/index.js";

const [, , backupDir, steps] = process.argv;
const random = new Random(3, "fit child");
const x = float32(
  [60, 12],
  Float32Array.from({ length: 60 * 12 }, () => random.normal()),
);
const y = Array.from({ length: 60 }, (_, row) => Number(x.data[row * 12] > 0));

const model = models.sequential({
  seed: 1,
  layers: [
    layers.dense({ units: 16, activation: "relu", inputShape: [12] }),
    layers.batchNormalization(),
    layers.dropout({ rate: 0.3 }),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ],
});
model.compile({
  loss: "binary_crossentropy",
  metrics: ["acc"],
  optimizer: optimizers.adam({ learningRate: 0.01 }),
});
let resumed;
const { history } = await model.fit(x, y, {
  epochs: 3,
  batchSize: 6,
  validationSplit: 0.2,
  verbose: 0,
  callbacks: [
    new callbacks.BackupAndRestore({
      backupDir,
      saveFreq: 3,
      onRestored({ nextEpoch, nextStep }) {
        resumed = { nextEpoch, nextStep };
      },
    }),
    new callbacks.EarlyStopping({ monitor: "val_acc", patience: 5, restoreBestWeights: true }),
    {
      wantsStepSettled({ iteration }) {
        if (iteration === Number(steps)) process.kill(process.pid, "SIGKILL");
        return false;
      },
    },
  ],
});
await model.close();
const weights = model
  .getWeights()
  .map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
const digest = createHash("sha256")
  .update(Buffer.concat(weights))
  .update(JSON.stringify(history))
  .digest("hex");
process.stdout.write(`${JSON.stringify({ digest, resumed })}\n`);
