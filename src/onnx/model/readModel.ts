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

/** A ModelProto is one protobuf message, and that ends here: what the engine is given, too. */
const mostBytes = 2 ** 31 - 1;

/**
 * Reads an ONNX model and checks its form: what is refused here is never given to ONNX Runtime. Elements in other files (external
 * data) stay there until `takeInElements`: often a cut needs a part of them.
 *
 * @param limit - Bytes that the file may have. Default 2 GiB, the limit of its format.
 * @throws PermafrostError NOT_FOUND, NOT_READABLE; WEIGHTS_INVALID with the place and what is wrong there.
 */
export async function readModel(file: string, limit = mostBytes): Promise<ModelProto> {
  const facts = await stat(file).catch(() => undefined);
  if (facts === undefined) throw new PermafrostError("NOT_FOUND", `${file}: there is no such file.`);
  if (!facts.isFile())
    throw new PermafrostError("NOT_READABLE", `${file}: expected an ONNX file, got something else.`);
  if (facts.size > limit)
    throw unsupported(
      file,
      `an ONNX file of ${facts.size} bytes, and the format (one protobuf message) ends at ${limit}. Export the model again with its weights in files beside it (torch.onnx.export(..., external_data=True)): then any part of it with less than that below the cut is a base`,
    );
  return parseModel(await readFile(file), file);
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

/**
 * Takes in the elements that lie in other files, which must be in the model's folder or below it.
 *
 * @param model - Best cut before (`cutModel`): what is not in it is not read.
 * @param file - The model's.
 * @param limit - Bytes of weights that it may have. Default 2 GiB: it is one message when the engine gets it.
 * @throws PermafrostError WEIGHTS_INVALID with the place and what is wrong there, before anything is read where it is too much.
 */
export async function takeInElements(model: ModelProto, file: string, limit = mostBytes): Promise<void> {
  const tensors = [...graphsWithin(model.graph!)].flatMap(({ initializer }) => initializer);
  const total = tensors.reduce((sum, tensor) => sum + elementBytes(tensor) * elementCount(tensor), 0);
  if (total > limit)
    throw unsupported(
      file,
      `${total} bytes of weights below the cut, and ONNX Runtime takes a model of at most ${limit}. Cut it lower with --cut; permafrost inspect ${file} shows where`,
    );
  const siblings = new Siblings(file);
  try {
    for (const tensor of tensors)
      if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL) await takeIn(tensor, siblings, file);
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
