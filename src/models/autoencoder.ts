import { PermafrostError } from "../base/errors.ts";
import type { Layer } from "../layers/layer.ts";
import type { Model } from "./functional.ts";
import { checkDecoded, mirrorLayers } from "./mirror.ts";

export interface AutoencoderOptions {
  /** From pictures [height, width, channels] to maps; it stays the same model, with the same weights, on its own. */
  readonly encoder: Model;
  /** "mirror" (default): see `mirrorLayers`. Or layers of your own, from the encoder's output to pictures of its input's size. */
  readonly decoder?: "mirror" | readonly Layer[];
}

/**
 * The layers of an autoencoder: the encoder, then those of the decoder.
 *
 * @throws PermafrostError INVALID_ARGUMENT for an encoder that cannot be mirrored; NOT_BUILT; SHAPE_MISMATCH for a decoder that does not
 *   lead back to the encoder's input.
 */
export function autoencoderLayers({
  encoder,
  decoder = "mirror",
}: AutoencoderOptions): readonly [Model, ...Layer[]] {
  if (decoder === "mirror") return [encoder, ...mirrorLayers(encoder)];
  if (decoder.length === 0) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "autoencoder: expected at least one layer in the decoder, got none.",
    );
  }
  const decoded = decoder.reduce((x, layer) => layer.apply(x), encoder.outputs[0]!);
  checkDecoded(encoder, decoded.shape);
  return [encoder, ...decoder];
}
