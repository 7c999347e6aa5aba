import type { BaseNetwork } from "../../applications/index.ts";
import { usualPart } from "../../applications/unfreeze.ts";
import { type ModelFileRequest, noRandomWeights } from "./openModelFile.ts";

/** Whether a base is named by an ONNX file. */
export function isOnnxFile(base: string): boolean {
  return base.toLowerCase().endsWith(".onnx") && !base.startsWith("hf:");
}

/** @throws PermafrostError as `fromOnnx`; INVALID_ARGUMENT where other weights than its own are asked for. */
export async function openOnnx(request: ModelFileRequest): Promise<BaseNetwork> {
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
