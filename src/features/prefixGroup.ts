import { cropping, type Preprocessing } from "../applications/preprocessing.ts";
import { PermafrostError } from "../base/errors.ts";
import { graphDigest } from "../graph/digest.ts";
import type { Graph } from "../graph/graph.ts";
import { decodeVersion } from "../images/decode.ts";
import { resizeVersion } from "../images/resize.ts";
import type { FeatureGroup, StoreDtype } from "./key.ts";
import { type PrefixSignature, prefixSignature } from "./prefix.ts";

/** A frozen prefix and how pictures become its input. */
export interface PrefixInput {
  /** One data input float32[batch, 3, H, W], parameters bound as constants, one output. */
  readonly prefix: Graph;
  readonly preprocessing: Preprocessing;
  /** How features are stored (default float32: exactly). */
  readonly storeDtype?: StoreDtype;
}

/** @throws PermafrostError GRAPH_INVALID or SHAPE_MISMATCH for a prefix that does not fit. */
export function checkedSignature({ prefix, preprocessing }: PrefixInput): PrefixSignature {
  const signature = prefixSignature(prefix);
  const { height, width } = preprocessing;
  if (height === signature.height && width === signature.width) return signature;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `feature extraction: the prefix takes pictures of ${signature.width} x ${signature.height} pixels, the preprocessing makes ${width} x ${height}. Give both the same size.`,
  );
}

/** The group in which the features of a prefix lie, in one numerics class. */
export function featureGroup({ preprocessing, ...input }: PrefixInput, numericsClass: string): FeatureGroup {
  return sampleGroup({ ...input, preprocessing: preprocessingKey(preprocessing) }, numericsClass);
}

/** As `featureGroup`, for samples that are made in some other way: plain JSON that says how. */
export function sampleGroup(
  {
    prefix,
    preprocessing,
    storeDtype = "float32",
  }: Omit<PrefixInput, "preprocessing"> & { readonly preprocessing: unknown },
  numericsClass: string,
): FeatureGroup {
  const [, ...cut] = prefix.outputs[0]?.type.shape ?? [];
  return {
    decode: decodeVersion,
    resize: resizeVersion,
    preprocessing,
    prefix: graphDigest(prefix),
    cut: cut.map(Number),
    numericsClass,
    dtype: storeDtype,
  };
}

/** The record as it stands in keys: without "crop" the length of the shorter side has no effect, and so no place in them. */
export function preprocessingKey(preprocessing: Preprocessing): Preprocessing {
  const { resizeTo: _, oddCrop: __, ...record } = preprocessing;
  return { ...record, ...cropping(preprocessing) };
}
