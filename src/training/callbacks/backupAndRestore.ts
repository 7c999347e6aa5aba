import { readFile } from "node:fs/promises";
import path from "node:path";
import { messageOf, PermafrostError, systemCode } from "../../base/errors.ts";
import { removeFolder, writeFileAtomic } from "../../base/files.ts";
import type { Logs } from "../measuring/logs.ts";
import type { Callback, TrainingControl } from "./callback.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";

export interface BackupAndRestoreOptions {
  /** Folder of the checkpoint, one for each run. It is made if it is missing. */
  readonly backupDir: string;
  /** Remove the checkpoint, and the folder if nothing else is in it, when training has ended. Default true. */
  readonly deleteCheckpoint?: boolean;
  /**
   * "epoch": at the end of every epoch; a number: after so many steps, also in the middle of an epoch;
   * `{ seconds }`: at the end of every epoch, and in the middle of one when so much time has passed. Default "epoch".
   */
  readonly saveFreq?: "epoch" | number | { readonly seconds: number };
  /**
   * Most of the time that writing may take: checkpoints are left out so that it stays below. Redoing what they would have
   * held gives the same bits. Default 1: none is left out.
   */
  readonly timeShare?: number;
  /** What the run depends on, as a digest: a checkpoint of another run is not gone on from. Default: none. */
  readonly run?: string;
  /** Called when training goes on from a checkpoint. */
  readonly onRestored?: (checkpoint: Checkpoint) => void;
  /** Called when a checkpoint cannot be gone on from or cannot be written; training takes place all the same. Default: a process warning. */
  readonly onWarning?: (text: string) => void;
}

/** The file in the backup folder. */
export const checkpointName = "checkpoint.safetensors";

/**
 * Takes an interrupted training up again (Keras's BackupAndRestore): give the same `fit` the same folder, and it goes on
 * after the last epoch or step that was saved. The model ends with the same bits as if nothing had happened, and the
 * history has all epochs. In the middle of an epoch Keras begins the epoch again with the weights of its middle; here it
 * goes on with the next step.
 */
export class BackupAndRestore implements Callback {
  readonly #options: BackupAndRestoreOptions;
  readonly #file: string;
  /** Milliseconds that the last checkpoint took, and when it was done. */
  #cost = 0;
  #written = Number.NEGATIVE_INFINITY;
  /** When training began or was taken up. */
  #begun = 0;
  #savedIteration = 0;
  #hasFailed = false;

  /** @throws PermafrostError INVALID_ARGUMENT for a saveFreq that is none. */
  constructor(options: BackupAndRestoreOptions) {
    checkFrequency(options.saveFreq ?? "epoch");
    this.#options = options;
    this.#file = path.join(options.backupDir, checkpointName);
  }

  async onTrainRestore(control: TrainingControl): Promise<void> {
    const checkpoint = await this.#read();
    if (checkpoint !== undefined) {
      await control.restore(checkpoint);
      this.#options.onRestored?.(checkpoint);
    }
    this.#begun = performance.now();
    this.#savedIteration = control.iteration;
  }

  wantsStepSettled({ iteration }: TrainingControl): boolean {
    const { saveFreq = "epoch" } = this.#options;
    if (saveFreq === "epoch") return false;
    if (typeof saveFreq === "number") return iteration - this.#savedIteration >= saveFreq;
    const last = Math.max(this.#begun, this.#written);
    return performance.now() - last >= saveFreq.seconds * 1000 && this.#isAffordable();
  }

  onStepSettled(_logs: Logs, control: TrainingControl): Promise<void> {
    return this.#save(control);
  }

  async onEpochSettled(_epoch: number, control: TrainingControl): Promise<void> {
    if (typeof this.#options.saveFreq !== "number") await this.#save(control);
  }

  /** Whether the share of the time that writing may take allows another checkpoint. */
  #isAffordable(): boolean {
    const { timeShare = 1 } = this.#options;
    return performance.now() - this.#written >= this.#cost / timeShare - this.#cost;
  }

  async #save(control: TrainingControl): Promise<void> {
    this.#savedIteration = control.iteration;
    if (!this.#isAffordable()) return;
    const begin = performance.now();
    const bytes = encodeCheckpoint(await control.checkpoint(), this.#options.run ?? "");
    try {
      await writeFileAtomic(this.#file, bytes);
    } catch (error) {
      // Training itself can go on; what it loses is the way back after a kill.
      if (!this.#hasFailed) this.#warn(`${messageOf(error)} Training goes on without a checkpoint.`);
      this.#hasFailed = true;
    }
    this.#written = performance.now();
    this.#cost = this.#written - begin;
  }

  async onTrainEnd(): Promise<void> {
    if (this.#options.deleteCheckpoint ?? true) await removeFolder(this.#options.backupDir, [checkpointName]);
  }

  async #read(): Promise<Checkpoint | undefined> {
    try {
      return decodeCheckpoint(await readFile(this.#file), this.#file, this.#options.run ?? "");
    } catch (error) {
      if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
      if (!(error instanceof PermafrostError)) throw error;
      this.#warn(`${messageOf(error)} Training starts anew.`);
      return undefined;
    }
  }

  #warn(text: string): void {
    if (this.#options.onWarning === undefined) process.emitWarning(text);
    else this.#options.onWarning(text);
  }
}

function checkFrequency(saveFreq: NonNullable<BackupAndRestoreOptions["saveFreq"]>): void {
  const [value, isFit] =
    typeof saveFreq === "object"
      ? [saveFreq.seconds, saveFreq.seconds > 0]
      : [saveFreq, saveFreq === "epoch" || (Number.isInteger(saveFreq) && saveFreq > 0)];
  if (isFit) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `BackupAndRestore: saveFreq: expected "epoch", a number of steps or { seconds }, got ${value}.`,
  );
}
