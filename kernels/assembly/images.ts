// The module "images": resampling and normalisation. Its interface is src/base/imageKernels.ts.
export { resampleRows } from "./resampleRows";
export { resampleColumns } from "./resampleColumns";
export { gatherPixels } from "./gatherPixels";
export { normalize } from "./normalize";
export { warpAffine } from "./warpAffine";
