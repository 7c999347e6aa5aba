import { appendFile, mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { explainWriteError } from "../../base/files.ts";
import { type Summary, summaryEvent, tfRecord, versionEvent } from "./tensorBoardEvent.ts";

/**
 * A file of events in a folder that TensorBoard reads. It is made with the first event; a run that is taken up again makes
 * another one beside it, as TensorBoard expects it. Events wait in memory until `flush`.
 */
export class EventFile {
  readonly #file: string;
  #waiting: Uint8Array[] = [];

  /** @param number - Tells the files of one process from each other. */
  constructor(folder: string, number: number) {
    const seconds = `${Math.floor(Date.now() / 1000)}`.padStart(10, "0");
    this.#file = path.join(
      folder,
      `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${number}.v2`,
    );
    this.#waiting.push(tfRecord(versionEvent(Date.now() / 1000)));
  }

  add(step: number, summary: Summary): void {
    this.#waiting.push(tfRecord(summaryEvent(Date.now() / 1000, step, summary)));
  }

  /**
   * Appends the waiting events: a reader that meets the file in between sees whole records and waits for the rest.
   *
   * @throws PermafrostError DISK_FULL
   */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    try {
      await mkdir(path.dirname(this.#file), { recursive: true });
      await appendFile(this.#file, bytes);
    } catch (error) {
      throw explainWriteError(error, this.#file);
    }
  }
}
