import { stat } from "node:fs/promises";
import { PermafrostError } from "../base/errors.ts";
import { FetchFailure } from "./fetchFailure.ts";
import { fetchPart, type Source } from "./fetchPart.ts";
import { type FileContentDigests, fileDigests, type NamedDigest, showDigest } from "./fileDigest.ts";
import { withFileLock } from "./fileLock.ts";
import { PartFile } from "./partFile.ts";
import { shownAddress } from "./redirects.ts";
import { withRetries } from "./retry.ts";
import type { FetchSettings } from "./settings.ts";

/** A file to be fetched. */
export interface Download extends Omit<Source, "isDigestKnown"> {
  /** Where it is to lie; it appears there whole and checked, or not at all. */
  readonly target: string;
  /** As messages and progress call it. */
  readonly name: string;
  /** What its content must be; undefined: its publisher names none. */
  readonly digest: NamedDigest | undefined;
  /** Its size in words, until the server tells it. */
  readonly size?: string;
  /** What to do when it cannot be fetched, as a sentence. */
  readonly byHand: string;
}

/**
 * Fetches a file once, however many processes ask for it: goes on where an earlier try ended, waits and tries again when the
 * network fails, and checks the digest before the file gets its name.
 *
 * @returns undefined when another process has put it there meanwhile.
 * @throws PermafrostError FETCH_FAILED, DIGEST_MISMATCH, DISK_FULL, INTERRUPTED (what has come is kept); each names file, size and
 *   digest, and what to do by hand.
 */
export async function download(
  file: Download,
  settings: FetchSettings,
): Promise<FileContentDigests | undefined> {
  const part = new PartFile(file.target);
  const report = reporter(file, settings);
  const onWait = async () =>
    report(await part.bytes(), (await part.note())?.total, "another process fetches it");
  return await withFileLock(
    `${file.target}.lock`,
    async () => {
      if (await isThere(file.target)) return undefined;
      return fetchChecked(file, part, settings, report);
    },
    { signal: settings.signal, onWait: () => void onWait() },
  );
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

type Report = (done: number, total: number | undefined, note?: string) => void;

/** Progress ten times a second, and at the end. */
function reporter({ name, bytes }: Download, { onProgress }: FetchSettings): Report {
  let from: number | undefined;
  let toldAt = 0;
  return (done, total = bytes, note = name) => {
    from = Math.min(from ?? done, done);
    const now = Date.now();
    if (now - toldAt < 100 && done !== total) return;
    toldAt = now;
    const whole = total === undefined ? {} : { total };
    onProgress?.({ phase: "fetch", done, from, ...whole, unit: "bytes", note });
  };
}

async function fetchChecked(
  file: Download,
  part: PartFile,
  settings: FetchSettings,
  report: Report,
): Promise<FileContentDigests> {
  for (let isSecond = false; ; isSecond = true) {
    const isPieced = await fetchAll(file, part, settings, report);
    const found = await fileDigests(part.path, file.digest?.algorithm);
    if (file.digest === undefined || found.named?.value === file.digest.value) {
      await part.finish();
      return found;
    }
    await part.discard();
    // Pieces of two versions of the file give neither: the whole file in one piece may be right.
    if (!isPieced || isSecond) throw wrongContent(file, found);
    settings.onNote(
      `${file.name}: the pieces do not make the file that was asked for; fetching it once more from its begin.`,
    );
  }
}

/** @returns whether it came in more than one piece. */
async function fetchAll(
  file: Download,
  part: PartFile,
  settings: FetchSettings,
  report: Report,
): Promise<boolean> {
  const source = { ...file, isDigestKnown: file.digest !== undefined };
  try {
    return await withRetries(
      file,
      settings,
      () => fetchPart(part, source, settings, report),
      () => part.bytes(),
    );
  } catch (error) {
    throw error instanceof FetchFailure ? await failed(file, error, part) : error;
  }
}

async function failed(file: Download, failure: FetchFailure, part: PartFile): Promise<PermafrostError> {
  const have = await part.bytes();
  const kept = have > 0 ? ` ${have} bytes of it are here and kept.` : "";
  return new PermafrostError(
    "FETCH_FAILED",
    `${file.name} (${facts(file, (await part.note())?.total)}) could not be fetched: ${failure.message}.${kept} ${file.byHand}`,
    {
      cause: failure,
      details: { address: shownAddress(file.url), target: file.target, status: failure.status },
    },
  );
}

function wrongContent(file: Download, found: FileContentDigests): PermafrostError {
  const { value, algorithm } = found.named!;
  return new PermafrostError(
    "DIGEST_MISMATCH",
    `${file.name}: ${shownAddress(file.url)} sent ${found.bytes} bytes of ${showDigest({ algorithm, value })}, expected ${facts(file)}. ` +
      `They were thrown away. ${file.byHand}`,
    { details: { address: shownAddress(file.url), expected: file.digest?.value, found: value } },
  );
}

/** Size and digest, as far as they are known. */
function facts({ bytes, size, digest }: Pick<Download, "bytes" | "size" | "digest">, total?: number): string {
  const known = bytes ?? total;
  return `${known === undefined ? (size ?? "size not known") : `${known} bytes`}, ${digest === undefined ? "no digest published" : showDigest(digest)}`;
}
