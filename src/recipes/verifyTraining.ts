import { PermafrostError } from "../base/errors.ts";
import type { Skipped } from "../data/dataset.ts";
import { Engine } from "../engine/engine.ts";
import type { StoreDtype } from "../features/key.ts";
import { FeatureStore } from "../features/store.ts";
import { prepareData } from "./data/prepareData.ts";
import { PhaseClock } from "./request/phaseClock.ts";
import type { TrainingHooks, TrainingRequest } from "./request/training.ts";
import { compareWays, type WaysComparison } from "./verification/compareWays.ts";

export interface VerificationRequest extends TrainingRequest {
  /** Steps to compare. Default: one epoch, at most 50. */
  readonly steps?: number;
  /** Batch sizes to compare, one after the other. Default: the request's own. */
  readonly batchSizes?: readonly number[];
}

export interface VerificationHooks extends TrainingHooks {
  readonly onCheck?: (check: WaysComparison) => void;
}

export interface VerificationResult {
  /** The one verdict: whether all checks found the same bits and the base is as it was. */
  readonly same: boolean;
  readonly checks: readonly WaysComparison[];
  /** Folder of the stored features that were compared. */
  readonly store: string;
  /** Of the stored way. */
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly skipped: readonly Skipped[];
  readonly numericsClass: string;
  /** How features are stored; of a rounded type they are not what the base network gives. */
  readonly storeDtype: StoreDtype;
}

/**
 * Trains both ways at once, from the same seed on the same images: the plain way runs the whole network on pictures
 * decoded and drawn anew for every step, the stored way runs the layers behind the cut on features from the user's
 * store (those missing are computed and stored first). Loss and weights are compared after every step, bit by bit.
 *
 * @throws PermafrostError for data that cannot be trained on, INTERRUPTED, ...
 */
export async function verifyTraining(
  request: VerificationRequest,
  hooks: VerificationHooks = {},
): Promise<VerificationResult> {
  const warn = (text: string) => hooks.onWarning?.(text);
  const clock = new PhaseClock();
  await using engine = await Engine.start();
  const store = await FeatureStore.open(request.store);
  const found = await prepareData(request, hooks, clock);
  const checks: WaysComparison[] = [];
  const skipped = new Map(found.dataset.skipped.map((file) => [file.path, file]));
  for (const batchSize of request.batchSizes ?? [request.batchSize]) {
    const sized = { ...request, batchSize };
    const check = await compareWays({ request: sized, engine, store, found, warn, clock }, hooks);
    if (hooks.signal?.aborted) throw interrupted(checks.length);
    checks.push(check);
    for (const file of check.skipped) skipped.set(file.path, file);
    hooks.onCheck?.(check);
  }
  const total = (kind: "computed" | "reused") =>
    checks.reduce((sum, { forwards }) => sum + forwards[kind], 0);
  return {
    same: checks.every(({ same }) => same),
    checks,
    store: request.store,
    forwards: { computed: total("computed"), reused: total("reused") },
    skipped: [...skipped.values()],
    numericsClass: engine.numericsClass,
    storeDtype: request.storeDtype ?? "float32",
  };
}

function interrupted(checks: number): PermafrostError {
  return new PermafrostError("INTERRUPTED", `verify: stopped as asked after ${checks} finished checks.`);
}
