import { lookUp } from "../base/identifiers.ts";
import { activation } from "./activation.ts";
import { averagePooling2D } from "./averagePooling2d.ts";
import { batchNormalization } from "./batchNormalization.ts";
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import { depthwiseConv2D } from "./depthwiseConv2d.ts";
import { dropout } from "./dropout.ts";
import { flatten } from "./flatten.ts";
import { globalAveragePooling2D } from "./globalAveragePooling2d.ts";
import type { Layer, LayerOptions } from "./layer.ts";
import { maxPooling2D } from "./maxPooling2d.ts";
import { add, multiply } from "./merge.ts";
import { normalization } from "./normalization.ts";
import {
  randomBrightness,
  randomContrast,
  randomCrop,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "./randomLayers.ts";
import { relu } from "./relu.ts";
import { rescaling } from "./rescaling.ts";
import { reshape } from "./reshape.ts";
import { zeroPadding2D } from "./zeroPadding2d.ts";

/** The function that makes each kind of layer, by Keras class name. */
const layerKinds: Readonly<Record<string, (options: never) => Layer>> = {
  Activation: activation,
  Add: add,
  AveragePooling2D: averagePooling2D,
  BatchNormalization: batchNormalization,
  Conv2D: conv2d,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2D,
  Dropout: dropout,
  Flatten: flatten,
  GlobalAveragePooling2D: globalAveragePooling2D,
  MaxPooling2D: maxPooling2D,
  Multiply: multiply,
  Normalization: normalization,
  RandomBrightness: randomBrightness,
  RandomContrast: randomContrast,
  RandomCrop: randomCrop,
  RandomFlip: randomFlip,
  RandomRotation: randomRotation,
  RandomTranslation: randomTranslation,
  RandomZoom: randomZoom,
  ReLU: relu,
  Rescaling: rescaling,
  Reshape: reshape,
  ZeroPadding2D: zeroPadding2D,
};

/**
 * A layer from its kind and configuration, as `layer.kind` and `layer.config` gave them. Weights are not part of it.
 *
 * @throws PermafrostError UNKNOWN_NAME for a kind that does not exist, INVALID_ARGUMENT for a configuration that does not fit.
 */
export function makeLayer(kind: string, config: object, options: LayerOptions = {}): Layer {
  // A configuration is a valid options object of the function that made it, and each function checks what it takes.
  return lookUp("layer kind", kind, layerKinds)({ ...config, ...options } as never);
}
