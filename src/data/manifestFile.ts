import { readFile, stat } from "node:fs/promises";
import { PermafrostError } from "../base/errors.ts";
import { forEachConcurrently } from "./concurrency.ts";
import { explainReadError } from "./walk.ts";

/**
 * The text of a manifest.
 *
 * @throws PermafrostError NOT_FOUND, NOT_READABLE; MANIFEST_INVALID with the line that is not UTF-8.
 */
export async function readManifest(manifest: string): Promise<string> {
  return decodeUtf8(manifest, await readBytes(manifest));
}

async function readBytes(manifest: string): Promise<Uint8Array> {
  try {
    return await readFile(manifest);
  } catch (error) {
    throw explainReadError(error, manifest);
  }
}

function decodeUtf8(manifest: string, bytes: Uint8Array): string {
  try {
    // A byte order mark, as Excel writes it, is dropped by the decoder.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const line = firstBadLine(bytes);
    const message = `${manifest}:${line}: not valid UTF-8. Save the file with the encoding UTF-8 and try again.`;
    throw new PermafrostError("MANIFEST_INVALID", message, { cause, details: { path: manifest, line } });
  }
}

/** UTF-8 never uses the byte of a line end inside a character, so lines can be checked one by one. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let start = 0;
  for (let line = 1; start <= bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return 1;
}

/** A row as far as its file is concerned. */
export interface ListedFile {
  readonly line: number;
  /** Absolute. */
  readonly path: string;
}

/** @throws PermafrostError MANIFEST_INVALID with the first files that are missing. */
export async function requireFiles(
  manifest: string,
  root: string,
  entries: readonly ListedFile[],
): Promise<void> {
  const missing: ListedFile[] = [];
  await forEachConcurrently(entries, { phase: "manifest", unit: "files", concurrency: 16 }, async (entry) => {
    const isFile = await stat(entry.path).then(
      (facts) => facts.isFile(),
      () => false,
    );
    if (!isFile) missing.push(entry);
  });
  if (missing.length === 0) return;
  missing.sort((a, b) => a.line - b.line);
  const shown = missing.slice(0, 5).map(({ line, path: file }) => `  line ${line}: ${file}`);
  const more = missing.length > shown.length ? [`  ... and ${missing.length - shown.length} more`] : [];
  throw new PermafrostError(
    "MANIFEST_INVALID",
    `${manifest}: ${missing.length} of ${entries.length} listed files do not exist or are no files:\n` +
      `${[...shown, ...more].join("\n")}\nPaths are relative to ${root}, with / between folders. Mend the paths or remove the rows.`,
    { details: { path: manifest, missing: missing.map(({ path: file }) => file) } },
  );
}

/** MANIFEST_INVALID with the place of the row. */
export function invalidRow(manifest: string, line: number, message: string): PermafrostError {
  return new PermafrostError("MANIFEST_INVALID", `${manifest}:${line}: ${message}.`, {
    details: { path: manifest, line },
  });
}
