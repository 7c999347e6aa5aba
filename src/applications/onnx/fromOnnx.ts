import path from "node:path";
import { PermafrostError } from "../../base/errors.ts";
import { beforeClassifier, checkValue, chosenOutput } from "../../onnx/model/chooseOutput.ts";
import { cutModel } from "../../onnx/model/cutModel.ts";
import { type PictureInput, pictureInput } from "../../onnx/model/pictureInput.ts";
import { dependentsOf } from "../../onnx/model/reach.ts";
import { type OnnxModel, readModel, takeInElements } from "../../onnx/model/readModel.ts";
import type { BaseNetwork } from "../application.ts";
import type { Preprocessing } from "../preprocessing.ts";
import { choosePreprocessing } from "./choosePreprocessing.ts";
import { samplesOfRun } from "./frozenModel.ts";
import { onnxBase } from "./onnxBase.ts";
import { firstImported, onnxBlocks } from "./onnxBlocks.ts";
import { type OnnxForm, type OnnxValue, type TokenChoice, tokenChoices } from "./onnxForm.ts";
import { checkTokens, usualTokens } from "./tokens.ts";
import { type Trial, type TrialSize, tryValues } from "./trial.ts";

export interface FromOnnxOptions {
  /**
   * The value that is the base's output, and of tokens what is taken: `last_hidden_state`, `last_hidden_state:patches` (`:cls`,
   * `:mean`, `:all`). Default: the last value before the classifier, else the output; of tokens the class token where there is one.
   */
  readonly cut?: string;
  /**
   * How pictures become the model's input: "imagenet" (0 to 1, ImageNet's mean and deviation), "tf" (-1 to 1), "caffe", "rescale"
   * (0 to 1), "none" (0 to 255), the path of a `preprocessor_config.json`, or a record. Default: that file beside the model or in
   * the folder above, "none" for a model that takes bytes, else "imagenet".
   */
  readonly preprocessing?: string | Preprocessing;
  /** [height, width, 3], for models that take any size. Default: what the preprocessing makes, else 224. */
  readonly inputShape?: readonly [number, number, number];
  /**
   * The part that may be trained: `all`, `last:3` (blocks) or `from:<node>` (it and all behind it). Its nodes become layers, which
   * are frozen and unfrozen by the nodes' names; what lies below runs as it is. Default: all of it runs as it is.
   */
  readonly unfreeze?: string;
  /** Name of the base. Default: the file's. */
  readonly name?: string;
}

/**
 * Any ONNX model as a base. It is cut at a value; what lies before it runs as it is, with its own operators.
 *
 * The model is checked, then tried in a process of its own. Models of a fixed batch run that many pictures at a time; pictures
 * are turned for models with the channels last, and rounded for those that take bytes.
 *
 * @throws PermafrostError NOT_FOUND, WEIGHTS_INVALID for a file that is no sound model; UNKNOWN_NAME for a cut that it has not;
 *   SHAPE_MISMATCH for inputs that are no pictures; ENGINE_FAILED when ONNX Runtime cannot run it.
 */
export async function fromOnnx(file: string, options: FromOnnxOptions = {}): Promise<BaseNetwork> {
  const whole = await readModel(file);
  const { value, tokens } = cutOf(whole, options.cut, file);
  const model = cutModel(whole, [value]);
  await takeInElements(model, file);
  const input = pictureInput(model.graph!, [value], file);
  const chosen = await choosePreprocessing(file, input, options);
  const size = sizeFor(input, chosen.record, options, file);
  const lowest =
    options.unfreeze === undefined ? undefined : lowestValues(model, value, options.unfreeze, file);
  const trial = await tryValues(model, [value, ...(lowest ?? [])], size, file);
  const form = await formOf(model, { value, tokens, lowest }, trial, file);
  return onnxBase(model, {
    form,
    preprocessing: { ...chosen.record, height: size.height, width: size.width },
    where: file,
    name: options.name ?? nameOf(file),
    remarks: chosen.remarks,
  });
}

