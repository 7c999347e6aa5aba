import { PermafrostError } from "../../base/errors.ts";
import { beforeClassifier, chosenOutput } from "../../onnx/model/chooseOutput.ts";
import { cutModel } from "../../onnx/model/cutModel.ts";
import { pictureInput } from "../../onnx/model/pictureInput.ts";
import { dependentsOf } from "../../onnx/model/reach.ts";
import { type OnnxModel, readModel, takeInElements } from "../../onnx/model/readModel.ts";
import { readStructure } from "../../onnx/model/readStructure.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { onnxBlocks } from "./onnxBlocks.ts";
import { inferredCuts, type PossibleCut, possibleCuts } from "./possibleCuts.ts";
import { usualTokens } from "./tokens.ts";

/** A value at which a model can be cut, and what follows from it. */
export interface DescribedCut extends PossibleCut {
  /** Bytes of one picture's features, all of the value as float32. */
  readonly bytes: number;
  /** Taken where `--cut` says nothing. */
  readonly isDefault: boolean;
  /** Of tokens what is taken where nothing is said: "cls", "mean". */
  readonly tokens?: string;
  /** Name of the block that begins behind it: `--unfreeze from:<block>`. */
  readonly block?: string;
}

const usualSide = 224;

export interface DescribedCuts {
  readonly cuts: readonly DescribedCut[];
  /** Values that are left out because their size shows in a run alone. */
  readonly isComplete: boolean;
}

/**
 * The possible cuts of an ONNX model on the way to its chosen output, with their sizes. Of the file only the structure is read, not the
 * weights, and ONNX Runtime finds the sizes in a process of its own without running it. Where some hang on computed numbers, a
 * model that may be run is run once on noise.
 *
 * @param runs - Whether the whole model may be read and run for that. Default true.
 * @param side - Pixels, for models that take any size. Default 224.
 * @throws PermafrostError as `fromOnnx`.
 */
export async function describeCuts(
  file: string,
  { runs = true, side = usualSide }: { readonly runs?: boolean; readonly side?: number } = {},
): Promise<DescribedCuts> {
  const structure = await readStructure(file);
  const output = chosenOutput(structure);
  const size = { height: side, width: side };
  const inferred = await inferredCuts(structure, output, size, file).catch((error: unknown) => {
    // A model that some size of a trace is written into may still run on one picture.
    if (runs && error instanceof PermafrostError && error.code === "ENGINE_FAILED") return undefined;
    throw error;
  });
  const isEnough = inferred !== undefined && (inferred.isComplete || !runs);
  const { cuts, isComplete } = isEnough
    ? inferred
    : await possibleCuts(await wholeModel(file, output), output, size, file);
  return { cuts: described(structure, output, cuts, file), isComplete };
}

async function wholeModel(file: string, output: string): Promise<OnnxModel> {
  const model = cutModel(await readModel(file), [output]);
  await takeInElements(model, file);
  return model;
}

function described(
  model: OnnxModel,
  output: string,
  cuts: readonly PossibleCut[],
  where: string,
): readonly DescribedCut[] {
  const input = pictureInput(model.graph!, [output], where);
  const usual = beforeClassifier(model.graph!, output, dependentsOf(model.graph!.node, input.name));
  const blocks = new Map(onnxBlocks(model, output, where).map(({ from, name }) => [from, name]));
  return cuts.map((cut) => {
    const tokens = usualTokens(cut.shape);
    const block = blocks.get(cut.value);
    return {
      ...cut,
      bytes: 4 * sizeOf(cut.shape),
      isDefault: cut.value === usual,
      ...(tokens === "all" ? {} : { tokens }),
      ...(block === undefined ? {} : { block }),
    };
  });
}
