/** Every layer kind. A new one is a file here and a line each in this list and in `kinds.ts`. */
export { activation } from "./activation.ts";
export { averagePooling2D } from "./averagePooling2d.ts";
export { batchNormalization } from "./batchNormalization.ts";
export { conv2d } from "./conv2d.ts";
export { dense } from "./dense.ts";
export { depthwiseConv2D } from "./depthwiseConv2d.ts";
export { dropout } from "./dropout.ts";
export { flatten } from "./flatten.ts";
export { globalAveragePooling2D } from "./globalAveragePooling2d.ts";
export { input } from "./inputLayer.ts";
export { maxPooling2D } from "./maxPooling2d.ts";
export { add, multiply } from "./merge.ts";
export { normalization } from "./normalization.ts";
export {
  randomBrightness,
  randomContrast,
  randomCrop,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "./randomLayers.ts";
export { relu } from "./relu.ts";
export { rescaling } from "./rescaling.ts";
export { reshape } from "./reshape.ts";
export { zeroPadding2D } from "./zeroPadding2d.ts";
