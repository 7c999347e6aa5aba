import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { damaged, FileSource } from "./byteSource.ts";

/** The files that a weight file names beside itself, each opened once. */
export class Siblings {
  readonly #main: string;
  readonly #open = new Map<string, FileSource | undefined>();

  /** @param main - The file that names the others. */
  constructor(main: string) {
    this.#main = main;
  }

  /**
   * The file of this name, or undefined if there is none.
   *
   * @throws PermafrostError WEIGHTS_INVALID for a name that leads out of the folder.
   */
  get(name: string): FileSource | undefined {
    const parts = name.split(/[\\/]/);
    if (
      name === "" ||
      name.includes("\0") ||
      path.isAbsolute(name) ||
      /^[a-z]:/i.test(name) ||
      parts.includes("..")
    ) {
      throw damaged(this.#main, `it names the file ${JSON.stringify(name)}, which is outside its folder`);
    }
    if (!this.#open.has(name)) this.#open.set(name, openIfThere(path.join(path.dirname(this.#main), name)));
    return this.#open.get(name);
  }

  async close(): Promise<void> {
    for (const source of this.#open.values()) await source?.close();
  }
}

function openIfThere(file: string): FileSource | undefined {
  try {
    return new FileSource(file);
  } catch (error) {
    if (error instanceof PermafrostError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}
