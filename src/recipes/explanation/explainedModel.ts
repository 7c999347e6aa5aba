import { PermafrostError } from "../../base/errors.ts";
import type { Sequential } from "../../models/sequential.ts";
import type { BundleContents } from "../../saving/bundleContents.ts";
import { classifierOver, modelFromBundle } from "../classifier/classifierBundle.ts";
import type { ExplanationMethod } from "./openExplainer.ts";

/** A network as it judges pictures, and as its gradients are taken. */
export interface ExplainedModel {
  readonly judging: Sequential;
  readonly explained: Sequential;
}

/**
 * The network of a bundle. An ONNX model that judges as it is, is taken apart into layers for gradients, where all of its operators have one.
 *
 * @throws PermafrostError as `modelFromBundle`.
 */
export async function explainedModel(
  contents: BundleContents,
  bundle: string,
  method: ExplanationMethod,
): Promise<ExplainedModel> {
  const { model, base } = await modelFromBundle(contents, bundle);
  if (base.onnx === undefined || method === "occlusion") return { judging: model, explained: model };
  const { openedBase } = await import("../../applications/onnx/openedBase.ts");
  try {
    return { judging: model, explained: classifierOver(openedBase(base, bundle), contents, bundle) };
  } catch (error) {
    if (!(error instanceof PermafrostError) || error.code !== "NO_GRADIENT") throw error;
    // Maps may stand above the part that has no gradient.
    return { judging: model, explained: model };
  }
}
