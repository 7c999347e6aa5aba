import { BaseNetwork as PlainBaseNetwork } from "../applications/index.ts";
import type { PixelScaling, Preprocessing } from "../applications/preprocessing.ts";
import type { FloatImage } from "../augmentation/floatImage.ts";
import type { PreprocessingFunction } from "../augmentation/generatorOptions.ts";
import { digestOf } from "../base/digest.ts";
import { withTraining } from "./withTraining.ts";

/** A pretrained network as a model of its own; as a layer it is the "conv base" of another. */
export class BaseNetwork extends withTraining(PlainBaseNetwork) {
  /**
   * Scales the values of a picture as the network was trained on them (Keras's `preprocess_input`); returns a new picture.
   *
   * @param image - Values from 0 to 255, channels red, green, blue.
   * @example new ImageDataGenerator({ preprocessingFunction: convBase.preprocessInput })
   */
  readonly preprocessInput: PreprocessingFunction = Object.assign(
    (image: FloatImage): FloatImage => scalePixels(image, this.preprocessing),
    { key: digestOf(scalingOf(this.preprocessing)), scaling: scalingOf(this.preprocessing) },
  );
}

/** The same network (the same layers and weights) with the methods of Keras's models. */
export function trainableBase(network: PlainBaseNetwork): BaseNetwork {
  if (network instanceof BaseNetwork) return network;
  const { inputs, outputs, name, trainable, seed } = network;
  return new BaseNetwork({ inputs, outputs, name, trainable, seed }, network);
}

/** All that `scalePixels` depends on. */
function scalingOf({ scale, mean, std, order }: Preprocessing): PixelScaling {
  return { scale, mean, std, order };
}

function scalePixels(image: FloatImage, { scale, mean, std, order }: PixelScaling): FloatImage {
  const { data, channels } = image;
  const result = new Float32Array(data.length);
  for (let index = 0; index < data.length; index++) {
    const place = index % channels;
    const channel = order === "bgr" ? channels - 1 - place : place;
    const value = data[index - place + channel]!;
    result[index] = (value * scale - mean[channel]!) / std[channel]!;
  }
  return { ...image, data: result };
}
