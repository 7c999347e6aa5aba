import { readFile } from "node:fs/promises";
import path from "node:path";
import { type Digest, digestOf } from "../../base/digest.ts";
import { writeFileAtomic } from "../../base/files.ts";

/** What the runs are parts of, by the text that their records begin with. */
const formats = {
  comparison: "permafrost comparison run 1",
  sweep: "permafrost sweep training 1",
} as const;

/** Keeps what a long job has finished in a folder, one record a run, so that the same job does nothing twice after an interruption. */
export class FinishedRuns {
  readonly #folder: string;
  readonly #format: string;

  constructor(folder: string, job: keyof typeof formats) {
    this.#folder = folder;
    this.#format = formats[job];
  }

  /**
   * What was kept earlier; undefined where there is nothing, or something else was asked of it.
   *
   * @param key - All that its numbers depend on.
   */
  async find<Run>(name: string, key: unknown): Promise<Run | undefined> {
    const text = await readFile(this.#file(name), "utf8").catch(() => undefined);
    return text === undefined ? undefined : readRun<Run>(text, this.#format, digestOf(key));
  }

  async keep(name: string, key: unknown, run: object): Promise<void> {
    const record = { format: this.#format, key: digestOf(key), run };
    await writeFileAtomic(this.#file(name), `${JSON.stringify(record)}\n`);
  }

  #file(name: string): string {
    return path.join(this.#folder, `${name}.json`);
  }
}

/** Written in one piece by this class: with our format and key, the rest is as it was written. */
function readRun<Run>(text: string, format: string, key: Digest): Run | undefined {
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
