import type { BaseNetwork } from "../../applications/index.ts";
import { usualPart } from "../../applications/unfreeze.ts";
import { PermafrostError } from "../../base/errors.ts";

/** What belongs to a base that is an ONNX file. */
export interface OnnxRequest {
  /** The value that is the base's output; see `FromOnnxOptions.cut`. */
  readonly cut?: string;
  /** How pictures are prepared; see `FromOnnxOptions.preprocessing`. */
  readonly preprocessing?: string;
  /** What will be trained of it; the model is taken apart only so far. */
  readonly unfreeze?: string;
  readonly recipe?: "fine-tune" | "gradual";
}

/** A request whose base is the path of an ONNX file. */
interface OnnxFileRequest extends OnnxRequest {
  readonly base: string;
  readonly imageSize?: number;
  readonly weights?: string;
  readonly initialWeights?: "random" | "pretrained";
}

/** Whether a base is named by an ONNX file. */
export function isOnnxFile(base: string): boolean {
  return base.toLowerCase().endsWith(".onnx") && !base.startsWith("hf:");
}

/** @throws PermafrostError as `fromOnnx`; INVALID_ARGUMENT where other weights than its own are asked for. */
export async function openOnnx(request: OnnxFileRequest): Promise<BaseNetwork> {
  const { base, imageSize, initialWeights, weights, cut, preprocessing, recipe } = request;
  const part = request.unfreeze ?? (recipe === undefined ? undefined : usualPart[recipe]);
  if (initialWeights === "random" || weights !== undefined) throw noRandomWeights(base);
  // Loaded only here: most bases are of the catalogue.
  const { fromOnnx } = await import("../../applications/onnx/fromOnnx.ts");
  return fromOnnx(base, {
    ...(cut === undefined ? {} : { cut }),
    ...(preprocessing === undefined ? {} : { preprocessing }),
    ...(imageSize === undefined ? {} : { inputShape: [imageSize, imageSize, 3] as const }),
    ...(part === undefined ? {} : { unfreeze: part }),
  });
}

/** @throws PermafrostError INVALID_ARGUMENT where a base that is no ONNX file is given its options. */
export function refuseOnnxOptions({ base, cut, preprocessing }: OnnxFileRequest): void {
  if (cut === undefined && preprocessing === undefined) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${cut === undefined ? "--preprocessing" : "--cut"} belongs to a base that is an ONNX file; ${base} knows its own. Leave it out.`,
  );
}

export function noRandomWeights(base: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${base}: an ONNX model comes with its weights and can begin with no others. Leave that out.`,
    { details: { base } },
  );
}
