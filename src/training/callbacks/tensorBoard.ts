import path from "node:path";
import { PermafrostError } from "../../base/errors.ts";
import { namedWeights } from "../../models/weights.ts";
import type { Logs } from "../measuring/logs.ts";
import type { Callback, EpochLogs, RunControl, TrainingControl } from "./callback.ts";
import type { CallbackState } from "./checkpoint.ts";
import { EventFile } from "./eventFile.ts";
import { histogramBuckets } from "./histogram.ts";

/** Options of `TensorBoard`, Keras's names and defaults. */
export interface TensorBoardOptions {
  /** Folder of the event files: in it `train` and `validation`. Default "logs". */
  readonly logDir?: string;
  /** Measurements of steps: never ("epoch"), after each ("batch") or after so many. Default "epoch". */
  readonly updateFreq?: "batch" | "epoch" | number;
  /** Epochs from one histogram of every weight to the next. Default 0: none. */
  readonly histogramFreq?: number;
  /** Also note how many steps a second an epoch made. Default false. */
  readonly writeStepsPerSecond?: boolean;
}

/**
 * Writes measurements as event files that TensorBoard shows (Keras 3's TensorBoard): `epoch_<name>` and `learning_rate` of
 * each epoch, `batch_<name>` of steps, and `evaluation_<name>_vs_iterations` of each validation. Graphs, profiles, images
 * and embeddings are not written: `permafrost graph` draws a model.
 */
export class TensorBoard implements Callback {
  readonly #options: TensorBoardOptions;
  /** By folder. */
  readonly #files = new Map<string, EventFile>();
  /** Updates before the first step of this run. */
  #firstIteration = 0;
  #epochBegin = { time: 0, iteration: 0 };

  /** @throws PermafrostError INVALID_ARGUMENT for an updateFreq that is none. */
  constructor(options: TensorBoardOptions = {}) {
    const { updateFreq = "epoch" } = options;
    if (typeof updateFreq === "number" && !(Number.isInteger(updateFreq) && updateFreq > 0)) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `TensorBoard: updateFreq: expected "batch", "epoch" or a number of steps, got ${updateFreq}.`,
      );
    }
    this.#options = options;
  }

  onTrainBegin({ iteration }: TrainingControl): void {
    this.#files.clear();
    this.#firstIteration = iteration;
  }

  onEpochBegin(_epoch: number, { iteration }: TrainingControl): void {
    this.#epochBegin = { time: performance.now(), iteration };
  }

  wantsStepSettled({ iteration }: TrainingControl): boolean {
    const { updateFreq = "epoch" } = this.#options;
    if (updateFreq === "epoch") return false;
    return (iteration - this.#firstIteration) % (updateFreq === "batch" ? 1 : updateFreq) === 0;
  }

  onStepSettled(logs: Logs, control: TrainingControl): void {
    if (!this.wantsStepSettled(control)) return;
    this.#write("train", "batch_", logs, control.iteration - this.#firstIteration);
  }

  async onEpochEnd(epoch: number, logs: EpochLogs, control: TrainingControl): Promise<void> {
    const { histogramFreq = 0, writeStepsPerSecond = false } = this.#options;
    const { measured, validated } = withoutPrefix(logs);
    this.#write("train", "epoch_", { ...measured, learning_rate: control.learningRate }, epoch);
    if (writeStepsPerSecond) {
      const seconds = (performance.now() - this.#epochBegin.time) / 1000;
      const steps = control.iteration - this.#epochBegin.iteration;
      this.#write("train", "epoch_", { steps_per_second: steps / seconds }, epoch);
    }
    this.#write("validation", "epoch_", validated, epoch);
    if (histogramFreq > 0 && epoch % histogramFreq === 0) this.#writeHistograms(epoch, control);
    await this.#flush();
  }

  async onTestEnd(logs: Logs, { iteration }: RunControl): Promise<void> {
    for (const [name, value] of Object.entries(logs)) {
      this.#write("validation", "", { [`evaluation_${name}_vs_iterations`]: value }, iteration);
    }
    await this.#flush();
  }

  async onTrainEnd(): Promise<void> {
    await this.#flush();
  }

  getState(): CallbackState {
    return { values: { firstIteration: this.#firstIteration }, tensors: [] };
  }

  setState({ values }: CallbackState): void {
    this.#firstIteration = Number(values["firstIteration"]);
  }

  #write(folder: "train" | "validation", prefix: string, logs: Logs, step: number): void {
    for (const [name, value] of Object.entries(logs)) {
      this.#file(folder).add(step, { kind: "scalar", tag: `${prefix}${name}`, value });
    }
  }

  #writeHistograms(epoch: number, { model }: TrainingControl): void {
    for (const { name, tensor } of namedWeights(model)) {
      const buckets = histogramBuckets(tensor.data);
      this.#file("train").add(epoch, { kind: "histogram", tag: `${name}/histogram`, buckets });
    }
  }

  #file(folder: "train" | "validation"): EventFile {
    const known = this.#files.get(folder);
    if (known !== undefined) return known;
    const made = new EventFile(path.join(this.#options.logDir ?? "logs", folder), this.#files.size);
    this.#files.set(folder, made);
    return made;
  }

  async #flush(): Promise<void> {
    for (const file of this.#files.values()) await file.flush();
  }
}

/** What training measured, and what validation measured by the same names. */
function withoutPrefix(logs: Logs): { readonly measured: Logs; readonly validated: Logs } {
  const prefix = "val_";
  const entries = Object.entries(logs);
  const isValidated = (name: string) => name.startsWith(prefix);
  return {
    measured: Object.fromEntries(entries.filter(([name]) => !isValidated(name))),
    validated: Object.fromEntries(
      entries
        .filter(([name]) => isValidated(name))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    ),
  };
}
