import { type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { explainWriteError, syncFolder, writeFileAtomic } from "../base/files.ts";

/** What is known of a file of which a part is here. */
export interface PartNote {
  /** The address that was asked, without secrets. */
  readonly address: string;
  /** A strong ETag or a Last-Modified: the same file as long as it stays; undefined: the server names none. */
  readonly validator: string | undefined;
  /** Bytes in all, if the server said so. */
  readonly total: number | undefined;
}

/** A file that is being fetched, in its folder under a temporary name, so that the next process can go on with it. */
export class PartFile {
  readonly target: string;
  readonly path: string;
  readonly #notePath: string;

  constructor(target: string) {
    this.target = target;
    this.path = `${target}.part`;
    this.#notePath = `${target}.part.json`;
  }

  /** Bytes that are here; 0 where nothing is. */
  async bytes(): Promise<number> {
    return (await stat(this.path).catch(() => undefined))?.size ?? 0;
  }

  async note(): Promise<PartNote | undefined> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#notePath, "utf8"));
      if (value === null || typeof value !== "object") return undefined;
      const { address, validator, total } = value as Partial<Record<keyof PartNote, unknown>>;
      if (typeof address !== "string") return undefined;
      return {
        address,
        validator: typeof validator === "string" ? validator : undefined,
        total: typeof total === "number" ? total : undefined,
      };
    } catch {
      return undefined;
    }
  }

  /** Opens it to write behind its first bytes; what was there behind them goes. The note is on disk first. */
  async open(from: number, note: PartNote): Promise<FileHandle> {
    await writeFileAtomic(this.#notePath, `${JSON.stringify(note)}\n`);
    const file = await open(this.path, "a");
    await file.truncate(from);
    return file;
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
    await rm(this.#notePath, { force: true });
  }

  /** Makes it the file itself. */
  async finish(): Promise<void> {
    const file = await open(this.path, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      await rename(this.path, this.target);
    } catch (error) {
      throw explainWriteError(error, this.target);
    }
    await syncFolder(path.dirname(this.target));
    await rm(this.#notePath, { force: true });
  }
}
