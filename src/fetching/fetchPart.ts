import { statfs } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { explainWriteError } from "../base/files.ts";
import { FetchFailure, statusFailure } from "./fetchFailure.ts";
import type { HttpAnswer } from "./httpRequest.ts";
import type { PartFile, PartNote } from "./partFile.ts";
import { requestFollowing, shownAddress } from "./redirects.ts";
import type { FetchSettings } from "./settings.ts";

/** Where to fetch from. */
export interface Source {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes, where they are known beforehand: another size is refused. */
  readonly bytes?: number | undefined;
  /** Whether a digest will tell if parts of two different files were put together. */
  readonly isDigestKnown: boolean;
}

/** Nobody's weights are larger, and a server must not fill a disk. */
const mostBytes = 100 * 2 ** 30;

/**
 * One try: asks for what is missing, and writes what comes behind what is there.
 *
 * @param onBytes - Told after each piece.
 * @returns whether what was there before is part of the file now.
 * @throws FetchFailure; what came stays in the part, unless it is of no use.
 */
export async function fetchPart(
  part: PartFile,
  source: Source,
  settings: FetchSettings,
  onBytes: (done: number, total: number | undefined) => void,
): Promise<boolean> {
  const { url, headers = {} } = source;
  const have = await resumable(part, source);
  const answer = await requestFollowing(url, {
    headers: { ...headers, ...have.headers },
    signal: settings.signal,
    environment: settings.environment,
    silence: settings.patience.silence,
  });
  try {
    const place = placeOf(answer, have.bytes, have.validator, url);
    if (place === "other part") {
      await part.discard();
      throw new FetchFailure(
        `${shownAddress(url)}: the file has changed, or the server gave another part than asked for`,
        { isPassing: true },
      );
    }
    if (place === "all here") return true;
    checkSize(place.total, source, url);
    await checkRoom(part, place.total, place.from);
    await receive(part, answer, place, { url, onBytes, source });
    return place.from > 0;
  } finally {
    answer.close();
  }
}

interface Resumable {
  readonly bytes: number;
  readonly validator: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** A part is gone on with if something will tell that it is of the same file: the server by its validator, or the digest. */
async function resumable(part: PartFile, { url, isDigestKnown }: Source): Promise<Resumable> {
  const bytes = await part.bytes();
  const note = await part.note();
  const isOfUse = note?.address === shownAddress(url) && (note.validator !== undefined || isDigestKnown);
  if (bytes === 0 || !isOfUse) return { bytes: 0, validator: undefined, headers: {} };
  const { validator } = note;
  const condition = validator === undefined ? {} : { "If-Range": validator };
  return { bytes, validator, headers: { Range: `bytes=${bytes}-`, ...condition } };
}

/** Where the answer's bytes belong. */
interface Place extends Pick<PartNote, "validator" | "total"> {
  readonly from: number;
}

function placeOf(
  answer: HttpAnswer,
  have: number,
  known: string | undefined,
  url: URL,
): Place | "all here" | "other part" {
  const { status, headers } = answer;
  const validator = validatorOf(answer);
  if (status === 200) {
    const length = headers["content-length"];
    return { from: 0, validator, total: length === undefined ? undefined : Number(length) };
  }
  const [, first, , total] =
    /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? [];
  if (status === 416 && have > 0) return Number(total) === have ? "all here" : "other part";
  if (status !== 206) throw statusFailure(status, shownAddress(url), headers);
  // Some servers do not heed If-Range.
  const hasChanged = known !== undefined && validator !== undefined && validator !== known;
  if (Number(first) !== have || hasChanged) return "other part";
  return { from: have, validator: validator ?? known, total: total === "*" ? undefined : Number(total) };
}

function validatorOf({ headers }: HttpAnswer): string | undefined {
  const { etag, "last-modified": modified } = headers;
  return etag !== undefined && !etag.startsWith("W/") ? etag : modified;
}

function checkSize(total: number | undefined, { bytes = total }: Source, url: URL): void {
  if (total === undefined) return;
  if (total !== bytes) {
    throw new FetchFailure(`${shownAddress(url)} has ${total} bytes, expected ${bytes}`);
  }
  if (!Number.isSafeInteger(total) || total > mostBytes) {
    throw new FetchFailure(
      `${shownAddress(url)} says it has ${total} bytes, more than the ${mostBytes} that are taken`,
    );
  }
}

async function checkRoom(part: PartFile, total: number | undefined, from: number): Promise<void> {
  if (total === undefined) return;
  const folder = path.dirname(part.path);
  const { bavail, bsize } = await statfs(folder);
  if (total - from <= bavail * bsize) return;
  throw new PermafrostError(
    "DISK_FULL",
    `${part.target}: it has ${total} bytes, of which ${total - from} are to be fetched, and ${folder} has room for ${bavail * bsize}. Free some space or choose another folder.`,
    { details: { path: part.target } },
  );
}

async function receive(
  part: PartFile,
  answer: HttpAnswer,
  { from, validator, total }: Place,
  {
    url,
    onBytes,
    source,
  }: {
    readonly url: URL;
    readonly onBytes: (done: number, total: number | undefined) => void;
    readonly source: Source;
  },
): Promise<void> {
  const most = total ?? source.bytes ?? mostBytes;
  const file = await part.open(from, { address: shownAddress(url), validator, total });
  let done = from;
  try {
    onBytes(done, total);
    for await (const chunk of answer.body) {
      if (done + chunk.length > most)
        throw new FetchFailure(`${shownAddress(url)} sent more than the ${most} bytes of the file`);
      await file.appendFile(chunk);
      done += chunk.length;
      onBytes(done, total);
    }
  } catch (error) {
    throw explainWriteError(error, part.target);
  } finally {
    await file.close();
  }
  if (done < (total ?? source.bytes ?? done)) {
    const whole = total ?? source.bytes;
    throw new FetchFailure(`${url.host} ended after ${done} of ${whole} bytes`, { isPassing: true });
  }
}
