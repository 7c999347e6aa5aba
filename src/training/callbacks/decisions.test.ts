import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { goldenFile } from "../../../test/support/goldenArrays.ts";
import type { Logs } from "../measuring/logs.ts";
import type { TrainingControl } from "./callback.ts";
import { CSVLogger } from "./csvLogger.ts";
import { EarlyStopping } from "./earlyStopping.ts";
import { LearningRateScheduler } from "./learningRateScheduler.ts";
import { CheckpointWriter } from "./modelCheckpoint.ts";
import { ProgressBar } from "./progressBar.ts";
import { ReduceLROnPlateau } from "./reduceLrOnPlateau.ts";

/** Python's names of options, numbers that JSON does not have as strings. */
interface Case {
  readonly options: Readonly<Record<string, unknown>>;
  readonly values: readonly (number | "NaN")[];
}

interface Golden {
  readonly earlyStopping: readonly (Case & {
    readonly epochs: number;
    readonly stoppedEpoch: number | null;
    readonly bestEpoch: number;
    readonly weightsOf: number;
  })[];
  readonly reduceLROnPlateau: readonly (Case & { readonly rates: readonly number[] })[];
  readonly csv: readonly {
    readonly options: Readonly<Record<string, never>>;
    readonly before?: string;
    readonly epochs: readonly Readonly<Record<string, number | string>>[];
    readonly text: string;
  }[];
  readonly paths: readonly {
    readonly template: string;
    readonly epoch: number;
    readonly batch: number | null;
    readonly logs: Logs;
    readonly path: string;
  }[];
  readonly bars: readonly {
    readonly verbose: 1 | 2;
    readonly target: number;
    readonly steps: number;
    readonly seconds: number;
    readonly logs: Logs;
    readonly lines: readonly string[];
  }[];
}

