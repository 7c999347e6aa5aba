import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { adam, cosineDecay } from "../../src/optimizers/index.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/tensor/safetensors.ts";
import type { Checkpoint } from "../../src/training/callbacks/checkpoint.ts";
import {
  BackupAndRestore,
  type Callback,
  compileModel,
  EarlyStopping,
  fit,
} from "../../src/training/index.ts";
import type { History } from "../../src/training/measuring/history.ts";
import { bitsOf, smallHead, smallProblem } from "../support/smallProblem.ts";

const { x, y } = smallProblem(50);
const epochs = 6;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "permafrost-backup-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Trained {
  readonly bits: readonly number[][];
  readonly history: History["history"];
  readonly slots: unknown;
}

/** A model trained anew; the callbacks fail at the start of an epoch (`diesIn`) or after so many steps (`diesAfter`), as a kill would. */
async function trained(
  options: { callbacks?: readonly Callback[]; diesIn?: number; diesAfter?: number } = {},
): Promise<Trained> {
  const model = smallHead({ dropout: 0.3 });
  const compiled = compileModel(model, {
    loss: "binary_crossentropy",
    metrics: ["acc"],
    optimizer: adam({ learningRate: cosineDecay({ initialLearningRate: 0.01, decaySteps: epochs * 6 }) }),
  });
  const { callbacks = [], diesIn, diesAfter } = options;
  const bomb: Callback = {
    onEpochBegin(epoch) {
      if (epoch === diesIn) throw new Error("killed");
    },
    wantsStepSettled({ iteration }) {
      if (iteration === diesAfter) throw new Error("killed");
      return false;
    },
  };
  const { history } = await fit(compiled, x, y, {
    epochs,
    batchSize: 8,
    seed: 4,
    validationSplit: 0.2,
    callbacks: [...callbacks, bomb],
  });
  return { bits: bitsOf(model), history, slots: compiled.state };
}

const backup = (options: object = {}) => new BackupAndRestore({ backupDir: folder, ...options });

