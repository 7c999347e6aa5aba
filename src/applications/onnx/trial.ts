import { messageOf, PermafrostError } from "../../base/errors.ts";
import { Random } from "../../base/random.ts";
import { type ProbeRun, probeModel } from "../../engine/probe.ts";
import { adaptedInput, takePictures } from "../../onnx/model/adaptModel.ts";
import { cutModel } from "../../onnx/model/cutModel.ts";
import { type PictureInput, pictureInput } from "../../onnx/model/pictureInput.ts";
import { elementTypes } from "../../onnx/model/protoTensor.ts";
import type { OnnxModel } from "../../onnx/model/readModel.ts";
import { writeModel } from "../../onnx/model/writeModel.ts";
import { float32, type Tensor } from "../../tensor/tensor.ts";

/** What a trial run found. */
export interface Trial {
  readonly input: PictureInput;
  readonly height: number;
  readonly width: number;
  /** Samples that each run must have; undefined: any number. */
  readonly samples: number | undefined;
  /** By the names of the values that were asked for. */
  readonly shapes: ReadonlyMap<string, { readonly dtype: string; readonly shape: readonly number[] }>;
}

/** Sizes of pictures for models that take any. */
export interface TrialSize {
  readonly height: number;
  readonly width: number;
}

/** Runs a model once on noise for the types of some of its values; those whose first axis is not the batch are left out. */
export async function tryValues(
  model: OnnxModel,
  values: readonly string[],
  size: TrialSize,
  where: string,
): Promise<Trial> {
  const part = cutModel(model, values);
  const input = pictureInput(part.graph!, values, where);
  const { height = size.height, width = size.width } = input;
  takePictures(part, input, { height, width });
  const bytes = writeModel(part);
  const run = (samples: number) => {
    const runs = [{ [adaptedInput]: noise(input, samples, { height, width }) }];
    return probeModel({ model: bytes, runs, keepData: false }, where);
  };
  const { samples, results } = await runSomehow(run, input.samples, where);
  const count = samples ?? freeSamples;
  const shapes = new Map(
    Object.entries(results).flatMap(([name, { dtype, shape }]) =>
      shape[0] === count ? [[name, { dtype, shape: shape.slice(1) }] as const] : [],
    ),
  );
  return { input, height, width, samples, shapes };
}

/** So many samples show which axis is the batch. */
export const freeSamples = 2;

async function runSomehow(
  run: (samples: number) => Promise<readonly ProbeRun[]>,
  fixed: number | undefined,
  where: string,
): Promise<{ readonly samples: number | undefined; readonly results: ProbeRun }> {
  if (fixed !== undefined) return { samples: fixed, results: (await run(fixed))[0]! };
  try {
    return { samples: undefined, results: (await run(freeSamples))[0]! };
  } catch (error) {
    // Exporters write the batch of their trace into some models, whatever the input says.
    const alone = await run(1).catch(() => undefined);
    if (alone !== undefined) return { samples: 1, results: alone[0]! };
    throw error instanceof PermafrostError
      ? error
      : new PermafrostError("ENGINE_FAILED", `${where}: ${messageOf(error)}`, { cause: error });
  }
}

/** Pictures of noise, from 0 to 255 for models that take bytes. */
export function noise({ elementType }: PictureInput, samples: number, size: TrialSize): Tensor<"float32"> {
  const { height, width } = size;
  const random = new Random(0, "pictures of noise");
  const largest = elementType === elementTypes.uint8 ? 255 : 1;
  const values = Float32Array.from({ length: samples * 3 * height * width }, () =>
    random.uniform(0, largest),
  );
  return float32([samples, 3, height, width], values);
}
