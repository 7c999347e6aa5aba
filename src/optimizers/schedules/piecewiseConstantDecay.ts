import { expect, type ScheduleRule } from "./rule.ts";

/** One rate up to each boundary (Keras's PiecewiseConstantDecay). */
export interface PiecewiseConstantDecay {
  readonly kind: "piecewiseConstantDecay";
  /** The last steps with `values[0]`, `values[1]`, ..., rising. */
  readonly boundaries: readonly number[];
  /** One more than boundaries: the last one holds for ever. */
  readonly values: readonly number[];
}

/**
 * Keras's PiecewiseConstantDecay. The step at a boundary still has the rate before it.
 *
 * @example sgd({ learningRate: piecewiseConstantDecay({ boundaries: [1000, 2000], values: [0.1, 0.01, 0.001] }) })
 */
export function piecewiseConstantDecay(
  options: Pick<PiecewiseConstantDecay, "boundaries" | "values">,
): PiecewiseConstantDecay {
  return { ...options, kind: "piecewiseConstantDecay" };
}

export const piecewiseConstantDecayRule: ScheduleRule<PiecewiseConstantDecay> = {
  at({ boundaries, values }, step) {
    const passed = boundaries.filter((boundary) => step > boundary).length;
    return values[passed]!;
  },
  faults: ({ boundaries, values }) => [
    ...(values.length === boundaries.length + 1 && boundaries.length > 0
      ? []
      : [`expected boundaries and one value more, got ${boundaries.length} and ${values.length}`]),
    ...boundaries.flatMap((boundary, index) =>
      boundary > (boundaries[index - 1] ?? -1)
        ? []
        : [`boundaries: expected steps from 0 on that rise, got ${boundaries.join(", ")}`],
    ),
    ...values.flatMap((value, index) => expect.rate(`values[${index}]`, value)),
  ],
};