describe("BackupAndRestore", () => {
  it("ends with the bits, slots and history of a run that was never stopped, whenever it was", async () => {
    const whole = await trained();
    for (const diesIn of [0, 1, epochs - 1]) {
      await expect(trained({ callbacks: [backup()], diesIn })).rejects.toThrow("killed");
      const restored: number[] = [];
      const onRestored = ({ nextEpoch }: { nextEpoch: number }) => void restored.push(nextEpoch);
      expect(await trained({ callbacks: [backup({ onRestored })] })).toEqual(whole);
      expect(restored).toEqual(diesIn === 0 ? [] : [diesIn]);
    }
  });

  it("goes on in the middle of an epoch with the same bits, slots and history", async () => {
    const whole = await trained();
    const restored: (readonly [number, number])[] = [];
    const onRestored = ({ nextEpoch, nextStep }: Checkpoint) => void restored.push([nextEpoch, nextStep]);
    // An epoch has 5 steps.
    for (const diesAfter of [5, 9, 13, 29]) {
      await expect(trained({ callbacks: [backup({ saveFreq: 4 })], diesAfter })).rejects.toThrow("killed");
      expect(await trained({ callbacks: [backup({ saveFreq: 4, onRestored })] })).toEqual(whole);
    }
    expect(restored).toEqual([
      [0, 4],
      [1, 3],
      [2, 2],
      [5, 3],
    ]);
  });

  it("saves in the middle of an epoch when so many seconds have passed", async () => {
    const restored: number[] = [];
    const onRestored = ({ nextStep }: Checkpoint) => void restored.push(nextStep);
    const often = backup({ saveFreq: { seconds: 1e-9 }, onRestored });
    const whole = await trained();
    await expect(trained({ callbacks: [often], diesAfter: 8 })).rejects.toThrow("killed");
    expect(await trained({ callbacks: [often] })).toEqual(whole);
    expect(restored).toEqual([2]);
  });

  it("refuses a saveFreq that is none", () => {
    for (const saveFreq of [0, 1.5, { seconds: 0 }, { seconds: Number.NaN }]) {
      expect(() => backup({ saveFreq })).toThrow("saveFreq: expected");
    }
  });

  it("removes what it wrote when training has ended, and nothing else", async () => {
    writeFileSync(path.join(folder, "mine.txt"), "mine");
    await trained({ callbacks: [backup()] });
    expect(readdirSync(folder)).toEqual(["mine.txt"]);
  });

  it("restores what EarlyStopping remembers, its best weights too", async () => {
    const stopping = () =>
      new EarlyStopping({ monitor: "val_acc", patience: 2, minDelta: 0.5, restoreBestWeights: true });
    const whole = await trained({ callbacks: [stopping()] });
    expect(whole.history["loss"]!.length).toBeLessThan(epochs);
    await expect(trained({ callbacks: [backup(), stopping()], diesIn: 1 })).rejects.toThrow("killed");
    expect(await trained({ callbacks: [backup(), stopping()] })).toEqual(whole);
  });

  it("does not train on after a stop that was saved", async () => {
    const stop: Callback = {
      onEpochEnd(epoch, _logs, control) {
        control.stopTraining = epoch === 2;
      },
    };
    const whole = await trained({ callbacks: [stop] });
    await trained({ callbacks: [backup({ deleteCheckpoint: false }), stop] });
    const again = await trained({ callbacks: [backup()] });
    expect(again).toEqual(whole);
    expect(again.history["loss"]).toHaveLength(3);
  });

  it("keeps a learning rate that a callback has set", async () => {
    const slower: Callback = {
      onEpochEnd(epoch, _logs, control) {
        if (epoch === 1) control.learningRate = 0.0005;
      },
    };
    const whole = await trained({ callbacks: [slower] });
    await expect(trained({ callbacks: [slower, backup()], diesIn: 4 })).rejects.toThrow("killed");
    expect(await trained({ callbacks: [slower, backup()] })).toEqual(whole);
  });

  it("starts anew from a checkpoint that is damaged or of another run, and says so", async () => {
    const whole = await trained();
    const file = path.join(folder, "checkpoint.safetensors");
    const warnings: string[] = [];
    const onWarning = (text: string) => void warnings.push(text);
    await trained({ callbacks: [backup({ run: "first", deleteCheckpoint: false })] });
    const bytes = readFileSync(file);
    bytes[bytes.length - 3]! ^= 4;
    writeFileSync(file, bytes);
    expect(
      await trained({ callbacks: [backup({ run: "first", onWarning, deleteCheckpoint: false })] }),
    ).toEqual(whole);
    expect(await trained({ callbacks: [backup({ run: "second", onWarning })] })).toEqual(whole);
    expect(warnings).toEqual([
      expect.stringContaining("its digest does not fit. Training starts anew."),
      expect.stringContaining("it belongs to another run. Training starts anew."),
    ]);
  });

  it("starts anew from a checkpoint of another format, which may hold weights otherwise", async () => {
    const file = path.join(folder, "checkpoint.safetensors");
    const warnings: string[] = [];
    const onWarning = (text: string) => void warnings.push(text);
    await trained({ callbacks: [backup({ deleteCheckpoint: false })] });
    const { metadata, tensors } = decodeSafetensors(readFileSync(file), file);
    const list = [...tensors].map(([name, tensor]) => ({ name, tensor }));
    const older = { ...Object.fromEntries(metadata), format: "permafrost checkpoint 2" };
    writeFileSync(file, encodeSafetensors(list, older));
    expect(await trained({ callbacks: [backup({ onWarning })] })).toEqual(await trained());
    expect(warnings).toEqual([
      expect.stringMatching(
        /expected "permafrost checkpoint \d+", found "permafrost checkpoint 2".* Training starts anew\./,
      ),
    ]);
  });

  it("refuses a checkpoint of a model with other weights", async () => {
    await trained({ callbacks: [backup({ deleteCheckpoint: false })] });
    const compiled = compileModel(smallHead(), { loss: "binary_crossentropy", optimizer: "sgd" });
    compiled.model.layers[0]!.trainable = false;
    const other = compileModel(compiled.model, { loss: "binary_crossentropy" });
    await expect(fit(other, x, y, { callbacks: [backup()] })).rejects.toMatchObject({
      code: "WEIGHTS_INVALID",
    });
  });

  it("trains on where a checkpoint cannot be written, and says so once", async () => {
    const warnings: string[] = [];
    const onWarning = (text: string) => void warnings.push(text);
    writeFileSync(path.join(folder, "file"), "");
    const backupDir = path.join(folder, "file", "backup");
    const run = trained({ callbacks: [new BackupAndRestore({ backupDir, onWarning })] });
    expect(await run).toEqual(await trained());
    expect(warnings).toEqual([expect.stringContaining("Training goes on without a checkpoint.")]);
  });

  it("leaves epochs out where writing would take more than its share of the time", async () => {
    const taken: number[] = [];
    const watched = backup({ timeShare: 1e-9, deleteCheckpoint: false });
    await trained({ callbacks: [watched] });
    await trained({
      callbacks: [
        backup({ onRestored: ({ nextEpoch }: { nextEpoch: number }) => void taken.push(nextEpoch) }),
      ],
    });
    expect(taken).toEqual([1]);
  });
});
