import fc from "fast-check";
import {
  add,
  averagePooling2D,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2D,
  dropout,
  globalAveragePooling2D,
  input,
  maxPooling2D,
  multiply,
  relu,
} from "../../src/layers/index.ts";
import type { Layer, SymbolicTensor } from "../../src/layers/layer.ts";
import { Model } from "../../src/models/functional.ts";

/** One layer of a random network: what it is, what it takes, whether it is frozen. */
export interface RandomStep {
  readonly kind: number;
  /** Places in the list of tensors made so far, counted from its end. */
  readonly from: readonly [number, number];
  readonly frozen: boolean;
}

export const randomSteps = fc.array(
  fc.record({
    kind: fc.nat(11),
    from: fc.tuple(fc.nat(3), fc.nat(6)),
    frozen: fc.oneof(
      { weight: 3, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
  }),
  { minLength: 2, maxLength: 10 },
);

/**
 * A network of random layers and branches over pictures 6x6x2 (or of more channels), then the mean over positions and trained Dense layers.
 * Every tensor between is [batch, 6, 6, 4], so that any of them can be joined.
 */
export function randomModel(steps: readonly RandomStep[], channels = 2): Model {
  const inputs = input({ shape: [6, 6, channels], name: "pictures" });
  const first = conv2d({ filters: 4, kernelSize: 1, trainable: !steps[0]!.frozen, name: "first" });
  const tensors = [first.apply(inputs)];
  for (const [index, step] of steps.entries()) {
    const [a, b] = step.from.map((place) => tensors[Math.max(0, tensors.length - 1 - place)]!);
    tensors.push(stepLayer(step, `layer_${index}`, a!, b!));
  }
  // Two ends, so that the frozen part may branch at its end.
  const ends = [tensors.at(-1)!, tensors[Math.floor(tensors.length / 2)]!];
  const tops = ends.map((end, index) =>
    dense({ units: 1, name: `top_${index}` }).apply(globalAveragePooling2D().apply(end)),
  );
  return new Model({ inputs, outputs: add().apply(tops) });
}

function stepLayer(
  { kind, frozen }: RandomStep,
  name: string,
  a: SymbolicTensor,
  b: SymbolicTensor,
): SymbolicTensor {
  const trainable = !frozen;
  const convolution = { kernelSize: 3, padding: "same", name, trainable } as const;
  const layers: readonly (() => Layer)[] = [
    // Dear enough that a second stored value is cheaper than computing it again.
    () => conv2d({ filters: 4, ...convolution, kernelSize: 9 }),
    () => conv2d({ filters: 4, activation: "relu", ...convolution }),
    () => conv2d({ filters: 4, dilationRate: 2, ...convolution }),
    () => depthwiseConv2D({ ...convolution, activation: "hard_swish" }),
    // One that is trained would use its batch's statistics.
    () => batchNormalization({ name, trainable: false }),
    () => relu({ name }),
    () => maxPooling2D({ poolSize: 3, strides: 1, padding: "same", name }),
    () => averagePooling2D({ poolSize: 2, strides: 1, padding: "same", name }),
    () => dropout({ rate: frozen ? 0 : 0.5, name }),
  ];
  if (kind === 9) return dropout({ rate: 0.5, name }).apply(a, frozen ? { training: false } : {});
  if (kind === 10) return add({ name }).apply([a, b]);
  if (kind === 11) return multiply({ name }).apply([a, b]);
  return layers[kind]!().apply(a);
}
