import { messageOf } from "../base/errors.ts";
import { immodest, modestMemory, takeJson } from "../base/modestMemory.ts";
import { type ByteSource, damaged } from "./byteSource.ts";

/** The most that a JSON file beside weights may have: 100 MB, as safetensors says of its header. */
const maxBytes = 100_000_000;

export type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * A JSON file's text and its object.
 *
 * @param fileBytes - Size of the file on disk that it is in. Default its own.
 */
export function readJson(
  source: ByteSource,
  fileBytes = source.size,
): { readonly text: string; readonly record: JsonRecord } {
  if (source.size > maxBytes) throw damaged(source.name, `JSON of ${source.size} bytes, at most ${maxBytes}`);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(source.bytes(0, source.size));
    takeJson(
      text,
      modestMemory(fileBytes, () => damaged(source.name, immodest)),
    );
    return { text, record: recordOf(JSON.parse(text), "its content", source.name) };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw damaged(source.name, `it is not JSON (${messageOf(error)})`, error);
  }
}

/** An object that was read from JSON. */
export function recordOf(value: unknown, what: string, where: string): JsonRecord {
  if (!isRecord(value)) throw damaged(where, `${what}: expected an object`);
  return value;
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list that was read from JSON; none is an empty one. */
export function listOf(value: unknown, what: string, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw damaged(where, `${what}: expected a list`);
  return value;
}

export function textOf(value: unknown, what: string, where: string): string {
  if (typeof value !== "string") throw damaged(where, `${what}: expected a text`);
  return value;
}

/** A shape that was read from JSON. */
export function shapeOf(value: unknown, what: string, where: string): readonly number[] {
  const isShape = Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape) throw damaged(where, `${what}: expected a list of whole numbers`);
  return value;
}
