import { immodest, modestMemory } from "../base/modestMemory.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { damaged, type FileSource, unsupported } from "./byteSource.ts";
import { type Part, partBytes, partsFile } from "./partsFile.ts";
import { type Field, fieldsOf, int64sOf, type Span, textAt } from "./protobuf.ts";
import { Siblings } from "./siblings.ts";
import { type StoredType, storedBytes } from "./storedType.ts";
import type { WeightFile } from "./weightFile.ts";

/** The numbers of fields in onnx.proto3 that are read here. */
const modelFields = { irVersion: 1, producer: 2, producerVersion: 3, graph: 7 } as const;
const initializerField = 5;
const tensorFields = {
  dims: 1,
  type: 2,
  floats: 4,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  external: 13,
} as const;
const entryFields = { key: 1, value: 2 } as const;

const types: Readonly<Record<number, StoredType>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  4: "uint16",
  5: "int16",
  6: "int32",
  7: "int64",
  8: "text",
  9: "bool",
  10: "float16",
  11: "float64",
  12: "uint32",
  13: "uint64",
  16: "bfloat16",
};

const maxAxes = 32;

/**
 * Opens an ONNX model and lists the initialisers of its graph; those in other files (external data) are read from there.
 * Only the list of fields is walked, so a large model is as quick as a small one.
 *
 * @throws PermafrostError WEIGHTS_INVALID, also when there is no graph in it.
 */
export function openOnnx(source: FileSource): WeightFile {
  const siblings = new Siblings(source.name);
  const metadata = new Map<string, string>();
  let parts: readonly Part[] | undefined;
  for (const field of fieldsOf(source, { start: 0, length: source.size })) {
    if (field.number === modelFields.irVersion) metadata.set("ir_version", String(field.value));
    if (field.wire !== "bytes") continue;
    if (field.number === modelFields.producer) metadata.set("producer_name", textAt(source, field));
    if (field.number === modelFields.producerVersion) metadata.set("producer_version", textAt(source, field));
    if (field.number === modelFields.graph) parts = initialisersIn(source, field, siblings);
  }
  if (parts === undefined) throw damaged(source.name, "no graph in this ONNX model");
  const close = async () => {
    await siblings.close();
    await source.close();
  };
  return partsFile({ format: "ONNX", path: source.name, parts, metadata, close });
}

function initialisersIn(source: FileSource, graph: Span, siblings: Siblings): readonly Part[] {
  const parts: Part[] = [];
  const take = modestMemory(source.size, () => damaged(source.name, immodest));
  for (const field of fieldsOf(source, graph)) {
    if (field.number !== initializerField || field.wire !== "bytes") continue;
    take(partBytes);
    parts.push(partOf(source, field, siblings));
  }
  return parts;
}

/** What a TensorProto says before its elements are read. */
interface TensorFields {
  readonly name: string;
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  /** Where the elements lie, by the field that has them. */
  readonly elements: ReadonlyMap<number, Field>;
  readonly external: ReadonlyMap<string, string>;
}

function tensorFieldsOf(source: FileSource, span: Span): TensorFields {
  const shape: number[] = [];
  const elements = new Map<number, Field>();
  const external = new Map<string, string>();
  let name = "";
  let dtype: StoredType = "other";
  for (const field of fieldsOf(source, span)) {
    const { number, wire } = field;
    if (number === tensorFields.dims) addSizes(source, field, shape);
    else if (number === tensorFields.type) dtype = types[field.value] ?? "other";
    else if (wire !== "bytes") continue;
    else if (number === tensorFields.name) name = textAt(source, field);
    else if (number === tensorFields.external) external.set(...entryAt(source, field));
    else elements.set(number, field);
  }
  const where = `${source.name}: initialiser ${JSON.stringify(name)}`;
  if (!shape.every(Number.isSafeInteger)) throw damaged(where, `shape [${shape.join(", ")}]`);
  return { name, dtype, shape, elements, external };
}

/** Sizes of axes come one a field, or packed: below 128 each takes a byte. */
function addSizes(source: FileSource, field: Field, shape: number[]): void {
  if (field.wire !== "bytes") shape.push(field.value);
  else shape.push(...packedSizes(source, field));
  if (shape.length > maxAxes) throw damaged(source.name, `a tensor of more than ${maxAxes} axes`);
}

function packedSizes(source: FileSource, field: Field): readonly number[] {
  const bytes = source.bytes(field.start, field.length);
  const count = bytes.reduce((ends, byte) => ends + (byte < 0x80 ? 1 : 0), 0);
  if (count > maxAxes) throw damaged(source.name, `a tensor of ${count} axes, at most ${maxAxes} are read`);
  return Array.from(int64sOf(source, field, count), Number);
}

function partOf(source: FileSource, span: Span, siblings: Siblings): Part {
  const { name, dtype, shape, elements, external } = tensorFieldsOf(source, span);
  const where = `${source.name}: initialiser ${JSON.stringify(name)}`;
  const entry = { name, dtype, shape };
  const location = external.get("location");
  if (location !== undefined) {
    const file = siblings.get(location);
    if (file === undefined)
      return { entry: { ...entry, missing: location }, load: async () => new Uint8Array(0) };
    const load = () => file.load(Number(external.get("offset") ?? 0), storedBytes(dtype, shape, where));
    return { entry, load };
  }
  const plain =
    dtype === "float32" ? tensorFields.floats : dtype === "float64" ? tensorFields.doubles : undefined;
  const field = elements.get(tensorFields.raw) ?? (plain === undefined ? undefined : elements.get(plain));
  const int64s = elements.get(tensorFields.int64s);
  return {
    entry,
    async load() {
      if (field !== undefined) return source.load(field.start, field.length);
      if (dtype === "int64" && int64s !== undefined) {
        return new Uint8Array(int64sOf(source, int64s, sizeOf(shape)).buffer);
      }
      if (storedBytes(dtype, shape, where) === 0) return new Uint8Array(0);
      throw unsupported(
        where,
        `its ${dtype} elements are not in raw_data; save the model again with a newer exporter`,
      );
    },
  };
}

function entryAt(source: FileSource, span: Span): [string, string] {
  const texts = ["", ""] as [string, string];
  for (const field of fieldsOf(source, span)) {
    if (field.wire !== "bytes") continue;
    if (field.number === entryFields.key) texts[0] = textAt(source, field);
    if (field.number === entryFields.value) texts[1] = textAt(source, field);
  }
  return texts;
}
