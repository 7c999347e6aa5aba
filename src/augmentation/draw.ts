import { type Digest, digestOf } from "../base/digest.ts";
import { Random } from "../base/random.ts";
import { invalid } from "./checks.ts";
import { type AugmentationPipeline, isIdentity, pipelineDigest } from "./pipeline.ts";
import { isIdentityStep, type LayerDraw, sampleLayers } from "./randomLayers/draw.ts";
import {
  type ImageShape,
  identityParameters,
  sampleTransform,
  type TransformParameters,
} from "./transformParameters.ts";
import { warpVersion } from "./version.ts";

/** "fresh": another draw each epoch. `{ pool: K }`: one of K draws of each image, chosen by the seed. "none": no draw. */
export type DrawPolicy = "fresh" | "none" | { readonly pool: number };

/** The numbers sampled for one view of one image: plain JSON, to be listed, sent to a worker and replayed. */
export type Draw =
  | { readonly kind: "generator"; readonly number: number; readonly parameters: TransformParameters }
  | { readonly kind: "layers"; readonly number: number; readonly steps: readonly LayerDraw[] };

export interface DrawRequest {
  readonly seed: number;
  /** SHA-256 of the image's bytes. */
  readonly imageDigest: Digest;
  /** Which of the image's draws. */
  readonly number: number;
  /** Size of the picture that will be transformed. */
  readonly shape: ImageShape;
}

/**
 * The draw of that number: the same whatever came before it, in any batch, worker and machine.
 *
 * The numbers come from (seed, image digest, draw number, pipeline digest) alone.
 */
export function sampleDraw(pipeline: AugmentationPipeline, request: DrawRequest): Draw {
  const { seed, imageDigest, number, shape } = request;
  const random = new Random(seed, "draw", imageDigest, number, pipelineDigest(pipeline));
  return pipeline.kind === "generator"
    ? { kind: "generator", number, parameters: sampleTransform(pipeline, shape, random) }
    : { kind: "layers", number, steps: sampleLayers(pipeline.layers, shape, random) };
}

/**
 * Which draw of an image an epoch uses; undefined for none.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a pool that is not a whole number of at least 1.
 */
export function drawNumber(
  policy: DrawPolicy,
  epoch: number,
  seed: number,
  imageDigest: Digest,
): number | undefined {
  if (policy === "none") return undefined;
  if (policy === "fresh") return epoch;
  return new Random(seed, "pool", imageDigest, epoch).integer(checkedPool(policy.pool));
}

/** All draw numbers that an image may get in so many epochs, each once: what a plan counts and a store computes. */
export function drawNumbers(
  policy: DrawPolicy,
  epochs: number,
  seed: number,
  imageDigest: Digest,
): readonly number[] {
  const numbers = Array.from({ length: epochs }, (_, epoch) => drawNumber(policy, epoch, seed, imageDigest));
  return [...new Set(numbers.filter((number) => number !== undefined))];
}

/** @throws PermafrostError INVALID_ARGUMENT unless the policy is one of the three kinds. */
export function checkDrawPolicy(policy: DrawPolicy): DrawPolicy {
  if (policy === "fresh" || policy === "none") return policy;
  if (typeof policy !== "object" || policy === null)
    throw invalid("draws", '"fresh", "none" or { pool: K }', policy);
  checkedPool(policy.pool);
  return policy;
}

/**
 * Equal for draws that give the same pixels, so that a view is stored once: two draws that both only mirror a picture are
 * one view, and a draw that changes nothing is the plain image (as is `undefined`), whatever pipeline it came from.
 */
export function drawDigest(draw: Draw | undefined, pipeline: AugmentationPipeline): Digest {
  return digestOf(draw === undefined ? null : effectOf(draw, pipeline));
}

/** What a draw does, without what it might have done; null for nothing. */
function effectOf(draw: Draw, pipeline: AugmentationPipeline): unknown {
  if (draw.kind === "layers") {
    const layers = pipeline.kind === "layers" ? pipeline.layers : [];
    const effects = draw.steps
      .map((step, i) => ({ step, layer: layers[i] }))
      .filter(({ step }) => !isIdentityStep(step));
    const flips = flipsOf(effects.map(({ step }) => step));
    if (flips !== undefined)
      return flips.flipHorizontal || flips.flipVertical ? { warpVersion, flips } : null;
    return { warpVersion, effects };
  }
  if (isIdentityDraw(draw)) return null;
  const { flipHorizontal, flipVertical, ...others } = draw.parameters;
  const flips = { flipHorizontal, flipVertical };
  const movesOrColours =
    digestOf({ ...identityParameters, ...others, ...noFlips }) !== digestOf(identityParameters);
  if (!movesOrColours || pipeline.kind !== "generator") return { warpVersion, flips };
  const { compat, fillMode, cval, interpolationOrder } = pipeline;
  return { warpVersion, flips, others, compat, fillMode, cval, interpolationOrder };
}

/** Flips alone, put together; undefined where there is anything else. */
function flipsOf(steps: readonly LayerDraw[]) {
  const flips = steps.filter((step) => step.type === "randomFlip");
  if (flips.length < steps.length) return undefined;
  const isOdd = (name: "flipHorizontal" | "flipVertical") =>
    flips.filter((step) => step[name]).length % 2 === 1;
  return { flipHorizontal: isOdd("flipHorizontal"), flipVertical: isOdd("flipVertical") };
}

const noFlips = { flipHorizontal: false, flipVertical: false };

/** Whether a draw leaves the picture as it is. */
export function isIdentityDraw(draw: Draw): boolean {
  return draw.kind === "layers"
    ? draw.steps.every(isIdentityStep)
    : digestOf(draw.parameters) === digestOf(identityParameters);
}

/** The policy that is meant where the pipeline does nothing at all: then there is no draw. */
export function effectivePolicy(policy: DrawPolicy, pipeline: AugmentationPipeline): DrawPolicy {
  return isIdentity(pipeline) ? "none" : policy;
}

function checkedPool(pool: number): number {
  if (Number.isInteger(pool) && pool >= 1) return pool;
  throw invalid("draws.pool", "a whole number of draws of at least 1", pool);
}
