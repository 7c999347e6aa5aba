import path from "node:path";
import type { Command } from "commander";
import { PermafrostError } from "../base/errors.ts";
import type { TrainingRequest } from "../recipes/request/training.ts";
import { basePlace } from "./basePlace.ts";
import { oneOf, positiveNumber } from "./options.ts";

/** Declares what trains an encoder of one's own, and a reconstruction beside the classifier. */
export function declareJointOptions(command: Command): void {
  command
    .option("--encoder <name>", "as --base, but all of it is trained: small, vgg-like, ...")
    .option("--init <how>", "of --encoder: random, or pretrained weights", oneOf("random", "pretrained"))
    .option("--joint <x>", "reconstruct the pictures too; the weight of that loss", positiveNumber)
    .option("--unlabelled <folder>", "of --joint: images without labels, for the reconstruction alone");
}

/** @throws PermafrostError INVALID_ARGUMENT for an option without the one that it belongs to. */
export function jointOf(options: Readonly<Record<string, unknown>>): Partial<TrainingRequest> {
  const { encoder, init, joint, unlabelled, unfreeze } = options;
  if (unlabelled !== undefined && joint === undefined) throw alone("--unlabelled", "--joint 0.3");
  if (init !== undefined && encoder === undefined) throw alone("--init", "--encoder small");
  return {
    ...(typeof encoder === "string" ? { base: basePlace(encoder), unfreeze: String(unfreeze ?? "all") } : {}),
    ...(init === "random" || init === "pretrained" ? { initialWeights: init } : {}),
    ...(typeof joint === "number"
      ? {
          joint: {
            weight: joint,
            ...(typeof unlabelled === "string" ? { unlabelled: path.resolve(unlabelled) } : {}),
          },
        }
      : {}),
  };
}

function alone(option: string, needed: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${option}: it has no effect alone. Add ${needed}, or leave it out.`,
  );
}
