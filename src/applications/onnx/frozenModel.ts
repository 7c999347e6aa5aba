import { PermafrostError } from "../../base/errors.ts";
import { probeModel } from "../../engine/probe.ts";
import { adaptedInput, adaptedOutput, adaptModel } from "../../onnx/model/adaptModel.ts";
import { pictureInput } from "../../onnx/model/pictureInput.ts";
import { elementTypes } from "../../onnx/model/protoTensor.ts";
import type { OnnxModel } from "../../onnx/model/readModel.ts";
import { hasChannelsLast } from "../../onnx/model/valueLayout.ts";
import { countWeights, writeModel } from "../../onnx/model/writeModel.ts";
import { OpaqueModel } from "../../onnx/opaque.ts";
import { float32, sizeOf, type Tensor } from "../../tensor/tensor.ts";
import type { FrozenPart, OnnxForm, OnnxValue } from "./onnxForm.ts";
import { noise, type TrialSize } from "./trial.ts";

/**
 * The part of a model before a value, in the form in which the engine runs it.
 *
 * @param options.turnsMaps - Whether maps with the channels last get them first, as the engine has them. Default true.
 */
export function frozenModel(
  model: OnnxModel,
  frozen: FrozenPart,
  [height, width]: OnnxForm["inputShape"],
  where: string,
  { turnsMaps = true }: { readonly turnsMaps?: boolean } = {},
): OpaqueModel {
  const { name, layout } = pictureInput(model.graph!, [frozen.name], where);
  const { shape } = frozen;
  const isLast =
    turnsMaps &&
    shape.length === 3 &&
    hasChannelsLast(model.graph!, frozen.name, { name, channelsLast: layout === "channels last" });
  const elementType = elementTypes[frozen.dtype as keyof typeof elementTypes] ?? elementTypes.float32;
  const adapted = adaptModel(model, where, {
    height,
    width,
    output: frozen.name,
    elementType,
    channelsLast: isLast,
  });
  const bytes = writeModel(adapted);
  const sizes = isLast ? [shape[2]!, shape[0]!, shape[1]!] : shape;
  return new OpaqueModel(bytes, {
    input: adaptedInput,
    output: adaptedOutput,
    inputShape: ["batch", 3, height, width],
    outputShape: ["batch", ...sizes],
    samples: frozen.samples ?? undefined,
    weights: countWeights(adapted),
  });
}

/**
 * How many samples each run of a part must have, so that a sample's numbers have the same bits alone and in any company: any number
 * where a trial shows no difference, else 1. Models that quantise as they run take one scale for the whole batch.
 *
 * @param fixed - Where the model itself fixes the number.
 * @throws PermafrostError SHAPE_MISMATCH when a model of a fixed number mixes its samples.
 */
export async function samplesOfRun(
  model: OnnxModel,
  value: OnnxValue,
  size: TrialSize,
  fixed: number | undefined,
  where: string,
): Promise<number | undefined> {
  if (fixed === 1) return 1;
  const part = { ...value, samples: fixed ?? null };
  const { bytes } = frozenModel(model, part, [size.height, size.width, 3], where);
  const input = pictureInput(model.graph!, [value.name], where);
  const pictures = noise(input, fixed ?? trialSamples, size);
  const runs = [pictures, ...eachAlone(pictures, fixed ?? 1)].map((each) => ({ [adaptedInput]: each }));
  const results = await probeModel({ model: bytes, runs, keepData: true }, where);
  const [together, ...alone] = results.map((run) => bitsOf(run[adaptedOutput]?.data));
  const row = sizeOf(value.shape);
  const isSame = alone.every((bits, sample) =>
    bits.every((each, at) => each === together![sample * row + (at % row)]),
  );
  if (isSame) return fixed;
  if (fixed === undefined) return 1;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `${where}: takes ${fixed} pictures in each run, and what it makes of one depends on the others. Export it with a free number, or for one picture.`,
    { details: { path: where } },
  );
}

const trialSamples = 3;

/** For each picture a batch that holds nothing else. */
function eachAlone({ shape, data }: Tensor<"float32">, copies: number): readonly Tensor<"float32">[] {
  const [count, ...sizes] = shape;
  const size = sizeOf(sizes);
  return Array.from({ length: count! }, (_, sample) => {
    const batch = new Float32Array(copies * size);
    for (let copy = 0; copy < copies; copy++)
      batch.set(data.subarray(sample * size, (sample + 1) * size), copy * size);
    return float32([copies, ...sizes], batch);
  });
}

function bitsOf(data: ArrayLike<number | bigint> | undefined): Uint32Array {
  return new Uint32Array(Float32Array.from(data as ArrayLike<number>).buffer);
}
