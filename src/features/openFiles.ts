import { closeSync, openSync } from "node:fs";

/** Keeps the files read last open, up to a number that no system's limit forbids. */
export class OpenFiles {
  /** A Map remembers the order of insertion; the file used longest ago stands first. */
  readonly #descriptors = new Map<string, number>();
  readonly #most: number;

  constructor(most = 128) {
    this.#most = most;
  }

  /** A descriptor for reading; valid until the next call. */
  descriptor(path: string): number {
    const known = this.#descriptors.get(path);
    if (known !== undefined) {
      this.#descriptors.delete(path);
      this.#descriptors.set(path, known);
      return known;
    }
    if (this.#descriptors.size >= this.#most) this.#closeOldest();
    const opened = openSync(path, "r");
    this.#descriptors.set(path, opened);
    return opened;
  }

  close(): void {
    while (this.#descriptors.size > 0) this.#closeOldest();
  }

  #closeOldest(): void {
    for (const [path, descriptor] of this.#descriptors) {
      this.#descriptors.delete(path);
      closeSync(descriptor);
      return;
    }
  }
}
