import { probeTypes } from "../../engine/probe.ts";
import { TensorProto_DataLocation } from "../../onnx/gen/onnx_pb.ts";
import { takePictures, tensorInfo } from "../../onnx/model/adaptModel.ts";
import { cutModel } from "../../onnx/model/cutModel.ts";
import { pictureInput } from "../../onnx/model/pictureInput.ts";
import type { OnnxModel } from "../../onnx/model/readModel.ts";
import { writeModel } from "../../onnx/model/writeModel.ts";
import { ruledShapes } from "./ruledShapes.ts";
import { freeSamples, type Trial, type TrialSize } from "./trial.ts";

/**
 * The types of values of a model whose weights were not read: by our own rules where these tell all of them, else as ONNX Runtime
 * finds them, which takes the start of another process. Left out are values with a size that is not known and those whose first
 * axis is not the batch.
 *
 * @throws PermafrostError SHAPE_MISMATCH for inputs that are no pictures; ENGINE_FAILED when ONNX Runtime refuses the model.
 */
export async function inferShapes(
  structure: OnnxModel,
  values: readonly string[],
  size: TrialSize,
  where: string,
): Promise<Trial["shapes"]> {
  return ruledShapes(structure, values, size, where) ?? askedShapes(structure, values, size, where);
}

/** As ONNX Runtime finds them without running the model: weights are taken for inputs. Throws as `inferShapes`. */
export async function askedShapes(
  structure: OnnxModel,
  values: readonly string[],
  size: TrialSize,
  where: string,
): Promise<Trial["shapes"]> {
  const part = cutModel(structure, values);
  const input = pictureInput(part.graph!, values, where);
  const { samples = freeSamples, height = size.height, width = size.width } = input;
  takePictures(part, { ...input, samples }, { height, width });
  feedWeights(part);
  const types = await probeTypes(writeModel(part), where);
  const found = Object.entries(types).flatMap(
    ([
      name,
      {
        dtype,
        shape: [count, ...shape],
      },
    ]) => {
      const sizes = shape.filter((each) => each !== undefined);
      const isKnown = count === samples && sizes.length === shape.length;
      return isKnown ? [[name, { dtype, shape: sizes }] as const] : [];
    },
  );
  return new Map(found);
}

/** Makes inputs of the initialisers that have no elements. */
function feedWeights({ graph }: OnnxModel): void {
  const isFed = ({ dataLocation }: { readonly dataLocation: TensorProto_DataLocation }) =>
    dataLocation === TensorProto_DataLocation.EXTERNAL;
  const fed = graph!.initializer.filter(isFed);
  graph!.initializer = graph!.initializer.filter((tensor) => !isFed(tensor));
  graph!.input = [
    ...graph!.input,
    ...fed.map(({ name, dataType, dims }) => tensorInfo(name, dataType, dims.map(Number))),
  ];
}
