import { PermafrostError } from "../base/errors.ts";
import { normalization, rescaling } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import type { Model } from "../models/functional.ts";
import { kerasNetwork } from "./catalogue.ts";
import type { CatalogueOptions, Classifier, NetworkParts } from "./catalogueApplication.ts";
import { catalogueRecord, poolingNames, publishedPair } from "./catalogueRecord.ts";
import { type Factors, features, stages } from "./efficientNetBlocks.ts";
import { classifier, evenForm, type Form } from "./efficientNetParts.ts";
import { timmEfficientNet, torchvisionEfficientNet } from "./torch/efficientNet.ts";
import type { TorchForm } from "./torch/torchForm.ts";

interface Variant extends Factors {
  readonly letters: string;
  readonly size: number;
  /** Rate of the classifier's dropout. */
  readonly dropoutRate: number;
  readonly md5: readonly [top: string, noTop: string];
  /** Pixels of the shorter side that torchvision scales to, and of the middle that it cuts out. */
  readonly torchvision: readonly [resizeTo: number, crop: number];
  /** The share of the shorter side that timm cuts out for its models from TensorFlow. */
  readonly share: number;
}

const kerasForm: Form = { normalization: { epsilon: 1e-3, momentum: 0.99 }, isEven: false };

/** timm's models from TensorFlow. */
const tensorFlowForm: Form = { normalization: { epsilon: 1e-3, momentum: 0.9 }, isEven: false };

/** torchvision's B5 to B7. */
const largeForm: Form = { normalization: { epsilon: 1e-3, momentum: 0.99 }, isEven: true };

/**
 * EfficientNet-B0 (Tan and Le 2019), as Keras builds it. Without its classifier the output is [batch, height / 32, width / 32, 1280],
 * rounded up. Inputs: pixels from 0 to 255, normalized inside. In training blocks are left out at random, in a frozen base too
 * unless it is applied with `training: false`.
 *
 * With weights of torchvision or timm: in their forms, without the normalization inside, for pixels of mode "torch".
 */
export const efficientNetB0 = efficientNet({
  letters: "b0",
  width: 1,
  depth: 1,
  size: 224,
  dropoutRate: 0.2,
  md5: ["902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"],
  torchvision: [256, 224],
  share: 0.875,
});

/** EfficientNet-B1: as `efficientNetB0`, deeper, for 240 pixels. */
export const efficientNetB1 = efficientNet({
  letters: "b1",
  width: 1,
  depth: 1.1,
  size: 240,
  dropoutRate: 0.2,
  md5: ["1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"],
  torchvision: [256, 240],
  share: 0.882,
});

/** EfficientNet-B2: as `efficientNetB0`, with 1408 channels, for 260 pixels. */
export const efficientNetB2 = efficientNet({
  letters: "b2",
  width: 1.1,
  depth: 1.2,
  size: 260,
  dropoutRate: 0.3,
  md5: ["b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"],
  torchvision: [288, 288],
  share: 0.89,
});

/** EfficientNet-B3: as `efficientNetB0`, with 1536 channels, for 300 pixels. */
export const efficientNetB3 = efficientNet({
  letters: "b3",
  width: 1.2,
  depth: 1.4,
  size: 300,
  dropoutRate: 0.3,
  md5: ["ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"],
  torchvision: [320, 300],
  share: 0.904,
});

/** EfficientNet-B4: as `efficientNetB0`, with 1792 channels, for 380 pixels. */
export const efficientNetB4 = efficientNet({
  letters: "b4",
  width: 1.4,
  depth: 1.8,
  size: 380,
  dropoutRate: 0.4,
  md5: ["18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"],
  torchvision: [384, 380],
  share: 0.922,
});

/** EfficientNet-B5: as `efficientNetB0`, with 2048 channels, for 456 pixels. */
export const efficientNetB5 = efficientNet({
  letters: "b5",
  width: 1.6,
  depth: 2.2,
  size: 456,
  dropoutRate: 0.4,
  md5: ["ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"],
  torchvision: [456, 456],
  share: 0.934,
});

/** EfficientNet-B6: as `efficientNetB0`, with 2304 channels, for 528 pixels. */
export const efficientNetB6 = efficientNet({
  letters: "b6",
  width: 1.8,
  depth: 2.6,
  size: 528,
  dropoutRate: 0.5,
  md5: ["165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"],
  torchvision: [528, 528],
  share: 0.942,
});