function cutOf(
  model: OnnxModel,
  cut: string | undefined,
  where: string,
): { readonly value: string; readonly tokens: TokenChoice | undefined } {
  if (cut === undefined) {
    const output = chosenOutput(model);
    const { name } = pictureInput(model.graph!, [output], where);
    return {
      value: beforeClassifier(model.graph!, output, dependentsOf(model.graph!.node, name)),
      tokens: undefined,
    };
  }
  // Names of values may have colons of their own.
  const tokens = tokenChoices.find((each) => cut.endsWith(`:${each}`));
  const value = tokens === undefined ? cut : cut.slice(0, -tokens.length - 1);
  checkValue(model, value, where);
  return { value, tokens };
}

/** Where the part that runs as it is may end, the highest last: below all that is to be trained. */
function lowestValues(model: OnnxModel, cut: string, part: string, where: string): readonly string[] {
  const blocks = onnxBlocks(model, cut, where);
  const first = firstImported(blocks, part, where);
  const below = blocks.slice(0, blocks.indexOf(first) + 1);
  return below.flatMap(({ from }) => (from === undefined ? [] : [from]));
}

interface ChosenValues {
  readonly value: string;
  readonly tokens: TokenChoice | undefined;
  /** Undefined: the cut itself. */
  readonly lowest: readonly string[] | undefined;
}

async function formOf(
  model: OnnxModel,
  { value: name, tokens: chosenTokens, lowest }: ChosenValues,
  trial: Trial,
  where: string,
): Promise<OnnxForm> {
  const { height, width } = trial;
  const value = featureValue(name, trial, where);
  const tokens = chosenTokens ?? usualTokens(value.shape);
  checkTokens(tokens, value.shape, where);
  const common = { inputShape: [height, width, 3] as const, cut: name, tokens };
  const isFeature = (each: string) => trial.shapes.get(each)?.dtype === "float32";
  const end = lowest === undefined ? name : lowest.findLast(isFeature);
  if (end === undefined) return { ...common, frozen: null };
  const last = featureValue(end, trial, where);
  const samples = await samplesOfRun(model, last, { height, width }, trial.samples, where);
  return { ...common, frozen: { ...last, samples: samples ?? null } };
}

function featureValue(name: string, { shapes }: Trial, where: string): OnnxValue {
  const found = shapes.get(name);
  if (found !== undefined && /^float/.test(found.dtype) && found.shape.length > 0) return { name, ...found };
  const what =
    found === undefined
      ? "its first axis is not the batch"
      : `it is ${found.dtype}[batch, ${found.shape.join(", ")}]`;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `${where}: cannot be cut at ${JSON.stringify(name)}: expected numbers for each picture, but ${what}. See the possible cuts with: permafrost inspect ${where}`,
    { details: { path: where, name } },
  );
}

function sizeFor(
  input: PictureInput,
  record: Preprocessing,
  { inputShape, preprocessing: given }: FromOnnxOptions,
  where: string,
): TrialSize {
  const height = inputShape?.[0] ?? input.height ?? record.height;
  const width = inputShape?.[1] ?? input.width ?? record.width;
  const isTaken = (input.height ?? height) === height && (input.width ?? width) === width;
  if (!isTaken) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `${where}: takes pictures of ${input.height} x ${input.width} pixels (height x width), not of ${height} x ${width}. Leave the size out.`,
      { details: { path: where } },
    );
  }
  if (
    record.fit !== "stretch" &&
    (record.height !== height || record.width !== width) &&
    given !== undefined
  ) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `${where}: takes pictures of ${height} x ${width} pixels, but its preprocessing cuts out ${record.height} x ${record.width}.`,
      { details: { path: where } },
    );
  }
  return { height, width };
}

function nameOf(file: string): string {
  return path.parse(file).name.replaceAll(/[^A-Za-z0-9_.-]/g, "_") || "onnx";
}
