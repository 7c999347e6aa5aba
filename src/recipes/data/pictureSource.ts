import { readFile } from "node:fs/promises";
import type { Preprocessing } from "../../applications/preprocessing.ts";
import { mapConcurrently } from "../../augmentation/concurrently.ts";
import type { Draw } from "../../augmentation/draw.ts";
import { ViewRenderer } from "../../augmentation/view.ts";
import type { Digest } from "../../base/digest.ts";
import type { Sample } from "../../data/dataset.ts";
import type { ViewDraws } from "../../features/viewDraws.ts";
import { decodeImage } from "../../images/decode.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";

/** Pictures being decoded at one time: enough for the decoder's threads, few enough to hold. */
const decodedAtOnce = 4;

/** Draws of the images of a source. */
export interface PictureDraws {
  readonly draws: ViewDraws;
  /** SHA-256 of the files' bytes by path. */
  readonly digests: ReadonlyMap<string, Digest>;
}

/**
 * Images as a network's input, decoded each time they are asked for: the plain way, without a store.
 *
 * @param drawn - Each epoch sees its own views; left out: the images as they are.
 */
export function pictureSource(
  samples: readonly Pick<Sample, "path">[],
  preprocessing: Preprocessing,
  drawn?: PictureDraws,
): BatchSource {
  const { height, width } = preprocessing;
  const renderer = new ViewRenderer(preprocessing);
  const pipeline = drawn?.draws.settings.pipeline ?? null;
  const size = 3 * height * width;
  const sourceWith = (drawOf: (path: string) => Draw | null): BatchSource => ({
    samples: samples.length,
    shape: [3, height, width],
    async read(indices, into) {
      await mapConcurrently(Array.from(indices), decodedAtOnce, async (index, row) => {
        const { path } = samples[index]!;
        const image = await decodeImage(await readFile(path), { path });
        renderer.render(image, pipeline, drawOf(path), into.subarray(row * size, row * size + size));
      });
    },
  });
  const plain = sourceWith(() => null);
  if (drawn === undefined) return plain;
  return { ...plain, forEpoch: (epoch) => sourceWith((path) => drawAt(drawn, path, epoch)) };
}

function drawAt({ draws, digests }: PictureDraws, path: string, epoch: number): Draw | null {
  const image = digests.get(path)!;
  const draw = draws.of(image, epoch);
  return draw === undefined ? null : draws.sample(image, draw.number);
}
