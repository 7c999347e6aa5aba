import type { SymbolicTensor } from "../layers/layer.ts";
import type { Classifier } from "./catalogueApplication.ts";
import { poolingNames } from "./catalogueRecord.ts";
import type { Row } from "./mobileNetV3Blocks.ts";
import { torchBlocks, torchFeatures, torchTop } from "./mobileNetV3Torch.ts";
import { timmMobileNetV3, torchvisionMobileNetV3 } from "./torch/mobileNetV3.ts";
import { torchNormalization } from "./torch/normalization.ts";
import { usualPictures } from "./torch/pictures.ts";
import type { TorchForm } from "./torch/torchForm.ts";

interface WidthOption {
  readonly alpha?: number;
}

/** torchvision's BatchNormalization of MobileNetV3. */
const torchvisionNormalization = { epsilon: 1e-3, momentum: 0.99 } as const;

/**
 * The two forms of MobileNetV3 that pad on all sides alike: torchvision's and timm's, which differ in their normalizations. timm's comes
 * in several widths.
 *
 * @param lastFilters - Channels of the classifier's first layer.
 */
export function evenForms(rows: readonly Row[], lastFilters: number): readonly TorchForm<WidthOption>[] {
  const blocks = torchBlocks(rows);
  const parts =
    (normalization: { readonly epsilon: number; readonly momentum: number }) =>
    ({ alpha }: WidthOption) => ({
      features: (start: SymbolicTensor) => torchFeatures(start, torchBlocks(rows, alpha), normalization),
      top: (map: SymbolicTensor, classifier: Classifier) => torchTop(map, classifier, lastFilters),
      poolingNames,
    });
  return [
    {
      name: "torch",
      parts: parts(torchvisionNormalization),
      namings: [torchvisionMobileNetV3(blocks)],
      pictures: usualPictures,
    },
    {
      name: "timm",
      parts: parts(torchNormalization),
      namings: [timmMobileNetV3(blocks)],
      pictures: { ...usualPictures, filter: "bicubic" },
    },
  ];
}
