import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Digest, digestOf } from "../../base/digest.ts";
import { writeFileAtomic } from "../../base/files.ts";
import type { MethodRun } from "./methodRun.ts";

const format = "permafrost comparison run 1";

/** Keeps finished runs in a folder, so that an interrupted comparison does nothing twice. */
export class FinishedRuns {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * A run that was finished earlier; undefined where there is none, or one that something else was asked of.
   *
   * @param key - All that its numbers depend on.
   */
  async find(name: string, key: unknown): Promise<MethodRun | undefined> {
    const text = await readFile(this.#file(name), "utf8").catch(() => undefined);
    return text === undefined ? undefined : readRun(text, digestOf(key));
  }

  async keep(name: string, key: unknown, run: MethodRun): Promise<void> {
    await writeFileAtomic(this.#file(name), `${JSON.stringify({ format, key: digestOf(key), run })}\n`);
  }

  #file(name: string): string {
    return path.join(this.#folder, `${name}.json`);
  }
}

/** Written in one piece by this class: with our format and key, the rest is as it was written. */
function readRun(text: string, key: Digest): MethodRun | undefined {
  try {
    const record = JSON.parse(text) as {
      readonly format?: unknown;
      readonly key?: unknown;
      readonly run: MethodRun;
    };
    return record.format === format && record.key === key ? record.run : undefined;
  } catch {
    return undefined;
  }
}
