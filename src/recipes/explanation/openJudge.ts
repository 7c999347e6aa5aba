import type { Preprocessing } from "../../applications/preprocessing.ts";
import type { Engine } from "../../engine/engine.ts";
import type { PixelImage } from "../../images/pixelImage.ts";
import { Preprocessor } from "../../images/preprocess.ts";
import type { Model } from "../../models/functional.ts";
import type { BundleContents } from "../../saving/bundleContents.ts";
import { inferenceGraph } from "../../training/features/inference.ts";

/** What the network takes of a picture, and what it says of it. */
export async function openJudge(
  engine: Engine,
  model: Model,
  preprocessing: Preprocessing,
  task: Exclude<BundleContents["task"], "reconstruction">,
): Promise<
  (image: PixelImage) => Promise<{ readonly pixels: Float32Array; readonly probabilities: number[] }>
> {
  const graph = inferenceGraph(model);
  const program = await engine.compile(graph);
  const { height, width } = preprocessing;
  const preprocessor = new Preprocessor(preprocessing);
  return async (image) => {
    const pixels = new Float32Array(3 * height * width);
    preprocessor.run(image, pixels);
    const results = await program.run({
      [graph.inputs[0]!.name]: { dtype: "float32", shape: [1, 3, height, width], data: pixels },
    });
    const row = [...(results[graph.outputs[0]!.name]!.data as Float32Array)];
    const isOneOfTwo = row.length === 1 && task === "classification";
    return { pixels, probabilities: isOneOfTwo ? [1 - row[0]!, row[0]!] : row };
  };
}
