import { readFile } from "node:fs/promises";
import { type Digest, sha256 } from "../base/digest.ts";
import { messageOf, systemCode } from "../base/errors.ts";
import type { WorkOptions } from "../base/progress.ts";
import { forEachConcurrently } from "./concurrency.ts";
import type { Sample, Skipped } from "./dataset.ts";
import { DigestCache } from "./digestCache.ts";
import { FileFacts } from "./fileFacts.ts";

export interface DigestOptions extends WorkOptions {
  /** A JSON-lines file that remembers digests between runs; nothing is remembered without it. */
  readonly cacheFile?: string;
  /** How many files are read at once (default 8). */
  readonly concurrency?: number;
}

export interface SampleDigests {
  /** SHA-256 of the file's bytes by the sample's path, in the order of the samples. */
  readonly digests: ReadonlyMap<string, Digest>;
  /** Files that cannot be read or are empty, in the order of the samples. */
  readonly skipped: readonly Skipped[];
}

/**
 * SHA-256 of every sample's bytes. A file whose path, size, time of change and inode are those of an earlier run is not
 * read again.
 *
 * @throws PermafrostError INTERRUPTED when the signal is aborted; digests made until then are remembered.
 */
export async function digestSamples(
  samples: readonly Sample[],
  options: DigestOptions = {},
): Promise<SampleDigests> {
  const cache = await DigestCache.open(options.cacheFile);
  const files = new FileFacts();
  const found = new Map<string, Digest>();
  const reasons = new Map<string, string>();
  const work = { ...options, phase: "digest", concurrency: options.concurrency ?? 8 };
  try {
    await forEachConcurrently(samples, work, async ({ path }) => {
      try {
        found.set(path, await digestFile(path, cache, files));
      } catch (error) {
        reasons.set(path, readFailure(error));
      }
    });
  } finally {
    // A store that is full or read-only says so itself; here it only means that the files are read again next time.
    await cache.save().catch(() => undefined);
  }
  // Files are read at the same time and end in any order; what is handed out is in the order of the samples.
  const digests = new Map(
    samples.flatMap(({ path }): [string, Digest][] => {
      const digest = found.get(path);
      return digest === undefined ? [] : [[path, digest]];
    }),
  );
  const skipped = samples.flatMap(({ path }) => {
    const reason = reasons.get(path);
    return reason === undefined ? [] : [{ path, reason }];
  });
  return { digests, skipped };
}

/** Why a file could not be read, in words for a report. */
export function readFailure(error: unknown): string {
  const code = systemCode(error);
  if (code === "EACCES" || code === "EPERM") return "no permission to read it";
  if (code === "ENOENT") return "does not exist any more, or its name is not valid UTF-8";
  return messageOf(error);
}

async function digestFile(path: string, cache: DigestCache, files: FileFacts): Promise<Digest> {
  const facts = await files.facts(path);
  if (facts.size === 0n) throw new Error("empty file (0 bytes)");
  const known = cache.get(path, facts);
  if (known !== undefined) return known;
  const readAt = Date.now();
  const digest = sha256(await readFile(path));
  cache.set(path, facts, digest, readAt);
  return digest;
}
