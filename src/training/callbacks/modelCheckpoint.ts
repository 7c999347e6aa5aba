import { PermafrostError } from "../../base/errors.ts";
import type { Model } from "../../models/functional.ts";
import { writeWeights } from "../../models/weightFile.ts";
import type { Logs } from "../measuring/logs.ts";
import { type Announcement, announce } from "./announce.ts";
import type { Callback, EpochLogs, TrainingControl } from "./callback.ts";
import type { CallbackState } from "./checkpoint.ts";
import { Monitor, type MonitorMode } from "./monitor.ts";
import { pythonFormat } from "./pythonText.ts";

/** Options of `ModelCheckpoint`, Keras's names and defaults. */
export interface ModelCheckpointOptions extends Announcement {
  /**
   * Where to save: a folder for a bundle, a file that ends in ".safetensors" for weights only. It may hold placeholders in
   * Python's form: `{epoch:02d}` (from 1), `{batch}` (from 1, with a saveFreq in steps), and any measurement: `{val_loss:.2f}`.
   */
  readonly filepath: string;
  /** What `saveBestOnly` watches. Default "val_loss". */
  readonly monitor?: string;
  /** Save only when what is watched is better than ever before. Default false. */
  readonly saveBestOnly?: boolean;
  /** Save the weights alone, to be read by `loadWeights`. Default false: a bundle. */
  readonly saveWeightsOnly?: boolean;
  /** Whether smaller or larger is better. Default "auto": by the name of what is watched. */
  readonly mode?: MonitorMode;
  /** At the end of each epoch, or after so many steps. Default "epoch". */
  readonly saveFreq?: "epoch" | number;
  /** The first value that must be beaten. Default: none. */
  readonly initialValueThreshold?: number;
}

/** Writes a whole model to a folder. */
export type WriteModel = (model: Model, folder: string) => Promise<void>;

/** Saves the model while it is trained (Keras 3's ModelCheckpoint). What is written is whole or not there. */
export class CheckpointWriter implements Callback {
  readonly #options: ModelCheckpointOptions;
  readonly #monitor: Monitor | undefined;
  readonly #writeModel: WriteModel;
  #epoch = 0;
  /** Updates at the time of the last saving. */
  #savedIteration = 0;

  /** @throws PermafrostError INVALID_ARGUMENT for a path or a frequency that does not fit. */
  constructor(options: ModelCheckpointOptions, writeModel: WriteModel) {
    checkOptions(options);
    const { monitor = "val_loss", mode, saveBestOnly = false, initialValueThreshold } = options;
    this.#options = options;
    this.#writeModel = writeModel;
    if (saveBestOnly) {
      this.#monitor = new Monitor("ModelCheckpoint", monitor, mode);
      this.#monitor.best = initialValueThreshold;
    }
  }

  onTrainBegin({ iteration }: TrainingControl): void {
    this.#savedIteration = iteration;
  }

  onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  wantsStepSettled({ iteration }: TrainingControl): boolean {
    const { saveFreq = "epoch" } = this.#options;
    return saveFreq !== "epoch" && iteration - this.#savedIteration >= saveFreq;
  }

  async onStepSettled(logs: Logs, control: TrainingControl): Promise<void> {
    const { saveFreq = "epoch" } = this.#options;
    if (saveFreq === "epoch" || control.iteration - this.#savedIteration < saveFreq) return;
    this.#savedIteration = control.iteration;
    await control.updateModel();
    await this.#save(logs, control, { epoch: this.#epoch + 1, batch: control.nextStep });
  }

  async onEpochEnd(epoch: number, logs: EpochLogs, control: TrainingControl): Promise<void> {
    if ((this.#options.saveFreq ?? "epoch") === "epoch")
      await this.#save(logs, control, { epoch: epoch + 1 });
  }

  async #save(logs: Logs, control: TrainingControl, counts: Readonly<Record<string, number>>): Promise<void> {
    const place = filledPath(this.#options.filepath, logs, counts);
    const say = (text: string) => announce(this.#options, `Epoch ${counts["epoch"]}: ${text}`);
    const monitor = this.#monitor;
    if (monitor === undefined) say(`saving model to ${place}`);
    else {
      const value = monitor.value(logs, control);
      if (value === undefined) return;
      const from = monitor.best === undefined ? "None" : monitor.best.toFixed(5);
      if (!monitor.isBetter(value, monitor.best)) return say(`${monitor.name} did not improve from ${from}`);
      say(`${monitor.name} improved from ${from} to ${value.toFixed(5)}, saving model to ${place}`);
      monitor.best = value;
    }
    if (this.#options.saveWeightsOnly) await writeWeights(control.model, place);
    else await this.#writeModel(control.model, place);
  }

  getState(): CallbackState {
    return {
      values: { best: this.#monitor?.state ?? null, savedIteration: this.#savedIteration },
      tensors: [],
    };
  }

  setState({ values }: CallbackState): void {
    if (this.#monitor !== undefined) this.#monitor.state = values["best"];
    this.#savedIteration = Number(values["savedIteration"]);
  }
}

function checkOptions({
  filepath,
  saveWeightsOnly = false,
  saveFreq = "epoch",
}: ModelCheckpointOptions): void {
  const isFile = filepath.endsWith(".safetensors");
  if (isFile !== saveWeightsOnly) {
    const advice = saveWeightsOnly
      ? "a filepath that ends in .safetensors for weights"
      : "a folder for a whole model; for weights alone say saveWeightsOnly: true";
    throw new PermafrostError("INVALID_ARGUMENT", `ModelCheckpoint: expected ${advice}, got ${filepath}.`);
  }
  if (saveFreq === "epoch" || (Number.isInteger(saveFreq) && saveFreq > 0)) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `ModelCheckpoint: saveFreq: expected "epoch" or a number of steps, got ${saveFreq}.`,
  );
}

/** The path with its placeholders filled in, as Python's `str.format` does it. */
function filledPath(filepath: string, logs: Logs, counts: Readonly<Record<string, number>>): string {
  return filepath.replaceAll(/\{(\w+)(?::([^}]*))?\}/g, (placeholder, name: string, format = "") => {
    const count = counts[name];
    const value = count ?? logs[name];
    const text =
      value === undefined
        ? undefined
        : pythonFormat(value, count !== undefined && format === "" ? "d" : format);
    if (text !== undefined) return text;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `ModelCheckpoint: filepath: cannot fill ${placeholder}; there is ${[...Object.keys(counts), ...Object.keys(logs)].join(", ")}, with formats like 02d and .2f.`,
    );
  });
}
