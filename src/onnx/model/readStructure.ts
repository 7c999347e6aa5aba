import { FileSource, unsupported } from "../../formats/byteSource.ts";
import { fieldsOf, type Span } from "../../formats/protobuf.ts";
import { type ModelProto, TensorProto_DataLocation } from "../gen/onnx_pb.ts";
import { parseModel } from "./readModel.ts";

/** Numbers of fields in onnx.proto3. */
const graphField = 7;
const initializerField = 5;
const dataLocationField = 14;
/** Those of a TensorProto that hold its elements. */
const elementFields: ReadonlySet<number> = new Set([4, 5, 6, 7, 9, 10, 11]);

/** Initialisers up to this are read whole: shapes, axes and tokens that nodes are computed with. */
const keptBytes = 2 ** 15;

/** Nodes and names: models of gigabytes have a few megabytes of them. */
const mostBytes = 256 * 2 ** 20;

/**
 * Reads an ONNX model without its weights: of larger initialisers name, type and shape alone, so that a model of gigabytes takes as
 * long as its list of nodes. They stand in it as if their elements were in another file that is not named. No other file is read.
 *
 * @throws PermafrostError as `readModel`.
 */
export async function readStructure(file: string): Promise<ModelProto> {
  const source = new FileSource(file);
  try {
    const pieces: Uint8Array[] = [];
    let left = mostBytes;
    for (const piece of modelPieces(source)) {
      left -= piece.length;
      if (left < 0) throw unsupported(file, "an ONNX model of more than 256 MB without its weights");
      pieces.push(piece);
    }
    return parseModel(Buffer.concat(pieces), file);
  } finally {
    await source.close();
  }
}

/** A message that comes in several pieces is one message to every reader of protobuf. */
function* modelPieces(source: FileSource): Generator<Uint8Array> {
  let start = 0;
  for (const field of fieldsOf(source, { start: 0, length: source.size })) {
    const end = field.start + field.length;
    if (field.number === graphField && field.wire === "bytes") {
      for (const piece of graphPieces(source, field)) {
        yield bytesPrefix(graphField, piece.length);
        yield piece;
      }
    } else yield copyOf(source, { start, length: end - start });
    start = end;
  }
}

/** What lies between large initialisers, and these without their elements. */
function* graphPieces(source: FileSource, graph: Span): Generator<Uint8Array> {
  let { start } = graph;
  let at = start;
  for (const field of fieldsOf(source, graph)) {
    const end = field.start + field.length;
    if (field.number === initializerField && field.length > keptBytes) {
      yield copyOf(source, { start, length: at - start });
      const tensor = withoutElements(source, field);
      yield Buffer.concat([bytesPrefix(initializerField, tensor.length), tensor]);
      start = end;
    }
    at = end;
  }
  yield copyOf(source, { start, length: at - start });
}

function withoutElements(source: FileSource, tensor: Span): Uint8Array {
  const pieces: Uint8Array[] = [];
  let { start } = tensor;
  for (const field of fieldsOf(source, tensor)) {
    const end = field.start + field.length;
    if (!elementFields.has(field.number)) pieces.push(copyOf(source, { start, length: end - start }));
    start = end;
  }
  return Buffer.concat([...pieces, varint(8 * dataLocationField), varint(TensorProto_DataLocation.EXTERNAL)]);
}

/** @throws PermafrostError WEIGHTS_INVALID before more memory is taken than a structure may have. */
function copyOf(source: FileSource, { start, length }: Span): Uint8Array {
  if (length > mostBytes) throw unsupported(source.name, `a part of ${length} bytes that is no weight`);
  return source.bytes(start, length).slice();
}

/** The key and the length of a field of bytes. */
function bytesPrefix(number: number, length: number): Uint8Array {
  return Buffer.concat([varint(8 * number + 2), varint(length)]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Uint8Array.from([...bytes, rest]);
}
