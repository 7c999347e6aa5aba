import { copyFile, mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Digest } from "../base/digest.ts";
import { PermafrostError, systemCode } from "../base/errors.ts";
import { explainWriteError, syncFolder, temporaryName } from "../base/files.ts";
import { download } from "./download.ts";
import { type FileContentDigests, fileDigests, type NamedDigest, showDigest } from "./fileDigest.ts";
import { shownAddress } from "./redirects.ts";
import { type FetchOptions, type FetchSettings, fetchSettings, isPrivate } from "./settings.ts";
import { type FileNote, readFileNote, writeFileNote } from "./weightFolder.ts";

/** A file that its authors publish. */
export interface PublishedFile {
  readonly file: string;
  /** The address of its folder, with a slash at its end. */
  readonly origin: string;
  /** As its authors give it, lower-case hexadecimal; left out: they give none. */
  readonly sha256?: string;
  readonly md5?: string;
  /** Its exact size, if it is known. */
  readonly bytes?: number;
  /** The command that fetches it, for messages. */
  readonly command?: string;
  /** What it must have at least, for messages where the exact size is not known: that of its numbers. */
  readonly leastBytes?: number;
}

/** A published file on this machine. */
export interface LocalFile {
  readonly path: string;
  readonly bytes: number;
  /** Of its content as it is now. */
  readonly sha256: Digest;
  /** Where its publisher has it. */
  readonly origin: string;
}

/**
 * A published file: from the folder of weights, else fetched into it. Its content is held against the publisher's digest; where
 * there is none, against that of the first time.
 *
 * @throws PermafrostError OFFLINE, FETCH_FAILED, DIGEST_MISMATCH, DISK_FULL, INTERRUPTED.
 */
export async function publishedFile(file: PublishedFile, options: FetchOptions = {}): Promise<LocalFile> {
  const settings = fetchSettings(options);
  return (await localFile(file, settings)) ?? (await fetchFile(file, settings));
}

/** The file from the folder of weights, checked; undefined: it is not there. */
async function localFile(file: PublishedFile, settings: FetchSettings): Promise<LocalFile | undefined> {
  const place = placeOf(file, settings);
  if ((await stat(place).catch(() => undefined)) === undefined) return undefined;
  const state = await checkFile(place, file);
  if (state.problem !== undefined) throw damaged(file, place, state.problem);
  if (state.note === undefined) await writeFileNote(place, noteOf(file, place, state.found));
  return localOf(file, place, state.found);
}

async function fetchFile(file: PublishedFile, settings: FetchSettings): Promise<LocalFile> {
  const place = placeOf(file, settings);
  const url = new URL(`${settings.mirror ?? file.origin}${file.file}`);
  const digest = publishedDigest(file);
  if (settings.offline !== undefined) throw offline(file, place, settings.offline);
  if (digest === undefined) checkUnpinned(file, url);
  const found = await download(
    {
      name: file.file,
      url,
      target: place,
      digest,
      bytes: file.bytes,
      size: sizeText(file),
      byHand: byHand(file),
    },
    settings,
  );
  // Another process has fetched it.
  if (found === undefined) return (await localFile(file, settings)) ?? fetchFile(file, settings);
  await writeFileNote(place, noteOf(file, shownAddress(url), found));
  if (digest === undefined) {
    settings.onNote(
      `${file.file}: its authors publish no digest. It has SHA-256 ${found.sha256}; from now on it is held against that.`,
    );
  }
  return localOf(file, place, found);
}

/** Where a published file lies, or would. */
export function placeOf(
  { file }: Pick<PublishedFile, "file">,
  { folder }: Pick<FetchSettings, "folder">,
): string {
  return path.join(folder, file);
}

/** The digest that the publisher names. */
export function publishedDigest({ sha256, md5 }: PublishedFile): NamedDigest | undefined {
  if (sha256 !== undefined) return { algorithm: "sha256", value: sha256 };
  return md5 === undefined ? undefined : { algorithm: "md5", value: md5 };
}

/** A file of the folder as it is now. */
export interface FileState {
  readonly found: FileContentDigests;
  readonly note: FileNote | undefined;
  /** What it should have been, in words; undefined: it is right. */
  readonly problem: string | undefined;
}

/**
 * Holds a file against its note, else against the publisher's digest.
 *
 * @param file - What it is meant to be; undefined: only its note tells.
 */
