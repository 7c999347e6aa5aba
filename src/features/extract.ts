import { availableParallelism } from "node:os";
import type { Preprocessing } from "../applications/preprocessing.ts";
import { shorterSide } from "../applications/preprocessing.ts";
import { PermafrostError } from "../base/errors.ts";
import type { WorkOptions } from "../base/progress.ts";
import type { Skipped } from "../data/dataset.ts";
import { graphDigest } from "../graph/digest.ts";
import type { Graph } from "../graph/graph.ts";
import { decodeVersion } from "../images/decode.ts";
import { resizeVersion } from "../images/resize.ts";
import { computeMissing } from "./computeMissing.ts";
import { ExtractionPool } from "./extractionPool.ts";
import { ExtractionRecord, type ExtractionSeconds } from "./extractionRecord.ts";
import { FeatureSearch } from "./featureSearch.ts";
import { FeatureTable } from "./featureTable.ts";
import type { FeatureGroup } from "./key.ts";
import { type PrefixSignature, prefixSignature } from "./prefix.ts";
import type { FeatureStore } from "./store.ts";
import type { StoreGroup, StoreProblem } from "./storeGroup.ts";
import type { DrawSettings } from "./viewDraws.ts";
import { DistinctViews, type View } from "./views.ts";

export interface ExtractionOptions extends WorkOptions {
  /** The images under their draws; equal views are computed once. */
  readonly views: Iterable<View>;
  /** Whose draws the views name; needed where one has a draw. */
  readonly draws?: DrawSettings;
  /** One data input float32[batch, 3, H, W], parameters bound as constants, one output. */
  readonly prefix: Graph;
  readonly preprocessing: Preprocessing;
  readonly store: FeatureStore;
  /** Worker threads (default: one a core). Each holds its own copy of the prefix's weights. */
  readonly workers?: number;
  /** Images in one run of the prefix (default 8). The features do not depend on it. */
  readonly batchSize?: number;
  /** `Engine.numericsClass`, if an engine is running: then no thread is started where nothing is to be computed. */
  readonly numericsClass?: string;
}

export interface ExtractionResult {
  readonly table: FeatureTable;
  /** Files whose image cannot be used, each with the reason. */
  readonly skipped: readonly Skipped[];
  /** Distinct views that passed the prefix now, and those whose feature was in the store. */
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly bytesWritten: number;
  /** Packs and rows of the store that were damaged or foreign and were not used. */
  readonly problems: readonly StoreProblem[];
  /** What did not go as it should, in sentences for the user. */
  readonly warnings: readonly string[];
  readonly seconds: ExtractionSeconds;
}

/**
 * The features of images: taken from the store where they are there, else computed and stored.
 *
 * A file is read, held against its digest, decoded, preprocessed and sent through the prefix by the same code that serves
 * predictions. Memory use does not grow with the number of images.
 *
 * @throws PermafrostError INTERRUPTED when the signal is aborted; what was computed until then is kept. GRAPH_INVALID or
 *   SHAPE_MISMATCH for a prefix that does not fit. DISK_FULL when neither disk nor memory can take the features.
 */
export async function extractFeatures(options: ExtractionOptions): Promise<ExtractionResult> {
  const begin = performance.now();
  const signature = checkedSignature(options);
  const pool = new ExtractionPool(options.workers ?? availableParallelism());
  try {
    const numericsClass = options.numericsClass ?? (await pool.numericsClass());
    const group = await options.store.group(featureGroup(options, signature, numericsClass));
    try {
      const search = new FeatureSearch(new DistinctViews(options.views), group);
      const reuse = await search.checkStored();
      const record = new ExtractionRecord(options.store.warnings);
      await computeMissing({ ...options, signature, numericsClass, search, group, pool, record });
      record.seconds.verify = reuse.seconds;
      record.seconds.total = (performance.now() - begin) / 1000;
      return resultOf(search, group, record, reuse.reused);
    } catch (error) {
      group.close();
      throw error;
    }
  } finally {
    await pool.close();
  }
}

function checkedSignature({ prefix, preprocessing }: ExtractionOptions): PrefixSignature {
  const signature = prefixSignature(prefix);
  const { height, width } = preprocessing;
  if (height === signature.height && width === signature.width) return signature;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `feature extraction: the prefix takes pictures of ${signature.width} x ${signature.height} pixels, the preprocessing makes ${width} x ${height}. Give both the same size.`,
  );
}

function featureGroup(
  { prefix, preprocessing }: ExtractionOptions,
  signature: PrefixSignature,
  numericsClass: string,
): FeatureGroup {
  const { resizeTo: _, ...record } = preprocessing;
  return {
    decode: decodeVersion,
    resize: resizeVersion,
    // Without "crop" the length of the shorter side has no effect, and so no place in the key.
    preprocessing: record.fit === "crop" ? { ...record, resizeTo: shorterSide(preprocessing) } : record,
    prefix: graphDigest(prefix),
    cut: signature.shape,
    numericsClass,
    dtype: "float32",
  };
}

function resultOf(
  search: FeatureSearch,
  group: StoreGroup,
  record: ExtractionRecord,
  reused: number,
): ExtractionResult {
  const { keys, rows } = search.stored();
  return {
    table: new FeatureTable(group, keys, rows),
    skipped: record.skipped,
    forwards: { computed: record.computed, reused },
    bytesWritten: record.bytesWritten,
    problems: group.problems,
    warnings: record.warnings,
    seconds: record.seconds,
  };
}
