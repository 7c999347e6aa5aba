import { toBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema } from "../gen/onnx_pb.ts";

/** The bytes of a model. Equal models give equal bytes. */
export function writeModel(model: ModelProto): Uint8Array<ArrayBuffer> {
  return toBinary(ModelProtoSchema, model);
}

/** Numbers in the weights of a model. */
export function countWeights(model: ModelProto): number {
  return model.graph!.initializer.reduce(
    (sum, { dims }) => sum + dims.reduce((product, size) => product * Number(size), 1),
    0,
  );
}
