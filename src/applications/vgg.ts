import { conv2d, dense, flatten, maxPooling2D, permute } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import type { Classifier } from "./catalogueApplication.ts";
import { catalogueRecord, kernelFiles, publishedPair } from "./catalogueRecord.ts";
import { usualPictures } from "./torch/pictures.ts";
import { vggNamings } from "./torch/vgg.ts";

/** Channels of the five blocks. */
const widths = [64, 128, 256, 512, 512] as const;

interface Variant {
  readonly name: string;
  /** Convolutions in each of the five blocks (columns D and E of the paper's table 1). */
  readonly depths: readonly number[];
  readonly md5: readonly [top: string, noTop: string];
}

/**
 * VGG16 (Simonyan and Zisserman 2014), as Keras builds it. Without its classifier the output is [batch, height / 32, width / 32, 512],
 * rounded down. Inputs: planes blue, green, red, less ImageNet's mean (mode "caffe").
 *
 * With weights of torchvision or timm: the same layers, for pixels of mode "torch".
 */
export const vgg16 = vgg({
  name: "vgg16",
  depths: [2, 2, 3, 3, 3],
  md5: ["64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"],
});

/** VGG19: as `vgg16`, with four convolutions in each of the last three blocks. */
export const vgg19 = vgg({
  name: "vgg19",
  depths: [2, 2, 4, 4, 4],
  md5: ["cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6"],
});

function vgg({ name, depths, md5 }: Variant) {
  const application = catalogueRecord({
    name,
    commandName: name,
    published: publishedPair({
      folder: `${name}/`,
      licence: "CC-BY-4.0",
      files: kernelFiles(name),
      digests: md5,
    }),
    scaling: "caffe",
    stages: widths.map((_, index) => `block${index + 1}_pool`),
    firstBlock: "block1",
    blocks: widths.slice(1).map((_, index) => [`block${index + 2}`, `block${index + 2}_conv1`]),
  });
  const features = (start: SymbolicTensor) =>
    depths.reduce((x, depth, index) => block(x, `block${index + 1}`, depth, widths[index]!), start);
  const torch = {
    name: "torch",
    parts: () => ({ features, top: torchTop }),
    namings: vggNamings(depths),
    pictures: usualPictures,
  } as const;
  return kerasNetwork(application, () => ({ features, top }), [torch]);
}

function block(start: SymbolicTensor, name: string, depth: number, filters: number): SymbolicTensor {
  let x = start;
  for (let number = 1; number <= depth; number++) {
    const convolution = { filters, kernelSize: 3, padding: "same", activation: "relu" } as const;
    x = conv2d({ ...convolution, name: `${name}_conv${number}` }).apply(x);
  }
  return maxPooling2D({ name: `${name}_pool` }).apply(x);
}

function top(map: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor {
  let x = flatten({ name: "flatten" }).apply(map);
  x = dense({ units: 4096, activation: "relu", name: "fc1" }).apply(x);
  x = dense({ units: 4096, activation: "relu", name: "fc2" }).apply(x);
  return dense({ units: classes, activation, name: "predictions" }).apply(x);
}

/** As Keras's, but channel by channel. At other sizes than 224 torchvision averages the maps to 7 x 7 first, which is not done here. */
function torchTop(map: SymbolicTensor, classifier: Classifier): SymbolicTensor {
  return top(permute({ dims: [3, 1, 2], name: "channels_first" }).apply(map), classifier);
}
