import { readFile } from "node:fs/promises";
import path from "node:path";
import { canonicalJson } from "../../base/digest.ts";
import { writeFileAtomic } from "../../base/files.ts";
import type { FeatureGroup } from "../key.ts";

/** Remarks on a group beside its packs, for people and explanations. Without the file nothing but words is lost. */
export interface GroupNote {
  /** Names of the base networks whose features these are. */
  readonly bases: readonly string[];
  /** The group itself, so that it is known also when no pack is left. */
  readonly group?: FeatureGroup;
  /** The last time that packs were removed. */
  readonly removed?: { readonly time: string; readonly rows: number; readonly reason: string };
}

const noteName = "about.json";
const nothing: GroupNote = { bases: [] };

/** The remarks in a group's folder; empty ones where there are none, or where they cannot be read. */
export async function readNote(groupFolder: string): Promise<GroupNote> {
  try {
    const value: unknown = JSON.parse(await readFile(path.join(groupFolder, noteName), "utf8"));
    if (value === null || typeof value !== "object" || !("bases" in value)) return nothing;
    const { bases } = value;
    if (!Array.isArray(bases) || !bases.every((base) => typeof base === "string")) return nothing;
    return { ...(value as Partial<GroupNote>), bases };
  } catch {
    return nothing;
  }
}

/** Adds to the remarks. Two processes may do so at once: then one addition may be lost, and no harm is done. */
export async function addToNote(
  groupFolder: string,
  addition: Partial<Omit<GroupNote, "bases">> & { readonly base?: string },
): Promise<void> {
  const note = await readNote(groupFolder);
  const { base, ...rest } = addition;
  const bases = base === undefined || note.bases.includes(base) ? note.bases : [...note.bases, base].sort();
  const next = { ...note, ...rest, bases };
  if (canonicalJson(next) === canonicalJson(note)) return;
  await writeFileAtomic(path.join(groupFolder, noteName), `${JSON.stringify(next, null, 2)}\n`);
}
