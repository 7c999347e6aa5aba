import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Digest } from "../base/digest.ts";
import { writeFileAtomic } from "../base/files.ts";
import type { ExtractionSummary } from "./extraction.ts";
import { groupDigest } from "./key.ts";
import type { FeatureStore } from "./store.ts";

/** How fast this machine was with one base network. */
export interface MeasuredRate {
  /** Views a second through decoding, preprocessing and the base, all workers together. */
  readonly viewsPerSecond: number;
  /** Bytes a second into the store; missing where too little was written to tell. */
  readonly bytesPerSecond?: number;
  /** So many views the rate rests on. */
  readonly views?: number;
  /** Tried on the network alone, before any run. */
  readonly isTrial?: boolean;
  /** Of a trial: the name of the base network, and the side of its input in pixels. */
  readonly base?: string;
  readonly size?: number;
}

/** Fewer views than this are over before all threads have started. */
const fewestViews = 32;
/** Where a rate rests on so many views or more, the newest counts. */
const enoughViews = 1024;
/** Less than this and the time is that of a disk's single answer. */
const fewestBytes = 16 * 2 ** 20;

/** What a run has measured: the part of an extraction's summary that rates rest on. Seconds as `ExtractionSeconds` has them. */
export interface RateMeasurement extends Pick<ExtractionSummary, "bytesWritten" | "group"> {
  readonly forwards: Pick<ExtractionSummary["forwards"], "computed">;
  readonly seconds: Pick<ExtractionSummary["seconds"], "total" | "verify" | "write">;
}

/** Said where features are not stored. */
export const keptInMemory =
  "On this machine writing a feature takes longer than computing it: new features are kept in memory for the run, not in the store.";

/** Features of a run may take so many bytes of memory where the disk is too slow for them. */
const mostMemory = 512 * 2 ** 20;

/**
 * Where new features are kept: on disk, but in memory for the run where writing a row takes longer than computing it (tiny
 * networks, slow disks). Without a measured speed of writing: on disk.
 */
export function keepWhere(
  rate: MeasuredRate | undefined,
  rowBytes: number,
  rows: number,
): "store" | "memory" {
  if (rate?.bytesPerSecond === undefined || rows * rowBytes > mostMemory) return "store";
  return rowBytes / rate.bytesPerSecond > 1 / rate.viewsPerSecond ? "memory" : "store";
}

/** Rates of earlier runs by the digest of the group; an unreadable file counts as none. */
export async function readRates(folder: string | undefined): Promise<ReadonlyMap<Digest, MeasuredRate>> {
  if (folder === undefined) return new Map();
  try {
    const parsed: unknown = JSON.parse(await readFile(ratesFile(folder), "utf8"));
    if (parsed === null || typeof parsed !== "object") return new Map();
    const rates = new Map<Digest, MeasuredRate>();
    for (const [digest, rate] of Object.entries(parsed)) if (isRate(rate)) rates.set(digest, rate);
    return rates;
  } catch {
    return new Map();
  }
}

/** Remembers how fast features were computed; where the store cannot be written, the next plan measures again. */
export async function noteRate(
  store: Pick<FeatureStore, "folder">,
  { forwards, seconds, bytesWritten, group }: RateMeasurement,
): Promise<void> {
  const spent = seconds.total - seconds.verify;
  if (store.folder === undefined || forwards.computed < fewestViews || spent <= 0) return;
  const digest = groupDigest(group);
  const known = (await readRates(store.folder)).get(digest);
  if (forwards.computed < Math.min(known?.views ?? 0, enoughViews)) return;
  const bytesPerSecond =
    bytesWritten >= fewestBytes && seconds.write > 0 ? bytesWritten / seconds.write : known?.bytesPerSecond;
  await saveRate(store.folder, digest, {
    viewsPerSecond: forwards.computed / spent,
    views: forwards.computed,
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
  });
}

/** Remembers a rate that was measured otherwise. */
export async function saveRate(folder: string, digest: Digest, rate: MeasuredRate): Promise<void> {
  const rates = { ...Object.fromEntries(await readRates(folder)), [digest]: rate };
  await writeFileAtomic(ratesFile(folder), `${JSON.stringify(rates, undefined, 1)}\n`).catch(() => undefined);
}

function ratesFile(folder: string): string {
  return path.join(folder, "rates.json");
}

function isRate(value: unknown): value is MeasuredRate {
  return (
    value !== null &&
    typeof value === "object" &&
    "viewsPerSecond" in value &&
    typeof value.viewsPerSecond === "number" &&
    value.viewsPerSecond > 0
  );
}
