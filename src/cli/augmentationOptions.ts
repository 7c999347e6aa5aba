import type { DrawPolicy } from "../augmentation/draw.ts";
import { PermafrostError } from "../base/errors.ts";
import type { Augmentation } from "../recipes/request/augmentation.ts";

/** How training images are varied; undefined for not at all. */
export async function augmentationOf(
  options: Readonly<Record<string, unknown>>,
): Promise<Augmentation | undefined> {
  const name = String(options["augment"] ?? "none");
  const draws = options["draws"] as DrawPolicy | undefined;
  if (name === "none") {
    if (draws === undefined || draws === "none") return undefined;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "--draws: there is nothing to draw from without --augment. Add --augment book, for example, or leave --draws out.",
    );
  }
  const { readAugmentation } = await import("../augmentation/settingsFile.ts");
  const pipeline = await readAugmentation(name);
  return { name, pipeline, draws: draws ?? "fresh", seed: Number(options["drawSeed"] ?? 0) };
}
