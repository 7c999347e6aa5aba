import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Digest, digestOf } from "../../base/digest.ts";
import { writeFileAtomic } from "../../base/files.ts";

const format = "permafrost comparison run 1";

/** Keeps finished runs, and the encoders that were pretrained for them, in a folder, so that an interrupted comparison does nothing twice. */
export class FinishedRuns {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * What was kept earlier; undefined where there is nothing, or something else was asked of it.
   *
   * @param key - All that its numbers depend on.
   */
  async find<Run>(name: string, key: unknown): Promise<Run | undefined> {
    const text = await readFile(this.#file(name), "utf8").catch(() => undefined);
    return text === undefined ? undefined : readRun<Run>(text, digestOf(key));
  }

  async keep(name: string, key: unknown, run: object): Promise<void> {
    await writeFileAtomic(this.#file(name), `${JSON.stringify({ format, key: digestOf(key), run })}\n`);
  }

  #file(name: string): string {
    return path.join(this.#folder, `${name}.json`);
  }
}

/** Written in one piece by this class: with our format and key, the rest is as it was written. */
function readRun<Run>(text: string, key: Digest): Run | undefined {
  try {
    const record = JSON.parse(text) as {
      readonly format?: unknown;
      readonly key?: unknown;
      readonly run: Run;
    };
    return record.format === format && record.key === key ? record.run : undefined;
  } catch {
    return undefined;
  }
}
