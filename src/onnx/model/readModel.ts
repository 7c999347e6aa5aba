import { readFile, stat } from "node:fs/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { PermafrostError } from "../../base/errors.ts";
import { damaged, unsupported } from "../../formats/byteSource.ts";
import { Siblings } from "../../formats/siblings.ts";
import {
  type ModelProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
} from "../gen/onnx_pb.ts";
import { expectModestMemory } from "./estimateMemory.ts";
import { elementBytes, elementCount } from "./protoTensor.ts";
import { graphsWithin } from "./subgraphs.ts";
import { verifyModel } from "./verifyModel.ts";

/** A ModelProto is one protobuf message, and that ends here. */
const maxBytes = 2 ** 31 - 1;

/**
 * Reads an ONNX model and checks its form: what is refused here is never given to ONNX Runtime. Elements in other files
 * (external data) are taken in; those files must lie in the model's folder or below it.
 *
 * @throws PermafrostError NOT_FOUND, NOT_READABLE; WEIGHTS_INVALID with the place and what is wrong there.
 */
export async function readModel(file: string): Promise<ModelProto> {
  const facts = await stat(file).catch(() => undefined);
  if (facts === undefined) throw new PermafrostError("NOT_FOUND", `${file}: there is no such file.`);
  if (!facts.isFile())
    throw new PermafrostError("NOT_READABLE", `${file}: expected an ONNX file, got something else.`);
  if (facts.size > maxBytes)
    throw unsupported(file, `an ONNX model of ${facts.size} bytes, which is above the 2 GiB of its format`);
  const model = parseModel(await readFile(file), file);
  await takeInExternalData(model, file);
  return model;
}

/** As `readModel`, for bytes that stand alone. @param where - Their place, for messages. */
export function parseModel(bytes: Uint8Array, where: string): ModelProto {
  expectModestMemory(ModelProtoSchema, bytes, where);
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (error) {
    throw damaged(where, "it is not an ONNX model", error);
  }
  verifyModel(model, where);
  return model;
}

async function takeInExternalData(model: ModelProto, file: string): Promise<void> {
  const siblings = new Siblings(file);
  try {
    let total = 0;
    for (const graph of graphsWithin(model.graph!)) {
      for (const tensor of graph.initializer) {
        if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL) continue;
        total += elementBytes(tensor) * elementCount(tensor);
        if (total > maxBytes)
          throw unsupported(file, "more than 2 GiB of weights, which is more than one model can hold here");
        await takeIn(tensor, siblings, file);
      }
    }
  } finally {
    await siblings.close();
  }
}

async function takeIn(tensor: TensorProto, siblings: Siblings, file: string): Promise<void> {
  const facts = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = facts.get("location") ?? "";
  const where = `${file}: initialiser ${JSON.stringify(tensor.name)}`;
  const source = siblings.get(location);
  if (source === undefined)
    throw unsupported(
      where,
      `its elements are in ${JSON.stringify(location)}, which is not beside the model`,
    );
  const expected = elementBytes(tensor) * elementCount(tensor);
  const length = Number(facts.get("length") ?? expected);
  if (length !== expected) throw damaged(where, `${length} bytes for a tensor of ${expected}`);
  tensor.rawData = await source.load(Number(facts.get("offset") ?? 0), length);
  tensor.externalData = [];
  tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
}

/** A model of somebody else, read and checked. */
export type OnnxModel = ModelProto;
