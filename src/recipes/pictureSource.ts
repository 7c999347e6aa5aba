import { readFile } from "node:fs/promises";
import type { Preprocessing } from "../applications/preprocessing.ts";
import type { Sample } from "../data/dataset.ts";
import { decodeImage } from "../images/decode.ts";
import { Preprocessor } from "../images/preprocess.ts";
import type { BatchSource } from "../training/batchSource.ts";

/** Images as a network's input, decoded each time they are asked for: the plain way, without a store. */
export function pictureSource(
  samples: readonly Pick<Sample, "path">[],
  preprocessing: Preprocessing,
): BatchSource {
  const { height, width } = preprocessing;
  const preprocessor = new Preprocessor(preprocessing);
  const size = 3 * height * width;
  return {
    samples: samples.length,
    shape: [3, height, width],
    async read(indices, into) {
      for (const [row, index] of indices.entries()) {
        const { path } = samples[index]!;
        const image = await decodeImage(await readFile(path), { path });
        preprocessor.run(image, into.subarray(row * size, row * size + size));
      }
    },
  };
}
