import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { immodest, modestMemory } from "../../base/modestMemory.ts";
import { memorySource, unsupported } from "../../formats/byteSource.ts";
import { type Field, fieldsOf, type Span } from "../../formats/protobuf.ts";

/** Bytes that an object of a message takes at most, and one element of a list. */
const messageBytes = 300;
const bigintBytes = 32;
const numberBytes = 8;

const maxDepth = 64;

const bigints: ReadonlySet<ScalarType> = new Set([ScalarType.INT64, ScalarType.UINT64, ScalarType.SINT64]);

/**
 * Walks over a protobuf file before it is read, and refuses one that would take more than three times its size in memory: a byte
 * can stand for a whole object.
 *
 * @throws PermafrostError WEIGHTS_INVALID, also where the bytes are no protobuf.
 */
export function expectModestMemory(schema: DescMessage, bytes: Uint8Array, where: string): void {
  const source = memorySource(where, bytes);
  const take = modestMemory(bytes.length, () =>
    unsupported(where, `${immodest}; save the model again with raw_data`),
  );
  const walk = (message: DescMessage, span: Span, depth: number): void => {
    if (depth > maxDepth) throw unsupported(where, `messages more than ${maxDepth} deep inside each other`);
    take(messageBytes);
    const known = fieldsByNumber(message);
    for (const field of fieldsOf(source, span)) {
      const description = known.get(field.number);
      if (description === undefined) continue;
      const inner = messageOf(description);
      if (inner !== undefined && field.wire === "bytes") walk(inner, field, depth + 1);
      else take(elementCost(description, field));
    }
  };
  walk(schema, { start: 0, length: bytes.length }, 0);
}

const tables = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

function fieldsByNumber(message: DescMessage): ReadonlyMap<number, DescField> {
  const known = tables.get(message) ?? new Map(message.fields.map((field) => [field.number, field]));
  tables.set(message, known);
  return known;
}

function messageOf(field: DescField): DescMessage | undefined {
  if (field.fieldKind === "message") return field.message;
  return field.fieldKind === "list" && field.listKind === "message" ? field.message : undefined;
}

function elementCost(field: DescField, { wire, length }: Field): number {
  if (field.fieldKind !== "list") return 0;
  if (field.listKind !== "scalar") return numberBytes;
  const { scalar } = field;
  const isText = scalar === ScalarType.BYTES || scalar === ScalarType.STRING;
  if (isText) return messageBytes + length;
  const each = bigints.has(scalar) ? bigintBytes : numberBytes;
  if (wire !== "bytes") return each;
  // Packed: numbers of four or eight bytes, or of at least one.
  const size = scalar === ScalarType.FLOAT ? 4 : scalar === ScalarType.DOUBLE ? 8 : 1;
  return (each * length) / size;
}
