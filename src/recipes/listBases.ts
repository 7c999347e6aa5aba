import path from "node:path";
import { type Application, applications, type BaseNetwork, createBase } from "../applications/index.ts";
import { knownNetworkOf } from "../applications/knownNetwork.ts";
import { type KnownWeights, knownWeights } from "../applications/knownWeights.ts";
import { readNote } from "../features/maintenance/groupNote.ts";
import { type MeasuredRate, readRates } from "../features/measuredRates.ts";
import { formatFolder } from "../features/storeFolder.ts";
import { type FetchOptions, fetchSettings } from "../fetching/settings.ts";
import { listFolder } from "../fetching/weightFolder.ts";

/** What is known of a base network and its weights on this machine. */
export interface BaseInfo {
  /** Its name on the command line. */
  readonly name: string;
  /** Pixels of height and width when nothing is said, and at least. */
  readonly input: { readonly size: number; readonly minimum: number; readonly multiple: number };
  /** Numbers in it, without a classifier. */
  readonly parameters: number;
  /** Channels that it gives a classifier. */
  readonly features: number;
  readonly weights: {
    /** "package": they come along. "published": they are fetched. "none": it is trained from nothing. */
    readonly from: "package" | "published" | "none";
    readonly licence?: string;
    readonly file?: string;
    readonly origin?: string;
    /** Whether they are on this machine. */
    readonly here: boolean;
  };
  /** Images a second on this machine, as `train` or `plan` measured it; of the size measured with most images. */
  readonly rate?: {
    readonly imagesPerSecond: number;
    readonly size?: number;
    readonly source: "run" | "trial";
  };
}

/**
 * Every base network. Those of the catalogue are built only where rates are remembered of them; the few others for their counts, which
 * takes milliseconds each.
 *
 * @param store - Folder of the feature store, where rates are remembered.
 */
export async function listBases(store: string, options: FetchOptions = {}): Promise<readonly BaseInfo[]> {
  const { folder } = fetchSettings(options);
  const here = new Set((await listFolder(folder)).map(({ file }) => file));
  const published = new Map(
    knownWeights()
      .filter(({ includeTop }) => !includeTop)
      .map((one) => [one.base, one]),
  );
  const measured = await measuredBases(store);
  const bases: BaseInfo[] = [];
  for (const application of applications) {
    const { commandName: name, defaultSize, minimumSize, sizeMultiple } = application;
    const rate = await rateOf(
      application,
      measured.filter((one) => one.bases.includes(name)),
    );
    bases.push({
      name,
      input: { size: defaultSize, minimum: minimumSize, multiple: sizeMultiple },
      ...(await countsOf(application)),
      weights: weightsOf(application, published.get(name), here),
      ...(rate === undefined ? {} : { rate }),
    });
  }
  return bases;
}

async function countsOf(application: Application): Promise<Pick<BaseInfo, "parameters" | "features">> {
  const known = knownNetworkOf(application);
  if (known !== undefined) return { parameters: known.parameters[1], features: known.features };
  const network = await unweighted(application);
  return { parameters: network.countParams(), features: Number(network.outputShape.at(-1)) };
}

function unweighted({ name }: Application): Promise<BaseNetwork> {
  return createBase(name, { weights: null });
}

function weightsOf(
  { weights }: Application,
  published: KnownWeights | undefined,
  here: ReadonlySet<string>,
): BaseInfo["weights"] {
  const [own] = weights;
  if (own !== undefined) return { from: "package", licence: own.licence, origin: own.origin, here: true };
  if (published === undefined) return { from: "none", here: false };
  const { file, origin, licence } = published;
  return { from: "published", licence, file, origin: `${origin}${file}`, here: here.has(file) };
}

interface MeasuredBase extends MeasuredRate {
  readonly bases: readonly string[];
  /** Shape of a feature in the engine's layout; undefined: of the whole base. */
  readonly cut?: readonly number[];
}

/** All rates that are remembered, with the bases that they are of. */
async function measuredBases(store: string): Promise<readonly MeasuredBase[]> {
  const found: MeasuredBase[] = [];
  for (const [digest, rate] of await readRates(store)) {
    const { bases, group } = await readNote(path.join(store, formatFolder, digest));
    const names = rate.base === undefined ? bases : [rate.base];
    const size = rate.size ?? sizeIn(group?.preprocessing);
    const sized = size === undefined ? {} : { size };
    if (rate.isTrial !== true && group === undefined) continue;
    found.push({ ...rate, ...sized, bases: names, ...(group === undefined ? {} : { cut: group.cut }) });
  }
  return found;
}

function sizeIn(preprocessing: unknown): number | undefined {
  if (preprocessing === null || typeof preprocessing !== "object" || !("height" in preprocessing))
    return undefined;
  return typeof preprocessing.height === "number" ? preprocessing.height : undefined;
}

/** Of runs before trials, the one of most images. */
async function rateOf(
  application: Application,
  measured: readonly MeasuredBase[],
): Promise<BaseInfo["rate"] | undefined> {
  if (measured.length === 0) return undefined;
  const network = await unweighted(application);
  const [best] = measured
    .filter((one) => isWhole(network, one))
    .sort((a, b) => (b.views ?? 0) - (a.views ?? 0));
  if (best === undefined) return undefined;
  const { viewsPerSecond: imagesPerSecond, size, isTrial } = best;
  const sized = size === undefined ? {} : { size };
  return { imagesPerSecond, ...sized, source: isTrial === true ? "trial" : "run" };
}

/** Whether features are those of the whole network: with a part of it unfrozen, less of it runs. */
function isWhole({ outputShape, preprocessing }: BaseNetwork, { cut, size, isTrial }: MeasuredBase): boolean {
  if (cut === undefined || isTrial === true) return true;
  const [, rows, , channels] = outputShape;
  const [depth, height] = cut;
  // Heads that pool have the pooling in front of the cut.
  if (depth !== channels || height === undefined || height === 1) return depth === channels;
  // Maps shrink with the picture, rounded up or down.
  return Math.abs(height - (Number(rows) * (size ?? preprocessing.height)) / preprocessing.height) <= 1;
}
