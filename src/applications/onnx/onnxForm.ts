import { PermafrostError } from "../../base/errors.ts";

/** What bundles call a base that is an ONNX model. */
export const onnxBaseName = "onnx";

/** What is taken of tokens [tokens, numbers]: the first one, the mean, those of the patches as a map, or all. */
export const tokenChoices = ["cls", "mean", "patches", "all"] as const;

export type TokenChoice = (typeof tokenChoices)[number];

/** A value of an ONNX model as ONNX Runtime computes it. */
export interface OnnxValue {
  readonly name: string;
  /** Of one sample, in the model's order of axes. */
  readonly shape: readonly number[];
  /** "float32", "float16". */
  readonly dtype: string;
}

/** The part of a model that runs as it is. */
export interface FrozenPart extends OnnxValue {
  /** Samples of each run; null: any number. */
  readonly samples: number | null;
}

/** All that is needed to build the same base of the same bytes again. Plain JSON. */
export interface OnnxForm {
  readonly inputShape: readonly [height: number, width: number, channels: 3];
  /** Name of the value that is the base's output, before tokens are chosen. */
  readonly cut: string;
  readonly tokens: TokenChoice;
  /** Up to where the model runs as it is; null: every node is a layer. */
  readonly frozen: FrozenPart | null;
}

/** What JSON holds. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A form as JSON. */
export function formJson({ inputShape, cut, tokens, frozen }: OnnxForm): { readonly [name: string]: Json } {
  return { inputShape: [...inputShape], cut, tokens, frozen: frozen === null ? null : { ...frozen } };
}

/**
 * The form that JSON of unknown origin describes.
 *
 * @throws PermafrostError BUNDLE_INVALID for anything else.
 */
export function formFrom(json: Readonly<Record<string, unknown>>, where: string): OnnxForm {
  const { inputShape, cut, tokens, frozen } = json;
  const choice = tokenChoices.find((each) => each === tokens);
  const isSound = isSizes(inputShape) && inputShape.length === 3 && inputShape[2] === 3;
  if (isSound && typeof cut === "string" && choice !== undefined && isFrozen(frozen))
    return { inputShape: [inputShape[0]!, inputShape[1]!, 3], cut, tokens: choice, frozen };
  throw new PermafrostError(
    "BUNDLE_INVALID",
    `${where}: base.options does not describe an ONNX model as a base. Restore the bundle from a copy or train again.`,
    { details: { path: where } },
  );
}

function isFrozen(value: unknown): value is FrozenPart | null {
  if (value === null) return true;
  if (typeof value !== "object") return false;
  const { name, shape, dtype, samples } = value as Record<string, unknown>;
  const isCount = samples === null || (Number.isInteger(samples) && Number(samples) > 0);
  return typeof name === "string" && typeof dtype === "string" && isSizes(shape) && isCount;
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isInteger(size) && size > 0 && size < 2 ** 31);
}
