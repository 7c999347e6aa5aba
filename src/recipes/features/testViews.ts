import type { Preprocessing } from "../../applications/preprocessing.ts";
import { presetPipeline } from "../../augmentation/presets.ts";
import type { Digest } from "../../base/digest.ts";
import { type ViewDraw, ViewDraws } from "../../features/viewDraws.ts";

/** Which views of an image are averaged when it is judged: mirrored or not, or the image and so many random views of it. */
export type TestViews = "flips" | { readonly draws: number };

/** Draws of mirroring alone that are tried until both views were met: one in 2^64 images would be judged by one of them. */
const tries = 64;

/** The views of an image that are judged; undefined stands for the image as it is. */
export function testViews(
  views: TestViews,
  { height, width }: Pick<Preprocessing, "height" | "width">,
): { readonly draws: ViewDraws; of(image: Digest): readonly (ViewDraw | undefined)[] } {
  const pipeline = presetPipeline(views === "flips" ? "flip" : "light");
  const draws = new ViewDraws({ pipeline, policy: "fresh", seed: 0, height, width });
  if (views === "flips") return { draws, of: (image) => draws.upTo(image, tries) };
  return {
    draws,
    of: (image) => [
      undefined,
      ...Array.from({ length: views.draws }, (_, number) => draws.of(image, number)),
    ],
  };
}

/** In words. */
export function describeViews(views: TestViews): string {
  return views === "flips"
    ? "the image and its mirror image, probabilities averaged"
    : `the image and ${views.draws} random views of it (preset light), probabilities averaged`;
}
