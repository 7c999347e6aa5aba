import type { BundleContents } from "../saving/bundleContents.ts";
import { describeBundleFolder, loadBundle } from "../saving/loadBundle.ts";

/** What `permafrost inspect` shows of a bundle: plain data. */
export interface ClassifierDescription {
  readonly task: BundleContents["task"];
  readonly path: string;
  readonly version: number;
  /** Of classes, labels or values. */
  readonly classes: readonly string[];
  readonly base: {
    readonly name: string;
    /** The layer, or the value of an ONNX model, with which it ends; left out: it is whole. */
    readonly cut?: string;
    readonly weightsDigest: string;
    readonly embedded: boolean;
    /** Where its weights came from, if that is noted. */
    readonly source?: BundleContents["base"]["source"];
  };
  readonly head: { readonly layers: readonly string[]; readonly parameters: number };
  /** How a picture becomes input, in words. */
  readonly input: string;
  /** What was trained in which epochs. */
  readonly phases: readonly { readonly name: string; readonly firstEpoch: number; readonly epochs: number }[];
  /** By split the scores that are one number: `accuracy` and `loss` of a classifier. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly run: BundleContents["run"];
}

/**
 * Reads what a bundle says about itself; its digests are checked.
 *
 * @throws PermafrostError NOT_FOUND, BUNDLE_INVALID, BUNDLE_NEWER, DIGEST_MISMATCH
 */
export async function describeBundle(folder: string): Promise<ClassifierDescription> {
  const { version, embedsBase } = await describeBundleFolder(folder);
  const { task, base, classNames, head, preprocessing, metrics, run } = await loadBundle(folder);
  const { width, height, filter, fit } = preprocessing;
  const { cut } = base.options;
  return {
    task,
    path: folder,
    version,
    classes: classNames,
    base: {
      name: base.name,
      ...(typeof cut === "string" ? { cut } : {}),
      weightsDigest: base.weightsDigest,
      embedded: embedsBase,
      ...(base.source === undefined ? {} : { source: base.source }),
    },
    head: {
      layers: head.layers.map((layer) => layer.kind),
      parameters: head.weights.reduce((sum, { tensor }) => sum + tensor.data.length, 0),
    },
    input: `${width} x ${height} pixels, ${fit}, ${filter}`,
    phases: phasesIn(run.training?.["phases"]),
    metrics: scoresIn(metrics),
    run,
  };
}

/** Of the free-form record; whatever is no phase is passed over. */
function phasesIn(phases: unknown): ClassifierDescription["phases"] {
  if (!Array.isArray(phases)) return [];
  return phases.flatMap((phase: unknown) => {
    if (phase === null || typeof phase !== "object") return [];
    const { name, firstEpoch, epochs } = phase as Readonly<Record<string, unknown>>;
    const isPhase = typeof name === "string" && typeof firstEpoch === "number" && typeof epochs === "number";
    return isPhase ? [{ name, firstEpoch, epochs }] : [];
  });
}

/** The numbers that sum a split up; other members of the free-form record are passed over. */
const headlines = ["accuracy", "exactMatch", "meanAveragePrecision", "meanR2", "loss"];

function scoresIn(metrics: BundleContents["metrics"]): ClassifierDescription["metrics"] {
  const scores: Record<string, Readonly<Record<string, number>>> = {};
  for (const [split, value] of Object.entries(metrics)) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) continue;
    const members = value as Readonly<Record<string, unknown>>;
    const numbers = headlines.flatMap((name) => {
      const score = members[name];
      return typeof score === "number" ? [[name, score] as const] : [];
    });
    if (numbers.length > 0) scores[split] = Object.fromEntries(numbers);
  }
  return scores;
}
