import { messageOf, PermafrostError } from "../base/errors.ts";
import { immodest, modestMemory, takeJson } from "../base/modestMemory.ts";
import { duplicateKey } from "./uniqueKeys.ts";

/** Bytes an element takes, for every element type the format names. */
export const safetensorsElementBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

/** One tensor's place in a safetensors file. */
interface SafetensorsEntry {
  /** The format's own name: "F32", "BF16", ... */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Byte offset of the first element from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their places in the file. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /** Where the elements of the first tensor start. */
  readonly dataOffset: number;
}

/** The format's own limit; a longer header is an attack or an accident. */
const maxHeaderBytes = 100_000_000;
const prefixBytes = 8;

/** How many bytes `parseSafetensorsHeader` needs, from the first 8 bytes of a file of `fileBytes` bytes. */
export function safetensorsHeaderEnd(start: Uint8Array, fileBytes: number, where: string): number {
  if (fileBytes < prefixBytes || start.length < prefixBytes) {
    throw invalid(where, `expected at least 8 bytes, got ${Math.min(fileBytes, start.length)}`);
  }
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  const room = Math.min(fileBytes - prefixBytes, maxHeaderBytes);
  if (length > BigInt(room)) {
    throw invalid(
      where,
      `its first 8 bytes announce a header of ${length} bytes, but at most ${room} can follow`,
    );
  }
  return prefixBytes + Number(length);
}

/**
 * Reads the header of a safetensors file without trusting any length in it: every tensor lies inside the file, has exactly
 * the bytes its shape needs, and starts where the one before it ends.
 *
 * @param start - The file's first bytes, at least as many as `safetensorsHeaderEnd` says.
 * @param fileBytes - Size of the whole file.
 * @param where - The file's path, for messages.
 * @throws PermafrostError WEIGHTS_INVALID naming the file and the place.
 */
export function parseSafetensorsHeader(
  start: Uint8Array,
  fileBytes: number,
  where: string,
): SafetensorsHeader {
  const dataOffset = safetensorsHeaderEnd(start, fileBytes, where);
  if (start.length < dataOffset)
    throw invalid(where, `its header needs ${dataOffset} bytes, got ${start.length}`);
  const members = parseMembers(start.subarray(prefixBytes, dataOffset), fileBytes, where);
  const metadata = new Map<string, string>();
  const found: [string, SafetensorsEntry][] = [];
  for (const [name, member] of members) {
    if (name === "__metadata__") {
      for (const [key, text] of metadataEntries(member, where)) metadata.set(key, text);
    } else found.push([name, parseEntry(name, member, dataOffset, where)]);
  }
  found.sort(([, a], [, b]) => a.offset - b.offset || a.bytes - b.bytes);
  checkPlaces(found, dataOffset, fileBytes, where);
  return { metadata, entries: new Map(found), dataOffset };
}

function parseMembers(bytes: Uint8Array, fileBytes: number, where: string): [string, unknown][] {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    takeJson(
      text,
      modestMemory(fileBytes, () => invalid(where, immodest)),
    );
    header = JSON.parse(text);
  } catch (error) {
    if (error instanceof PermafrostError) throw error;
    throw invalid(where, `its header is not JSON (${messageOf(error)})`, error);
  }
  if (!isRecord(header)) throw invalid(where, "its header is not a JSON object");
  const twice = duplicateKey(text);
  if (twice !== undefined) throw invalid(where, `its header has the name ${JSON.stringify(twice)} twice`);
  return Object.entries(header);
}

function metadataEntries(member: unknown, where: string): [string, string][] {
  if (!isRecord(member)) throw invalid(where, "__metadata__: expected an object of texts");
  return Object.entries(member).map(([key, text]) => {
    if (typeof text !== "string") throw invalid(where, `__metadata__: ${JSON.stringify(key)} is not a text`);
    return [key, text];
  });
}

function parseEntry(name: string, member: unknown, dataOffset: number, where: string): SafetensorsEntry {
  const label = `tensor ${JSON.stringify(name)}`;
  if (!isRecord(member)) throw invalid(where, `${label}: expected an object`);
  const { dtype, shape, data_offsets: offsets } = member;
  if (typeof dtype !== "string") throw invalid(where, `${label}: its dtype is missing`);
  const elementBytes = Object.hasOwn(safetensorsElementBytes, dtype)
    ? safetensorsElementBytes[dtype]
    : undefined;
  if (elementBytes === undefined) throw invalid(where, `${label}: unknown dtype ${JSON.stringify(dtype)}`);
  if (!isCounts(shape)) throw invalid(where, `${label}: its shape is not a list of whole numbers`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw invalid(where, `${label}: its data_offsets are not [start, end] with start <= end`);
  }
  const bytes = offsets[1]! - offsets[0]!;
  const wanted = shape.reduce((product, size) => product * size, elementBytes);
  if (bytes !== wanted) {
    throw invalid(
      where,
      `${label}: ${dtype}[${shape.join(", ")}] needs ${wanted} bytes, its data_offsets give ${bytes}`,
    );
  }
  return { dtype, shape, offset: dataOffset + offsets[0]!, bytes };
}

/** Tensors follow each other without overlap or hole and end with the file, as the format demands. */
function checkPlaces(
  entries: readonly (readonly [string, SafetensorsEntry])[],
  dataOffset: number,
  fileBytes: number,
  where: string,
): void {
  let end = dataOffset;
  for (const [name, entry] of entries) {
    const label = `tensor ${JSON.stringify(name)}`;
    if (entry.offset < end)
      throw invalid(where, `${label} at byte ${entry.offset} overlaps the one before it`);
    if (entry.offset > end)
      throw invalid(where, `${entry.offset - end} bytes before ${label} belong to no tensor`);
    end += entry.bytes;
    if (end > fileBytes) throw invalid(where, `${label} ends at byte ${end}, the file at byte ${fileBytes}`);
  }
  if (end !== fileBytes) throw invalid(where, `${fileBytes - end} bytes at its end belong to no tensor`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function invalid(where: string, what: string, cause?: unknown): PermafrostError {
  return new PermafrostError(
    "WEIGHTS_INVALID",
    `${where}: not a sound safetensors file: ${what}. It may be truncated or damaged; write or download it again.`,
    { details: { path: where }, cause },
  );
}
