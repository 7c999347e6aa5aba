import type { Preprocessing } from "../../applications/preprocessing.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Explainer } from "../../evaluation/explain/explainer.ts";
import { gradCam } from "../../evaluation/explain/gradCam.ts";
import { integratedGradients } from "../../evaluation/explain/integratedGradients.ts";
import { occlusion } from "../../evaluation/explain/occlusion.ts";
import { channelScaling } from "../../images/preprocess.ts";
import type { Model } from "../../models/functional.ts";

export const explanationMethods = ["grad-cam", "occlusion", "integrated-gradients"] as const;
export type ExplanationMethod = (typeof explanationMethods)[number];

/** Integrated gradients look at so many pictures between black and the image, and at more while more than this share is missing. */
const path = { steps: 64, tolerance: 0.05, mostSteps: 576 } as const;

/** How places are found that speak for a class. */
export interface ChosenMethod {
  readonly method: ExplanationMethod;
  /** Of Grad-CAM alone. */
  readonly layer?: string;
}

/** @throws PermafrostError INVALID_ARGUMENT for a layer with another method than Grad-CAM; NOT_FOUND for one that is not there. */
export async function openExplainer(
  engine: Engine,
  model: Model,
  { method, layer }: ChosenMethod,
  preprocessing: Preprocessing,
): Promise<Explainer> {
  if (method === "grad-cam") {
    return await gradCam(engine, model, layer === undefined ? {} : { layer }).catch((error: unknown) => {
      throw errorCode(error) === "NO_GRADIENT" ? noWayBack(method, error) : error;
    });
  }
  if (layer !== undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `--layer: only grad-cam looks at a layer, not ${method}. Leave it out.`,
    );
  }
  if (method === "occlusion") return occlusion(engine, model, { cover: colorOf(preprocessing, 127.5) });
  const { height, width } = preprocessing;
  const black = colorOf(preprocessing, 0);
  const baseline = Float32Array.from(
    { length: 3 * height * width },
    (_, at) => black[Math.floor(at / (height * width))]!,
  );
  return await integratedGradients(engine, model, { baseline, ...path }).catch((error: unknown) => {
    throw errorCode(error) === "NO_GRADIENT" ? noWayBack(method, error) : error;
  });
}

/** A grey of that brightness, 0 to 255, in the network's values, plane by plane. */
function colorOf(preprocessing: Preprocessing, brightness: number): [number, number, number] {
  const { factors, offsets } = channelScaling(preprocessing);
  const [red, green, blue] = factors.map((factor, channel) => brightness * factor + offsets[channel]!) as [
    number,
    number,
    number,
  ];
  return preprocessing.order === "rgb" ? [red, green, blue] : [blue, green, red];
}

function errorCode(error: unknown): string | undefined {
  return error instanceof PermafrostError ? error.code : undefined;
}

/** An ONNX model below its cut runs as it is. */
function noWayBack(method: ExplanationMethod, cause: unknown): PermafrostError {
  return new PermafrostError(
    "NO_GRADIENT",
    `${method}: no gradient flows back to the picture, or to that layer: the base is an ONNX model, or holds a part that has none. Use --method occlusion, which needs none.`,
    { cause },
  );
}
