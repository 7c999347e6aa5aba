import type { Value } from "../../../graph/graph.ts";
import { operators } from "../../../ops/index.ts";
import { normalizeAxis } from "../../../tensor/shape.ts";
import type { NodeBuild, NodeRule } from "./nodeRule.ts";

/** Frozen, or with `--bn inference`: the stored statistics. Else those of the batch, which move the stored ones. */
export const BatchNormalization: NodeRule = {
  weights: [1, 2, 3, 4],
  statistics: [3, 4],
  build(node) {
    const { g } = node;
    const epsilon = node.float("epsilon", 1e-5);
    const [x, scale, bias, ...statistics] = [0, 1, 2, 3, 4].map((place) => node.value(place));
    if (!node.isTraining)
      return g.apply(operators.batchNormInference, [x!, scale!, bias!, ...statistics], { epsilon });
    const [y, ...found] = g.applyAll(operators.batchNormTraining, [x!, scale!, bias!], { epsilon });
    const momentum = node.float("momentum", 0.9);
    const times = (value: Value, factor: number) => g.apply(operators.mul, [value, node.number(factor)], {});
    for (const [index, value] of found.entries()) {
      const moved = [times(statistics[index]!, momentum), times(value, 1 - momentum)];
      node.update(index + 3, g.apply(operators.add, moved, {}));
    }
    return y!;
  },
};

export const LayerNormalization: NodeRule = {
  weights: [1, 2],
  build(node) {
    const x = node.value(0);
    const rank = x.type.shape.length;
    const first = normalizeAxis(node.int("axis", -1), rank);
    const axes = x.type.shape.map((_, axis) => axis).slice(first);
    const normal = node.g.apply(operators.standardize, [x], { axes, epsilon: node.float("epsilon", 1e-5) });
    return scaled(node, normal, [1, 2]);
  },
};

export const InstanceNormalization: NodeRule = {
  weights: [1, 2],
  build(node) {
    const x = node.value(0);
    const axes = x.type.shape.map((_, axis) => axis).slice(2);
    const normal = node.g.apply(operators.standardize, [x], { axes, epsilon: node.float("epsilon", 1e-5) });
    const channels = Number(x.type.shape[1]);
    const shape = [channels, ...axes.map(() => 1)];
    const [scale, bias] = [1, 2].map((place) =>
      node.g.apply(operators.reshape, [node.value(place)], { shape }),
    );
    return node.g.apply(operators.add, [node.g.apply(operators.mul, [normal, scale!], {}), bias!], {});
  },
};

/** Before operator set 21 a factor and an offset for each group, since then for each channel. */
export const GroupNormalization: NodeRule = {
  weights: [1, 2],
  build(node) {
    const { g } = node;
    const x = node.value(0);
    const { shape } = x.type;
    const groups = node.int("num_groups", 1);
    const [batch, channels, ...sizes] = shape;
    const each = Number(channels) / groups;
    const wide = [batch!, groups, each, ...sizes];
    const rows = g.apply(operators.reshape, [x], { shape: wide });
    const axes = wide.map((_, axis) => axis).slice(2);
    const normal = g.apply(operators.standardize, [rows], { axes, epsilon: node.float("epsilon", 1e-5) });
    const ones = sizes.map(() => 1);
    const [scale, bias] = [1, 2].map((place) =>
      g.apply(operators.reshape, [node.value(place)], {
        shape: [groups, node.opset < 21 ? 1 : each, ...ones],
      }),
    );
    const moved = g.apply(operators.add, [g.apply(operators.mul, [normal, scale!], {}), bias!], {});
    return g.apply(operators.reshape, [moved], { shape });
  },
};

function scaled(node: NodeBuild, x: Value, [scale, bias]: readonly [number, number]): Value {
  const wide = node.g.apply(operators.mul, [x, node.value(scale)], {});
  return node.has(bias) ? node.g.apply(operators.add, [wide, node.value(bias)], {}) : wide;
}

const softmax = (op: typeof operators.softmax | typeof operators.logSoftmax): NodeRule => ({
  build(node) {
    const x = node.value(0);
    const rank = x.type.shape.length;
    // Before operator set 13 all axes from this one on were one.
    const usual = node.opset < 13 ? 1 : -1;
    const axis = normalizeAxis(node.int("axis", usual), rank);
    if (node.opset < 13 && axis !== rank - 1) throw node.unsupported("a softmax over several axes");
    return node.g.apply(op as typeof operators.softmax, [x], { axis });
  },
});

export const Softmax = softmax(operators.softmax);
export const LogSoftmax = softmax(operators.logSoftmax);
