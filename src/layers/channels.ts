import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";

/** [batch, channels, height, width] to [batch, height, width, channels]; other ranks stay. */
export function toChannelsLast(g: GraphBuilder, x: Value): Value {
  const { shape } = x.type;
  if (shape.length !== 4) return x;
  // One pixel is in the same order either way: the reshape that follows is enough.
  if (shape[2] === 1 && shape[3] === 1) return x;
  return g.apply(operators.transpose, [x], { permutation: [0, 2, 3, 1] });
}

/** [batch, height, width, channels] to [batch, channels, height, width]; other ranks stay. */
export function toChannelsFirst(g: GraphBuilder, x: Value): Value {
  if (x.type.shape.length !== 4) return x;
  return g.apply(operators.transpose, [x], { permutation: [0, 3, 1, 2] });
}
