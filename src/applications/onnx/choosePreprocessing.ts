import { stat } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";
import type { PictureInput } from "../../onnx/model/pictureInput.ts";
import { elementTypes } from "../../onnx/model/protoTensor.ts";
import { type PixelScalingName, type Preprocessing, preprocessing } from "../preprocessing.ts";
import { preprocessorConfigName, readPreprocessorConfig } from "./preprocessorConfig.ts";

/** Those that have a name. */
const onnxPreprocessings = ["imagenet", "tf", "caffe", "rescale", "none"] as const;

const usualSide = 224;

interface AskedPreprocessing {
  /** A record, a name or a file's place; left out: nothing is asked. */
  readonly preprocessing?: string | Preprocessing;
  /** The size that is asked for. */
  readonly inputShape?: readonly [number, number, number];
}

interface ChosenPreprocessing {
  readonly record: Preprocessing;
  readonly remarks: readonly string[];
}

const scalings: Readonly<Record<(typeof onnxPreprocessings)[number], PixelScalingName>> = {
  imagenet: "torch",
  tf: "tf",
  caffe: "caffe",
  rescale: "rescale",
  none: "none",
};

/**
 * How pictures are prepared for a model: as is asked, as a file beside it says, else as is usual, which a remark tells.
 *
 * @throws PermafrostError UNKNOWN_NAME for what is neither a name nor a file; as `readPreprocessorConfig`.
 */
export async function choosePreprocessing(
  file: string,
  input: PictureInput,
  { preprocessing: given, inputShape }: AskedPreprocessing,
): Promise<ChosenPreprocessing> {
  if (typeof given === "object") return { record: given, remarks: [] };
  const height = inputShape?.[0] ?? input.height ?? usualSide;
  const width = inputShape?.[1] ?? input.width ?? usualSide;
  const named = (name: (typeof onnxPreprocessings)[number]) =>
    preprocessing(scalings[name], { height, width });
  if (given !== undefined) {
    const name = onnxPreprocessings.find((each) => each === given);
    if (name === undefined && !(await isFile(given))) throw noPreprocessing(given);
    return { record: name === undefined ? await readPreprocessorConfig(given) : named(name), remarks: [] };
  }
  const found = await configBeside(file);
  if (found !== undefined) {
    return {
      record: await readPreprocessorConfig(found),
      remarks: [`Pictures are prepared as ${found} says.`],
    };
  }
  if (input.elementType === elementTypes.uint8) return { record: named("none"), remarks: [] };
  const remark = `${file} does not say how pictures are prepared for it: they are scaled to 0 to 1 and by ImageNet's mean and deviation. If it was trained otherwise, say --preprocessing tf, caffe, or a preprocessor_config.json.`;
  return { record: named("imagenet"), remarks: [remark] };
}

async function isFile(place: string): Promise<boolean> {
  return (await stat(place).catch(() => undefined))?.isFile() ?? false;
}

function noPreprocessing(given: string): PermafrostError {
  return new PermafrostError(
    "UNKNOWN_NAME",
    `preprocessing ${JSON.stringify(given)}: expected ${onnxPreprocessings.join(", ")} or the path of a ${preprocessorConfigName}, and there is no such file.${didYouMean(given, onnxPreprocessings)}`,
    { details: { name: given, known: onnxPreprocessings } },
  );
}

/** The file of the repository that the model was taken from: beside it, or above a folder `onnx`. */
async function configBeside(file: string): Promise<string | undefined> {
  const folder = path.dirname(path.resolve(file));
  const folders = path.basename(folder) === "onnx" ? [folder, path.dirname(folder)] : [folder];
  for (const each of folders) {
    const place = path.join(each, preprocessorConfigName);
    if (await isFile(place)) return place;
  }
  return undefined;
}
