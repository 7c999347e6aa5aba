import { beforeClassifier, chosenOutput } from "../../onnx/model/chooseOutput.ts";
import { cutModel } from "../../onnx/model/cutModel.ts";
import { pictureInput } from "../../onnx/model/pictureInput.ts";
import { dependentsOf } from "../../onnx/model/reach.ts";
import { readModel } from "../../onnx/model/readModel.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { onnxBlocks } from "./onnxBlocks.ts";
import { type PossibleCut, possibleCuts } from "./possibleCuts.ts";
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

/**
 * The possible cuts of an ONNX model on the way to its chosen output, with their sizes. The model is tried once on noise, in a
 * process of its own.
 *
 * @param side - Pixels, for models that take any size. Default 224.
 * @throws PermafrostError as `fromOnnx`.
 */
export async function describeCuts(file: string, side = usualSide): Promise<readonly DescribedCut[]> {
  const model = await readModel(file);
  const output = chosenOutput(model);
  const input = pictureInput(cutModel(model, [output]).graph!, file);
  const dependent = dependentsOf(model.graph!.node, input.name);
  const usual = beforeClassifier(model.graph!, output, dependent);
  const blocks = new Map(onnxBlocks(model, output, file).map(({ from, name }) => [from, name]));
  const cuts = await possibleCuts(model, output, { height: side, width: side }, file);
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
