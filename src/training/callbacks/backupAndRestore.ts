import { readFile } from "node:fs/promises";
import path from "node:path";
import { messageOf, PermafrostError, systemCode } from "../../base/errors.ts";
import { removeFolder, writeFileAtomic } from "../../base/files.ts";
import type { Callback, TrainingControl } from "../callback.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../checkpoint.ts";

export interface BackupAndRestoreOptions {
  /** Folder of the checkpoint, one for each run. It is made if it is missing. */
  readonly backupDir: string;
  /** Remove the checkpoint, and the folder if nothing else is in it, when training has ended. Default true. */
  readonly deleteCheckpoint?: boolean;
  /**
   * Most of the time that writing may take: epochs are left out so that it stays below. Redoing them gives the same
   * bits. Default 1: a checkpoint at the end of every epoch.
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
 * after the last epoch that was saved. The model ends with the same bits as if nothing had happened, and the history
 * has all epochs.
 */
export class BackupAndRestore implements Callback {
  readonly #options: BackupAndRestoreOptions;
  readonly #file: string;
  /** Milliseconds that the last checkpoint took, and when it was done. */
  #cost = 0;
  #written = Number.NEGATIVE_INFINITY;
  #hasFailed = false;

  constructor(options: BackupAndRestoreOptions) {
    this.#options = options;
    this.#file = path.join(options.backupDir, checkpointName);
  }

  async onTrainRestore(control: TrainingControl): Promise<void> {
    const checkpoint = await this.#read();
    if (checkpoint === undefined) return;
    await control.restore(checkpoint);
    this.#options.onRestored?.(checkpoint);
  }

  async onEpochSettled(_epoch: number, control: TrainingControl): Promise<void> {
    const { timeShare = 1, run = "" } = this.#options;
    const begin = performance.now();
    if (begin - this.#written < this.#cost / timeShare - this.#cost) return;
    const bytes = encodeCheckpoint(await control.checkpoint(), run);
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
