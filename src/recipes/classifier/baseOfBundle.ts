import { withPreprocessing } from "../../applications/adaptNetwork.ts";
import { type BaseNetwork, type BaseOptions, createBase } from "../../applications/index.ts";
import type { OnnxBaseFacts } from "../../applications/onnx/onnxBase.ts";
import { formFrom } from "../../applications/onnx/onnxForm.ts";
import type { FetchOptions } from "../../fetching/settings.ts";
import { setNamedWeights, weightsDigest } from "../../models/weights.ts";
import type { BundleContents } from "../../saving/bundleContents.ts";
import { checkBase } from "../../saving/loadBundle.ts";

/** Whoever opens a bundle has named no base: its weights must be here already. */
export const unasked: FetchOptions = { offline: "opening a bundle fetches nothing by itself" };

/**
 * The base that a bundle was trained on, with its weights.
 *
 * @param folder - The bundle's place, for messages.
 * @param options - What it is built with, where it is a network of the catalogue.
 * @throws PermafrostError DIGEST_MISMATCH when its weights are not those of the training; WEIGHTS_INVALID.
 */
export async function baseOfBundle(
  { base, baseModel, embeddedBase, preprocessing }: BundleContents,
  folder: string,
  options: BaseOptions,
): Promise<BaseNetwork> {
  const network =
    baseModel === undefined
      ? await createBase(base.name, {
          ...options,
          ...(embeddedBase === undefined ? { fetching: unasked } : { weights: null }),
        })
      : await ofModel(baseModel, { form: formFrom(base.options, folder), preprocessing, where: folder });
  if (embeddedBase !== undefined) setNamedWeights(network, embeddedBase);
  checkBase(folder, base, weightsDigest(network));
  if (baseModel !== undefined) return network;
  // A network does not know itself how pictures are made for weights from a file; a size may have been asked for.
  const [, height, width] = network.inputs[0]!.shape.map(Number);
  return withPreprocessing(network, { ...preprocessing, height: height!, width: width! });
}

/** The readers of ONNX models are a hundred files that other bases do not need. */
async function ofModel(bytes: Uint8Array, facts: OnnxBaseFacts): Promise<BaseNetwork> {
  const { onnxBaseOf } = await import("../../applications/onnx/onnxBase.ts");
  return onnxBaseOf(bytes, facts);
}
