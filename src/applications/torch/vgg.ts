import type { TorchNaming } from "./naming.ts";

/** Where the convolutions of each block begin among the features; each takes two places with its activation, each pooling one. */
function firstPlaces(depths: readonly number[]): readonly number[] {
  return depths.map((_, index) => depths.slice(0, index).reduce((place, depth) => place + 2 * depth + 1, 0));
}

/** @param depths - Convolutions in each block. */
export function vggNamings(depths: readonly number[]): readonly TorchNaming[] {
  const places = firstPlaces(depths);
  const naming = (
    program: string,
    dense: Readonly<Record<string, string>>,
    classifier: readonly string[],
  ) => ({
    program,
    stem: "features.0",
    classifier,
    module: (layer: string) => {
      const [, block, convolution] = /^block(\d)_conv(\d)$/.exec(layer) ?? [];
      if (convolution === undefined) return dense[layer];
      return `features.${places[Number(block) - 1]! + 2 * (Number(convolution) - 1)}`;
    },
  });
  return [
    naming("torchvision", { fc1: "classifier.0", fc2: "classifier.3", predictions: "classifier.6" }, [
      "classifier.",
    ]),
    naming("timm", { fc1: "pre_logits.fc1", fc2: "pre_logits.fc2", predictions: "head.fc" }, [
      "pre_logits.",
      "head.",
    ]),
  ];
}
