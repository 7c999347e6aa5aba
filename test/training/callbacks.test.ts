import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  BackupAndRestore,
  type Callback,
  CSVLogger,
  EarlyStopping,
  LearningRateScheduler,
  ModelCheckpoint,
  ReduceLROnPlateau,
  TensorBoard,
  TerminateOnNaN,
} from "../../src/keras/callbacks.ts";
import { sequential } from "../../src/keras/models.ts";
import { dense } from "../../src/layers/index.ts";
import { sgd } from "../../src/optimizers/index.ts";
import { compileModel, fit } from "../../src/training/index.ts";
import { bitsOf, smallHead, smallProblem } from "../support/smallProblem.ts";

const { x, y } = smallProblem(50);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "permafrost-callbacks-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...names: readonly string[]) => path.join(folder, ...names);

/** A head trained anew for four epochs of five steps. */
async function trained(callbacks: readonly Callback[], learningRate = 0.05) {
  const model = smallHead({ dropout: 0.2 });
  const compiled = compileModel(model, {
    loss: "binary_crossentropy",
    metrics: ["acc"],
    optimizer: sgd({ learningRate }),
  });
  const { history } = await fit(compiled, x, y, {
    epochs: 4,
    batchSize: 8,
    seed: 4,
    validationSplit: 0.2,
    callbacks,
  });
  return { bits: bitsOf(model), history };
}

/** Fails before a step as a kill would. */
const bomb = (diesAfter: number): Callback => ({
  wantsStepSettled({ iteration }) {
    if (iteration === diesAfter) throw new Error("killed");
    return false;
  },
});

/** The tags in an event file, in their order, each with its number of events. */
function tagsIn(place: string): Record<string, number> {
  const [name] = readdirSync(place);
  const text = readFileSync(path.join(place, name!)).toString("latin1");
  const counts: Record<string, number> = {};
  for (const [tag] of text.matchAll(/(epoch|batch|evaluation)_[a-z_]+/g))
    counts[tag] = (counts[tag] ?? 0) + 1;
  return counts;
}

