import { freezeBelow, unfrozenFrom } from "../../applications/unfreeze.ts";
import type { Model } from "../../models/functional.ts";
import { loadBundle } from "../../saving/loadBundle.ts";
import { modelFromBundle } from "./classifierBundle.ts";
import { classifierModel } from "./classifierModel.ts";
import { headLayers } from "./headLayers.ts";
import { openForm } from "./openBase.ts";

/** Which classifier is drawn: that of a bundle, or one that a training would make. */
export interface DrawingRequest {
  /** Folder of a bundle; left out: base and head as told. */
  readonly bundle?: string;
  /** The base network by its name on the command line. */
  readonly base: string;
  /** The layer or block with which it ends. Default: before its classifier. */
  readonly cut?: string;
  /** As `headLayers` reads it. */
  readonly head: string;
  readonly classes: number;
  /** The part of the base that is trained; left out: none. */
  readonly unfreeze?: string;
  /** "train": BatchNormalization of unfrozen layers uses its batch. Default "inference". */
  readonly batchNormalization?: "inference" | "train";
  /** Pixels of height and width. Default: the base's own. */
  readonly imageSize?: number;
}

/**
 * The classifier, nothing computed.
 *
 * @throws PermafrostError NOT_FOUND or BUNDLE_INVALID for a bundle, UNKNOWN_NAME or INVALID_ARGUMENT for names.
 */
export async function drawnClassifier(request: DrawingRequest): Promise<Model> {
  const { bundle, unfreeze } = request;
  if (bundle !== undefined) return (await modelFromBundle(await loadBundle(bundle), bundle)).model;
  const base = await openForm(request);
  const model = classifierModel(base, headLayers(request.head, request.classes), {
    seed: 0,
    batchNormalization: request.batchNormalization,
  });
  freezeBelow(base, unfreeze === undefined ? undefined : unfrozenFrom(base, unfreeze));
  return model;
}
