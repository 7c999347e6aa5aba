import { open, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { digestOf } from "../base/digest.ts";
import { writeFileAtomic } from "../base/files.ts";
import type { DrawnBefore } from "./explain.ts";
import { type FeatureGroup, groupDigest } from "./key.ts";
import { isPackName } from "./packFormat.ts";
import { formatFolder } from "./storeFolder.ts";

/** So many kinds of draws are remembered for a group. */
const mostRemembered = 50;

/** The groups that a store holds, as the header of one pack of each says; groups that cannot be read are left out. */
export async function storedGroups(folder: string | undefined): Promise<readonly FeatureGroup[]> {
  if (folder === undefined) return [];
  const groups = path.join(folder, formatFolder);
  const names = await readdir(groups).catch(() => []);
  const found = await Promise.all(names.map((name) => groupIn(path.join(groups, name), name)));
  return found.filter((group) => group !== undefined);
}

/** What kinds of draws the rows of a group came from. */
export async function drawsBefore(
  folder: string | undefined,
  group: FeatureGroup,
): Promise<readonly DrawnBefore[]> {
  if (folder === undefined) return [];
  const all = await readHistory(folder);
  return all[groupDigest(group)] ?? [];
}

/** Remembers draws, to be able to say later what has changed; nothing depends on it. */
export async function noteDraws(
  folder: string | undefined,
  group: FeatureGroup,
  draws: DrawnBefore,
): Promise<void> {
  if (folder === undefined) return;
  const all = await readHistory(folder);
  const digest = groupDigest(group);
  const others = (all[digest] ?? []).filter((each) => digestOf(each) !== digestOf(draws));
  const text = JSON.stringify({ ...all, [digest]: [draws, ...others].slice(0, mostRemembered) });
  await writeFileAtomic(historyFile(folder), `${text}\n`).catch(() => undefined);
}

async function readHistory(folder: string): Promise<Record<string, readonly DrawnBefore[]>> {
  try {
    // Written above; of a file that somebody else has changed, the worst that can come is an odd sentence.
    const parsed = JSON.parse(await readFile(historyFile(folder), "utf8")) as unknown;
    if (parsed === null || typeof parsed !== "object") return {};
    return Object.fromEntries(
      Object.entries(parsed).map(([digest, list]) => [
        digest,
        Array.isArray(list) ? list.filter(isDrawn) : [],
      ]),
    );
  } catch {
    return {};
  }
}

function isDrawn(value: unknown): value is DrawnBefore {
  if (value === null || typeof value !== "object" || !("pipeline" in value) || !("seed" in value))
    return false;
  return typeof value.pipeline === "object" && value.pipeline !== null && typeof value.seed === "number";
}

function historyFile(folder: string): string {
  return path.join(folder, "draws.json");
}

async function groupIn(folder: string, digest: string): Promise<FeatureGroup | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter(isPackName);
  for (const name of names.slice(0, 3)) {
    const group = await groupOfPack(path.join(folder, name)).catch(() => undefined);
    if (group !== undefined && digestOf(group) === digest) return group as FeatureGroup;
  }
  return undefined;
}

/** The group that a pack's header names. */
async function groupOfPack(pack: string): Promise<unknown> {
  await using file = await open(pack, "r");
  const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
  const length = Number(buffer.readBigUInt64LE(0));
  if (length > 2 ** 20) return undefined;
  const header = await file.read(Buffer.alloc(length), 0, length, 8);
  const { __metadata__: metadata } = JSON.parse(header.buffer.toString("utf8")) as {
    __metadata__?: { group?: string };
  };
  return metadata?.group === undefined ? undefined : JSON.parse(metadata.group);
}
