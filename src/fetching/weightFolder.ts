import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Digest } from "../base/digest.ts";
import { writeFileAtomic } from "../base/files.ts";

/** What is noted beside a file of the folder of weights. */
export interface FileNote {
  /** Where it came from: an address, or the path that it was imported from. */
  readonly from: string;
  readonly bytes: number;
  /** Every use holds the file against it. */
  readonly sha256: Digest;
  /** "publisher": it was held against the digest that its publisher names. "first use": there is none. */
  readonly checkedBy: "publisher" | "first use";
  /** ISO time. */
  readonly date: string;
}

/** A file of the folder. */
export interface FolderFile {
  readonly file: string;
  readonly path: string;
  readonly bytes: number;
  /** undefined: somebody put it there by hand and it was not used yet. */
  readonly note: FileNote | undefined;
}

const noteEnding = ".note.json";

/** What is beside a file is not one of them. */
const isOwn = (name: string) =>
  name.startsWith(".") || /(\.note\.json|\.part|\.part\.json|\.lock(-[0-9a-f]+)?)$/.test(name);

/** The files of a folder of weights by name; none where the folder is not there. */
export async function listFolder(folder: string): Promise<readonly FolderFile[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => !isOwn(name))
      .sort()
      .map(async (file) => {
        const place = path.join(folder, file);
        const facts = await stat(place).catch(() => undefined);
        if (facts?.isFile() !== true) return undefined;
        return { file, path: place, bytes: facts.size, note: await readFileNote(place) };
      }),
  );
  return found.filter((each) => each !== undefined);
}

/** What is noted of a file; undefined where nothing is, or nothing that can be read. */
export async function readFileNote(file: string): Promise<FileNote | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file + noteEnding, "utf8"));
    if (value === null || typeof value !== "object") return undefined;
    const { from, bytes, sha256, checkedBy, date } = value as Partial<Record<keyof FileNote, unknown>>;
    if (typeof from !== "string" || typeof bytes !== "number" || typeof date !== "string") return undefined;
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
    const by = checkedBy === "publisher" ? "publisher" : "first use";
    return { from, bytes, sha256, checkedBy: by, date };
  } catch {
    return undefined;
  }
}

export async function writeFileNote(file: string, note: FileNote): Promise<void> {
  await writeFileAtomic(file + noteEnding, `${JSON.stringify(note, undefined, 2)}\n`);
}