describe("callbacks in fit", () => {
  it("gives a run that was killed in an epoch's middle the files, rates and bits of one that was not", async () => {
    const callbacks = (name: string) => [
      new LearningRateScheduler((epoch, rate) => (epoch === 0 ? rate : rate * 0.7)),
      new ReduceLROnPlateau({ monitor: "loss", patience: 1, minDelta: 0.5, factor: 0.5 }),
      new CSVLogger(at(`${name}.csv`)),
      new EarlyStopping({ monitor: "val_acc", patience: 2, restoreBestWeights: true }),
      new BackupAndRestore({ backupDir: at("backup"), saveFreq: 3 }),
    ];
    const whole = await trained(callbacks("whole"));
    await expect(trained([...callbacks("killed"), bomb(14)])).rejects.toThrow("killed");
    const resumed = await trained(callbacks("killed"));
    expect(resumed).toEqual(whole);
    expect(whole.history["learning_rate"]).toHaveLength(whole.history["loss"]!.length);
    expect(readFileSync(at("killed.csv"), "utf8")).toBe(readFileSync(at("whole.csv"), "utf8"));
  });

  it("writes one event for each measurement of an epoch and of every second step", async () => {
    await trained([new TensorBoard({ logDir: folder, updateFreq: 2 })]);
    expect(tagsIn(at("train"))).toEqual({
      batch_acc: 10,
      batch_loss: 10,
      epoch_acc: 4,
      epoch_loss: 4,
      epoch_learning_rate: 4,
    });
    expect(tagsIn(at("validation"))).toEqual({
      evaluation_acc_vs_iterations: 4,
      evaluation_loss_vs_iterations: 4,
      epoch_acc: 4,
      epoch_loss: 4,
    });
  });

  it("calls every hook in Keras's order", async () => {
    const calls: string[] = [];
    const note = (name: string) => () => void calls.push(name);
    const noted = (name: string) => (number: number) => void calls.push(`${name} ${number}`);
    const callback: Callback = {
      onTrainBegin: note("train begin"),
      onEpochBegin: noted("epoch begin"),
      onTrainBatchBegin: noted("batch begin"),
      onTrainBatchEnd: noted("batch end"),
      onTestBegin: note("test begin"),
      onTestBatchEnd: noted("test batch end"),
      onTestEnd: note("test end"),
      onEpochEnd: noted("epoch end"),
      onTrainEnd: note("train end"),
    };
    const compiled = compileModel(smallHead(), { loss: "mse" });
    const options = { batchSize: 16, validationSplit: 0.4, validationBatchSize: 10 };
    await fit(compiled, x, y, { ...options, callbacks: [callback] });
    expect(calls).toEqual([
      "train begin",
      "epoch begin 0",
      ...["batch begin 0", "batch end 0", "batch begin 1", "batch end 1"],
      ...["test begin", "test batch end 0", "test batch end 1", "test end"],
      "epoch end 0",
      "train end",
    ]);
  });

  it("calls the hooks of evaluate and predict for each batch in its order", async () => {
    const calls: string[] = [];
    const callback: Callback = {
      onTestBegin: () => void calls.push("test begin"),
      onTestBatchEnd: (batch, logs) => void calls.push(`test batch ${batch} ${Object.keys(logs).join(" ")}`),
      onTestEnd: (logs) => void calls.push(`test end ${Object.keys(logs).join(" ")}`),
      onPredictBegin: () => void calls.push("predict begin"),
      onPredictBatchEnd: (batch) => void calls.push(`predict batch ${batch}`),
      onPredictEnd: () => void calls.push("predict end"),
    };
    const model = sequential({ layers: [dense({ units: 1, activation: "sigmoid", inputShape: [16] })] });
    model.compile({ loss: "binary_crossentropy", metrics: ["acc"] });
    const options = { batchSize: 25, callbacks: [callback] };
    await model.evaluate(x, y, options);
    await model.predict(x, options);
    const measured = ["test batch 0 acc loss", "test batch 1 acc loss", "test end acc loss"];
    expect(calls.slice(0, 4)).toEqual(["test begin", ...measured]);
    expect(calls.slice(4, 6)).toEqual(["predict begin", "predict batch 0"]);
    expect(calls.at(-1)).toBe("predict end");
    const failing: Callback = {
      onPredictBatchEnd() {
        throw new Error("no more");
      },
    };
    await expect(model.predict(x, { callbacks: [failing] })).rejects.toThrow("no more");
    await model.close();
  });

  it("leaves the bits alone while it pauses between steps", async () => {
    const plain = await trained([]);
    const watched = await trained([new TensorBoard({ logDir: folder, updateFreq: "batch" })]);
    expect(watched).toEqual(plain);
  });

  it("saves weights of an epoch's end and middle that loadWeights reads", async () => {
    const options = { saveWeightsOnly: true } as const;
    const model = sequential({ layers: [dense({ units: 1, activation: "sigmoid", inputShape: [16] })] });
    model.compile({ loss: "binary_crossentropy", optimizer: sgd({ learningRate: 0.5 }) });
    await model.fit(x, y, {
      epochs: 2,
      batchSize: 10,
      verbose: 0,
      callbacks: [
        new ModelCheckpoint({ filepath: at("{epoch}.safetensors"), ...options }),
        new ModelCheckpoint({ filepath: at("{epoch}-{batch}.safetensors"), saveFreq: 3, ...options }),
      ],
    });
    expect(readdirSync(folder).sort()).toEqual([
      "1-3.safetensors",
      "1.safetensors",
      "2-1.safetensors",
      "2-4.safetensors",
      "2.safetensors",
    ]);
    const last = bitsOf(model);
    await model.loadWeights(at("2-4.safetensors"));
    expect(bitsOf(model)).not.toEqual(last);
    await model.loadWeights(at("2.safetensors"));
    expect(bitsOf(model)).toEqual(last);
    await expect(model.loadWeights(at("3.safetensors"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await model.close();
  });

  it("ends in peace with TerminateOnNaN, the weights as they were before the step", async () => {
    const model = sequential({ layers: [dense({ units: 1, inputShape: [16] })] });
    const compiled = compileModel(model, { loss: "mse", optimizer: sgd({ learningRate: 50 }) });
    const said: string[] = [];
    const stream = { write: (text: string) => said.push(text) };
    const options = { epochs: 50, batchSize: 8 };
    const terminating = new TerminateOnNaN({ stream });
    const { history, epoch } = await fit(compiled, x, y, { ...options, callbacks: [terminating] });
    expect(epoch.length).toBeLessThan(50);
    expect(history["loss"]!.map(Number.isFinite)).toEqual(epoch.map((one) => one < epoch.length - 1));
    expect(bitsOf(model).flat().every(Number.isFinite)).toBe(true);
    expect(said).toEqual([expect.stringMatching(/^Batch \d: Invalid loss, terminating training\n$/)]);
    const raising = new TerminateOnNaN({ raiseError: true, stream });
    await expect(fit(compiled, x, y, { ...options, callbacks: [raising] })).rejects.toMatchObject({
      code: "LOSS_NAN",
    });
  });
});