const golden = goldenFile<Golden>("callbacks");
const folder = mkdtempSync(path.join(tmpdir(), "permafrost-callbacks-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As much of a run as these callbacks look at; its only weight says of which epoch it is. */
function standIn() {
  const control = {
    params: { epochs: 100, steps: 1, verbose: 0 },
    learningRate: 0.001,
    stopTraining: false,
    iteration: 0,
    nextStep: 0,
    weight: 0,
    model: {},
    getWeights: () => Promise.resolve([Float32Array.of(control.weight)]),
    setWeights: ([weight]: readonly Float32Array[]) => {
      control.weight = weight![0]!;
      return Promise.resolve();
    },
    updateModel: () => Promise.resolve(),
  };
  return { control, asControl: control as unknown as TrainingControl };
}

/** `min_delta` as `minDelta`; Keras's default direction is not asked of a stand-in. */
function camelCase(options: Case["options"]): { readonly monitor?: string; readonly mode: "min" | "max" } {
  const renamed = Object.entries(options).map(([name, value]) => [
    name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return { mode: "min", ...Object.fromEntries(renamed) };
}

const named = (cases: readonly Case[]) =>
  cases.map((one) => [`${JSON.stringify(one.options)} on ${one.values.join(" ")}`, one] as const);

describe("EarlyStopping", () => {
  it.each(named(golden.earlyStopping))("decides as Keras with %s", async (_, one) => {
    const expected = one as Golden["earlyStopping"][number];
    const options = camelCase(expected.options);
    const { control, asControl } = standIn();
    const callback = new EarlyStopping(options);
    let epochs = 0;
    for (const value of expected.values) {
      control.weight = epochs;
      await callback.onEpochEnd(epochs, { [options.monitor ?? "val_loss"]: Number(value) }, asControl);
      epochs++;
      if (control.stopTraining) break;
    }
    await callback.onTrainEnd({}, asControl);
    expect({ epochs, stopped: callback.stoppedEpoch ?? null, best: callback.bestEpoch }).toEqual({
      epochs: expected.epochs,
      stopped: expected.stoppedEpoch,
      best: expected.bestEpoch,
    });
    expect(control.weight).toBe(expected.weightsOf);
  });
});

describe("ReduceLROnPlateau", () => {
  it.each(named(golden.reduceLROnPlateau))("sets Keras's rates with %s", (_, one) => {
    const expected = one as Golden["reduceLROnPlateau"][number];
    const options = camelCase(expected.options);
    const { control, asControl } = standIn();
    const callback = new ReduceLROnPlateau(options);
    for (const [epoch, value] of expected.values.entries()) {
      const logs: Record<string, number> = { [options.monitor ?? "val_loss"]: Number(value) };
      const before = control.learningRate;
      callback.onEpochEnd(epoch, logs, asControl);
      expect(logs["learning_rate"]).toBe(before);
      expect(control.learningRate).toBeCloseTo(expected.rates[epoch]!, 12);
    }
  });

  it("goes on from its state as if it had not been away", () => {
    const values = [0.9, 0.5, 0.5, 0.51, 0.5, 0.55];
    const whole = standIn();
    const callback = new ReduceLROnPlateau({ patience: 2, cooldown: 1 });
    const parts = standIn();
    let part = new ReduceLROnPlateau({ patience: 2, cooldown: 1 });
    for (const [epoch, value] of values.entries()) {
      callback.onEpochEnd(epoch, { val_loss: value }, whole.asControl);
      const next = new ReduceLROnPlateau({ patience: 2, cooldown: 1 });
      next.setState(part.getState());
      part = next;
      part.onEpochEnd(epoch, { val_loss: value }, parts.asControl);
      expect(parts.control.learningRate).toBe(whole.control.learningRate);
    }
    expect(whole.control.learningRate).toBeLessThan(1e-3);
  });

  it("refuses a factor of 1", () => {
    expect(() => new ReduceLROnPlateau({ factor: 1 })).toThrow("expected a factor below 1, got 1");
  });
});

describe("LearningRateScheduler", () => {
  it("sets the rate at the beginning of an epoch, and not again in its middle", () => {
    const { control, asControl } = standIn();
    const callback = new LearningRateScheduler((epoch, rate) => (epoch === 0 ? rate : rate / 2));
    const rates = [0, 1, 2].map((epoch) => {
      callback.onEpochBegin(epoch, asControl);
      control.nextStep = 5;
      callback.onEpochBegin(epoch, asControl);
      control.nextStep = 0;
      return control.learningRate;
    });
    expect(rates).toEqual([0.001, 0.0005, 0.00025]);
  });

  it("refuses a rate that is none", () => {
    const callback = new LearningRateScheduler(() => Number.NaN);
    expect(() => callback.onEpochBegin(3, standIn().asControl)).toThrow("for epoch 3, got NaN");
  });
});

describe("CSVLogger", () => {
  it.each(golden.csv.map((one, index) => [index, one] as const))(
    "writes Keras's text, case %i",
    async (index, { options, before, epochs, text }) => {
      const file = path.join(folder, `${index}.csv`);
      if (before !== undefined) writeFileSync(file, before);
      const callback = new CSVLogger(file, options);
      await callback.onTrainBegin();
      for (const [epoch, logs] of epochs.entries()) await callback.onEpochEnd(epoch, numbersOf(logs));
      expect(readFileSync(file, "utf8")).toBe(text);
    },
  );

  it("goes on with the lines of its state, whatever the file has got since", async () => {
    const file = path.join(folder, "resumed.csv");
    const first = new CSVLogger(file);
    await first.onTrainBegin();
    await first.onEpochEnd(0, { loss: 1 });
    const state = first.getState();
    await first.onEpochEnd(1, { loss: 2 });
    const second = new CSVLogger(file);
    await second.onTrainBegin();
    second.setState(state);
    await second.onEpochEnd(1, { loss: 3 });
    expect(readFileSync(file, "utf8")).toBe("epoch,loss,val_loss\r\n0,1.0,NA\r\n1,3.0,NA\r\n");
  });
});

describe("ModelCheckpoint", () => {
  it.each(golden.paths)(
    "fills $template as Keras",
    async ({ template, epoch, batch, logs, path: expected }) => {
      const { control, asControl } = standIn();
      const written: string[] = [];
      const saveFreq = batch === null ? "epoch" : 1;
      const callback = new CheckpointWriter({ filepath: template, saveFreq }, async (_, place) => {
        written.push(place);
      });
      callback.onTrainBegin(asControl);
      callback.onEpochBegin(epoch);
      if (batch === null) await callback.onEpochEnd(epoch, { ...logs }, asControl);
      else {
        Object.assign(control, { iteration: batch + 1, nextStep: batch + 1 });
        expect(callback.wantsStepSettled(asControl)).toBe(true);
        await callback.onStepSettled(logs, asControl);
      }
      expect(written).toEqual([expected]);
    },
  );

  it("saves only what is better, and says so", async () => {
    const { asControl } = standIn();
    const written: string[] = [];
    const said: string[] = [];
    const callback = new CheckpointWriter(
      {
        filepath: "{epoch}",
        monitor: "acc",
        saveBestOnly: true,
        initialValueThreshold: 0.5,
        verbose: 1,
        stream: { write: (text) => said.push(text) },
      },
      async (_, place) => void written.push(place),
    );
    for (const [epoch, acc] of [0.4, 0.6, 0.6, 0.7].entries()) {
      await callback.onEpochEnd(epoch, { acc }, asControl);
    }
    expect(written).toEqual(["2", "4"]);
    expect(said[0]).toBe("\nEpoch 1: acc did not improve from 0.50000\n");
    expect(said[3]).toBe("\nEpoch 4: acc improved from 0.60000 to 0.70000, saving model to 4\n");
  });

  it("names a placeholder that cannot be filled", async () => {
    const callback = new CheckpointWriter({ filepath: "{val_acc:.2f}" }, async () => {});
    await expect(callback.onEpochEnd(0, { loss: 1 }, standIn().asControl)).rejects.toThrow(
      "cannot fill {val_acc:.2f}; there is epoch, loss",
    );
  });
});

describe("ProgressBar", () => {
  it.each(golden.bars)(
    "writes Keras's text for $steps of $target steps of $seconds s, verbose $verbose",
    ({ verbose, target, steps, seconds, logs, lines }) => {
      const bar = new ProgressBar(target, 0, true);
      let now = 0;
      const written: string[] = [];
      for (let step = 1; step <= steps; step++) {
        now += seconds * 1000;
        bar.step(step, now);
        written.push(`\r${bar.bar(step, logs, now, false)}`);
      }
      if (steps === target)
        written.push(verbose === 2 ? `${bar.line(logs, now)}\n` : `\r${bar.bar(steps, logs, now, true)}\n`);
      const wanted = written.slice(-lines.length);
      // Keras draws every 50 ms at most, so the line before the last may be an older one there.
      expect(wanted.at(-1)).toBe(lines.at(-1));
    },
  );
});

function numbersOf(logs: Readonly<Record<string, number | string>>): Record<string, number> {
  const number = (value: number | string) =>
    value === "inf" ? Number.POSITIVE_INFINITY : value === "nan" ? Number.NaN : Number(value);
  return Object.fromEntries(Object.entries(logs).map(([name, value]) => [name, number(value)]));
}
