import type { Preprocessing } from "../../applications/preprocessing.ts";
import type { DrawPolicy } from "../../augmentation/draw.ts";
import { type AugmentationPipeline, distinctViews, isIdentity } from "../../augmentation/pipeline.ts";
import { ViewDraws } from "../../features/viewDraws.ts";

/** How training images are varied. */
export interface Augmentation {
  /** As the user named it: a preset or a file. */
  readonly name: string;
  readonly pipeline: AugmentationPipeline;
  readonly draws: DrawPolicy;
  /** Seed of the draws alone: another seed of the head leaves the views, and so their features, as they are. */
  readonly seed: number;
}

/** The draws of a training; undefined when every epoch sees the images as they are. */
export function viewDraws(
  augmentation: Augmentation | undefined,
  { height, width }: Pick<Preprocessing, "height" | "width">,
): ViewDraws | undefined {
  if (augmentation === undefined) return undefined;
  const { pipeline, draws: policy, seed } = augmentation;
  const draws = new ViewDraws({ pipeline, policy, seed, height, width });
  return draws.policy === "none" ? undefined : draws;
}

/** Whether every epoch has views of its own, without end. */
export function isEndless({ policy, settings }: ViewDraws): boolean {
  return policy === "fresh" && !Number.isFinite(distinctViews(settings.pipeline));
}

/** What the user may not have meant, in sentences. */
export function augmentationWarnings(augmentation: Augmentation | undefined): readonly string[] {
  if (augmentation === undefined || isIdentity(augmentation.pipeline)) return [];
  const { name, draws } = augmentation;
  if (draws === "none") {
    return [
      `--draws none: the random pipeline ${JSON.stringify(name)} has no effect, every epoch sees the images as they are. Take --draws fresh or --draws pool:5 to use it.`,
    ];
  }
  if (draws !== "fresh" && draws.pool === 1) {
    return [
      `--draws pool:1: every image keeps one single draw of ${JSON.stringify(name)} for ever, which is no augmentation. Take a larger pool, or --draws fresh.`,
    ];
  }
  return [];
}

/** What there is to know about the number of views, in a sentence; undefined for nothing. */
export function viewsRemark({ pipeline, draws }: Augmentation): string | undefined {
  const views = distinctViews(pipeline);
  if (draws === "none" || views === 1 || !Number.isFinite(views)) return undefined;
  return `Mirroring alone gives ${views} views of an image: however many epochs, the draws are a pool of ${views}.`;
}

/** "none", "fresh" or "pool:5", as the command line has it. */
export function drawsName(policy: DrawPolicy | undefined): string {
  if (policy === undefined) return "none";
  return typeof policy === "string" ? policy : `pool:${policy.pool}`;
}