/** EfficientNet-B7: as `efficientNetB0`, with 2560 channels, for 600 pixels. */
export const efficientNetB7 = efficientNet({
  letters: "b7",
  width: 2,
  depth: 3.1,
  size: 600,
  dropoutRate: 0.5,
  md5: ["8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"],
  torchvision: [600, 600],
  share: 0.949,
});

function efficientNet(variant: Variant) {
  const { letters, size, dropoutRate, md5 } = variant;
  const kerasName = `efficientnet${letters}`;
  const files = [`${kerasName}.h5`, `${kerasName}_notop.h5`] as const;
  const folder = "https://storage.googleapis.com/keras-applications/";
  const application = catalogueRecord({
    name: `efficientNet${letters.toUpperCase()}`,
    commandName: `efficientnet_${letters}`,
    kerasName,
    published: publishedPair({ folder, licence: "Apache-2.0", files, digests: md5 }),
    defaultSize: size,
    scaling: "none",
    stages: [...[2, 3, 4, 6].map((number) => `block${number}a_expand_activation`), "top_activation"],
    blocks: [
      ...stages.map(({ expansion }, index) => {
        const name = `block${index + 1}`;
        return [name, `${name}a_${expansion === 1 ? "dwconv" : "expand_conv"}`] as const;
      }),
      ["top", "top_conv"],
    ],
  });
  const inKerasForm = ({ weights = "imagenet" }: CatalogueOptions): NetworkParts => {
    // Keras's own files hold deviations where variances belong, and a layer more makes up for it.
    const ownWeights =
      weights !== null && (weights === "imagenet" || files.some((file) => weights.endsWith(file)));
    return {
      features: (start) => features(normalized(start, ownWeights), variant, kerasForm),
      top: (map, asked) => classifier(map, asked, dropoutRate),
      poolingNames,
      checkWeights: (network, file) => {
        if (!ownWeights) checkVariances(network, file, files);
      },
    };
  };
  return kerasNetwork(application, inKerasForm, torchForms(variant));
}

/** Each takes pixels that were normalized outside. */
function torchForms(variant: Variant): readonly TorchForm<CatalogueOptions>[] {
  const { letters, size, dropoutRate, torchvision, share } = variant;
  const kinds = stages.map(({ expansion }) => (expansion === 1 ? "separable" : "inverted"));
  const parts = (form: Form) => () => ({
    features: (start: SymbolicTensor) => features(start, variant, form),
    top: (map: SymbolicTensor, asked: Classifier) => classifier(map, asked, dropoutRate),
    poolingNames,
  });
  const torchvisionForm = letters < "b5" ? evenForm : largeForm;
  const [resizeTo, crop] = torchvision;
  const usual = { resizeTo: 256, crop: 224, filter: "bicubic" } as const;
  const namings = [timmEfficientNet(kinds)];
  const shared = { resizeTo: Math.floor(size / share), crop: size, filter: "bicubic" } as const;
  return [
    {
      name: "torch",
      parts: parts(torchvisionForm),
      namings: [torchvisionEfficientNet(kinds)],
      pictures: { resizeTo, crop, filter: "bicubic" },
    },
    { name: "timm", parts: parts(evenForm), namings, pictures: usual },
    { name: "tf", parts: parts(tensorFlowForm), namings, pictures: shared },
  ];
}

/** ImageNet's deviations of pixels / 255. */
const deviations = [0.229, 0.224, 0.225] as const;

/** Keras's file under another name would silently give other features. */
function checkVariances(network: Model, file: string, files: readonly string[]): void {
  const variances = network.getLayer("normalization").weights[1]!.value;
  if (deviations.some((deviation, index) => Math.abs(variances[index]! - deviation) > 1e-3)) return;
  throw new PermafrostError(
    "WEIGHTS_INVALID",
    `${file}: its normalization holds ImageNet's deviations in place of variances, as Keras's published files do. ` +
      `Give it the name of that file again (${files.join(" or ")}), so that the network gets the layer that belongs to them.`,
    { details: { path: file } },
  );
}

/** Pixels from 0 to 255 as Keras's weights want them. */
function normalized(start: SymbolicTensor, ownWeights: boolean): SymbolicTensor {
  const x = normalization().apply(rescaling({ scale: 1 / 255 }).apply(start));
  if (!ownWeights) return x;
  return rescaling({ scale: deviations.map((deviation) => 1 / Math.sqrt(deviation)) }).apply(x);
}
