import { applications, type BaseNetwork } from "../../applications/index.ts";
import { PermafrostError } from "../../base/errors.ts";

/** What a base that is a model file can be told. */
export interface ModelFileOptions {
  /**
   * The layer behind which the base ends, of a named base or a bundle's also a block; of an ONNX file the value that is its output. See
   * `BaseOptions`, `ModelFileOptions`, `FromOnnxOptions`.
   */
  readonly cut?: string;
  /** Of a model file: how pictures are prepared; see the last two. */
  readonly preprocessing?: string;
  /** What will be trained of it; the model is taken apart only so far. */
  readonly unfreeze?: string;
  readonly recipe?: "fine-tune" | "gradual";
}

/** A request whose base is the path of a model file. */
export interface ModelFileRequest extends ModelFileOptions {
  readonly base: string;
  readonly imageSize?: number;
  readonly weights?: string;
  readonly initialWeights?: "random" | "pretrained";
}

/** Whether a file says how its layers hang together; others hold the weights of a network that has to be known. */
export async function hasModel(base: string): Promise<boolean> {
  const { openWeights } = await import("../../formats/openWeights.ts");
  const file = await openWeights(base);
  await file.close();
  return file.metadata.has("model_config");
}

/** @throws PermafrostError as `modelFileBase`; INVALID_ARGUMENT where random weights are asked for. */
export async function openModelFile(request: ModelFileRequest): Promise<BaseNetwork> {
  const { base, imageSize, initialWeights, cut, preprocessing } = request;
  if (initialWeights === "random") throw noRandomWeights(base);
  const size = imageSize === undefined ? {} : { inputShape: [imageSize, imageSize, 3] as const };
  const { modelFileBase } = await import("../../applications/modelFile.ts");
  return modelFileBase(base, applications, { cut, preprocessing, ...size });
}

/** @throws PermafrostError INVALID_ARGUMENT where a base that is no model file is told how pictures are prepared. */
export function refusePreprocessing({ base, preprocessing }: ModelFileRequest): void {
  if (preprocessing === undefined) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `--preprocessing belongs to a base that is a model file; ${base} knows its own. Leave it out.`,
  );
}

export function noRandomWeights(base: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${base}: a model file comes with its weights and can begin with no others. Leave that out.`,
    { details: { base } },
  );
}
