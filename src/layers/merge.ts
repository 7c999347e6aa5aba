import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { DefinedLayer, defineLayer, type LayerDefinition } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export type NoConfig = Readonly<Record<never, never>>;

function merge(
  kind: string,
  combine: (g: GraphBuilder, a: Value, b: Value) => Value,
): LayerDefinition<NoConfig> {
  return defineLayer<NoConfig>({
    kind,
    call: ({ g, context, inputs }) => {
      if (inputs.length < 2) {
        throw new PermafrostError(
          "SHAPE_MISMATCH",
          `${context.path}: expected two inputs or more, got ${inputs.length}. Call apply([a, b]).`,
        );
      }
      return inputs.reduce((a, b) => combine(g, a, b));
    },
  });
}

const addDefinition = merge("Add", (g, a, b) => g.apply(operators.add, [a, b], {}));
const multiplyDefinition = merge("Multiply", (g, a, b) => g.apply(operators.mul, [a, b], {}));

/** The sum of its inputs, element by element (axes of size 1 stretch). */
export function add(options: LayerOptions = {}): DefinedLayer<NoConfig> {
  return new DefinedLayer(addDefinition, {}, options);
}

/** The product of its inputs, element by element (axes of size 1 stretch). */
export function multiply(options: LayerOptions = {}): DefinedLayer<NoConfig> {
  return new DefinedLayer(multiplyDefinition, {}, options);
}