export async function checkFile(place: string, file: PublishedFile | undefined): Promise<FileState> {
  const note = await readFileNote(place);
  const published = file === undefined ? undefined : publishedDigest(file);
  // The note was written after the publisher's digest was checked; SHA-256 is the safer of the two.
  const isNoteEnough = note !== undefined && (note.checkedBy === "publisher" || published === undefined);
  const expected: NamedDigest | undefined = isNoteEnough
    ? { algorithm: "sha256", value: note.sha256 }
    : published;
  const found = await fileDigests(place, expected?.algorithm);
  const isRight = expected === undefined || found.named?.value === expected.value;
  return {
    found,
    note: isNoteEnough ? note : undefined,
    problem: isRight ? undefined : showDigest(expected),
  };
}

function noteOf(file: PublishedFile, from: string, { bytes, sha256 }: FileContentDigests): FileNote {
  const checkedBy = publishedDigest(file) === undefined ? "first use" : "publisher";
  return { from, bytes, sha256, checkedBy, date: new Date().toISOString() };
}

function localOf(file: PublishedFile, place: string, { bytes, sha256 }: FileContentDigests): LocalFile {
  return { path: place, bytes, sha256, origin: `${file.origin}${file.file}` };
}

/**
 * Takes a file that came by other means into the folder of weights, as the published file that it is. The file itself stays.
 *
 * @throws PermafrostError DIGEST_MISMATCH when it is another one; NOT_FOUND, DISK_FULL.
 */
export async function importFile(
  source: string,
  file: PublishedFile,
  options: FetchOptions = {},
): Promise<LocalFile> {
  const place = placeOf(file, fetchSettings(options));
  const temporary = temporaryName(place);
  const expected = publishedDigest(file);
  try {
    const folder = path.dirname(place);
    await mkdir(folder, { recursive: true });
    await copyFile(source, temporary);
    const found = await fileDigests(temporary, expected?.algorithm);
    if (expected !== undefined && found.named?.value !== expected.value) {
      throw new PermafrostError(
        "DIGEST_MISMATCH",
        `${source}: ${found.bytes} bytes of ${showDigest(found.named!)}, but the published ${file.file} has ${showDigest(expected)}. ` +
          `Get that file: ${file.origin}${file.file}`,
        { details: { path: source, expected: expected.value, found: found.named!.value } },
      );
    }
    await syncFile(temporary);
    await rename(temporary, place);
    await syncFolder(folder);
    await writeFileNote(place, noteOf(file, path.resolve(source), found));
    return localOf(file, place, found);
  } catch (error) {
    await rm(temporary, { force: true });
    if (systemCode(error) !== "ENOENT") throw explainWriteError(error, place);
    throw new PermafrostError("NOT_FOUND", `${source}: there is no such file. Check the path.`, {
      cause: error,
    });
  }
}

async function syncFile(file: string): Promise<void> {
  await using handle = await open(file, "r+");
  await handle.sync();
}

/** Without digest and without encryption anybody on the way could put another file in its place. */
function checkUnpinned(file: PublishedFile, url: URL): void {
  if (isPrivate(url)) return;
  throw new PermafrostError(
    "FETCH_FAILED",
    `${file.file}: its authors publish no digest, and ${url.protocol}//${url.host} is not encrypted, so nothing would tell whether it is the right file. Use an https:// mirror. ${byHand(file)}`,
  );
}

function offline(file: PublishedFile, place: string, reason: string): PermafrostError {
  const digest = publishedDigest(file);
  return new PermafrostError(
    "OFFLINE",
    `${file.file} (${sizeText(file)}, ${digest === undefined ? "no digest published" : showDigest(digest)}) is not in ${path.dirname(place)}, and it is not fetched: ${reason}. ` +
      `${file.command === undefined ? "" : `Where there is a network, run: ${file.command}. `}${byHand(file)}`,
    { details: { path: place, origin: `${file.origin}${file.file}`, digest: digest?.value } },
  );
}

function damaged(file: PublishedFile, place: string, expected: string): PermafrostError {
  return new PermafrostError(
    "DIGEST_MISMATCH",
    `${place}: its content is not that of ${file.file}: expected ${expected}. Remove it, or move it away, and it is fetched again.`,
    { details: { path: place, expected } },
  );
}

function sizeText({ bytes, leastBytes }: PublishedFile): string {
  if (bytes !== undefined) return `${bytes} bytes`;
  return leastBytes === undefined ? "size not known" : `a little more than ${leastBytes} bytes`;
}

/** How to do without our downloader. */
function byHand({ file, origin }: PublishedFile): string {
  return `By hand: get ${origin}${file} and run: permafrost weights import ${file}`;
}
