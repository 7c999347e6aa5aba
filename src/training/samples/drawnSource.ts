import { sampleDraw } from "../../augmentation/draw.ts";
import type { FloatImage } from "../../augmentation/floatImage.ts";
import { applyLayers } from "../../augmentation/randomLayers/apply.ts";
import { layerPipeline } from "../../augmentation/randomLayers/fromLayers.ts";
import type { LayerPipeline } from "../../augmentation/randomLayers/pipeline.ts";
import { warpVersion } from "../../augmentation/version.ts";
import { digestOf, sha256 } from "../../base/digest.ts";
import { drawVersion } from "../../features/viewDraws.ts";
import type { Model } from "../../models/functional.ts";
import { hoistedLayers } from "../../models/hoist.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { BatchSource, SampleNames } from "./batchSource.ts";

/**
 * Pictures as a model trains on them: the random layers at its front are applied here, another draw in each epoch. A draw
 * follows from the seed, the picture's values and the epoch alone. Without such layers the source itself.
 *
 * @throws PermafrostError INVALID_ARGUMENT where the model has random layers that cannot be trained with.
 */
export function drawnForTraining(model: Model, source: BatchSource, seed: number): BatchSource {
  const records = hoistedLayers(model);
  if (records.length === 0) return source;
  const pipeline = layerPipeline(records);
  const forEpoch = (epoch: number): BatchSource => {
    const plain = source.forEpoch?.(epoch) ?? source;
    return {
      samples: source.samples,
      shape: source.shape,
      async read(indices, into) {
        await plain.read(indices, into);
        const size = sizeOf(source.shape);
        for (let row = 0; row < indices.length; row++) {
          draw(into.subarray(row * size, (row + 1) * size), source.shape, pipeline, { seed, number: epoch });
        }
      },
      names: plain.names && drawnNames(plain.names, { pipeline, seed, number: epoch }),
    };
  };
  return { ...forEpoch(0), forEpoch };
}

/** The draw is a function of the sample's values, so the sample's own name and the numbers below tell its view. */
function drawnNames(
  { preprocessing, keys }: SampleNames,
  request: { readonly pipeline: LayerPipeline; readonly seed: number; readonly number: number },
): SampleNames {
  return {
    preprocessing,
    async keys(indices) {
      const plain = await keys(indices);
      return plain.map(({ image, draw: of }) => ({
        image,
        draw: digestOf({ warpVersion, drawVersion, of, ...request }),
      }));
    },
  };
}

/** Changes one picture [channels, height, width] in place. */
function draw(
  picture: Float32Array,
  shape: readonly number[],
  pipeline: LayerPipeline,
  request: { readonly seed: number; readonly number: number },
): void {
  const [channels, height, width] = shape;
  const size = { channels: channels!, height: height!, width: width! };
  const bytes = new Uint8Array(picture.buffer, picture.byteOffset, picture.byteLength);
  const chosen = sampleDraw(pipeline, { ...request, imageDigest: sha256(bytes), shape: size });
  if (chosen.kind !== "layers") return;
  const image = { ...size, data: channelsLast(picture, size.channels) };
  writeChannelsFirst(applyLayers(image, pipeline.layers, chosen.steps), picture);
}

function channelsLast(picture: Float32Array, channels: number): Float32Array {
  const pixels = picture.length / channels;
  return Float32Array.from(
    picture,
    (_, index) => picture[(index % channels) * pixels + Math.floor(index / channels)]!,
  );
}

function writeChannelsFirst({ data, channels }: FloatImage, into: Float32Array): void {
  const pixels = data.length / channels;
  for (const [index, value] of data.entries())
    into[(index % channels) * pixels + Math.floor(index / channels)] = value;
}
