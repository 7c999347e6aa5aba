import { PermafrostError } from "../base/errors.ts";
import type { Shape } from "../tensor/shape.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { SymbolicTensor } from "./layer.ts";

interface InputConfig {
  /** Shape of one sample. */
  readonly shape: readonly number[];
}

/** Where data enters a network. */
const inputLayerDefinition = defineLayer<InputConfig>({
  kind: "InputLayer",
  call: () => {
    throw new PermafrostError("INTERNAL", "an input layer is fed, never called.");
  },
});

export interface InputOptions extends InputConfig {
  readonly name?: string;
}

/**
 * The start of a functional model (Keras's `Input`): a symbolic tensor [batch, ...shape].
 *
 * @example const x = input({ shape: [224, 224, 3] });
 * @throws PermafrostError INVALID_ARGUMENT for a size that is not a whole number above 0.
 */
export function input(options: InputOptions): SymbolicTensor {
  const { shape } = options;
  if (!shape.every((size) => Number.isInteger(size) && size > 0)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `input: expected a shape of whole numbers above 0, got [${shape.join(", ")}].`,
    );
  }
  const layer = new DefinedLayer(
    inputLayerDefinition,
    { shape },
    options.name === undefined ? {} : { name: options.name },
  );
  layer.build([]);
  const full: Shape = ["batch", ...shape];
  const outputs: SymbolicTensor[] = [];
  const call = { layer, inputs: [], outputs, training: undefined };
  outputs.push({ shape: full, call, index: 0 });
  return outputs[0]!;
}
