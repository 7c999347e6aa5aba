import { permute, toUserShape } from "../../layers/layout.ts";
import type { Metric } from "../../metrics/index.ts";
import { type MetricIdentifier, resolveMetric } from "../../metrics/resolveMetric.ts";
import { sizeOf, type Tensor } from "../../tensor/tensor.ts";
import type { Logs } from "./logs.ts";

/** What one output of a model is measured by. */
export interface MetricChoice {
  /** Take no notice of sample weights. */
  readonly metrics: readonly MetricIdentifier[];
  readonly weightedMetrics: readonly MetricIdentifier[];
}

export interface OutputShapes {
  /** One prediction's shape, in the engine's layout. */
  readonly prediction: readonly number[];
  /** One target's shape, as `encodeTargets` gave it. */
  readonly target: readonly number[];
}

/** A batch of one output, row after row. */
export interface OutputBatch {
  readonly prediction: Float32Array;
  readonly targets: Float32Array;
  readonly count: number;
  /** One a sample; left out: 1. */
  readonly weights?: Float32Array | undefined;
}

/** A metric's value with what its key in the history is made of. */
export interface MeasuredMetric {
  /** Name of the output where a model has several. */
  readonly output: string | undefined;
  readonly name: string;
  readonly isWeighted: boolean;
  readonly value: number;
}

/** The metrics of one output, gathered batch by batch. */
export class OutputMetrics {
  readonly #metrics: readonly Metric[];
  readonly #weighted: readonly Metric[];
  readonly #shapes: OutputShapes;
  readonly #output: string | undefined;

  /** @param output - Its name, where the model has several. */
  constructor({ metrics, weightedMetrics }: MetricChoice, shapes: OutputShapes, output?: string) {
    this.#metrics = metrics.map(resolveMetric);
    this.#weighted = weightedMetrics.map(resolveMetric);
    this.#shapes = shapes;
    this.#output = output;
  }

  reset(): void {
    for (const metric of this.#all) metric.reset();
  }

  update({ prediction, targets, count, weights }: OutputBatch): void {
    if (this.#all.length === 0) return;
    const predictions = userTensor(prediction, this.#shapes.prediction, count);
    const expected = userTensor(targets, this.#shapes.target, count);
    for (const metric of this.#metrics) metric.update(predictions, expected);
    const given = weights?.subarray(0, count);
    for (const metric of this.#weighted) metric.update(predictions, expected, given);
  }

  /** In the order in which Keras names them: see `metricLogs`. */
  get results(): readonly MeasuredMetric[] {
    const measured = (metrics: readonly Metric[], isWeighted: boolean) =>
      metrics.map((metric) => ({
        output: this.#output,
        name: metric.name,
        isWeighted,
        // `resolveMetric` refuses lists.
        value: Number(metric.result()),
      }));
    return [...measured(this.#metrics, false), ...measured(this.#weighted, true)];
  }

  /** Everything gathered so far, in numbers: each metric. */
  getState(): readonly (readonly number[])[] {
    return this.#all.map((metric) => metric.getState());
  }

  setState(state: readonly (readonly number[])[]): void {
    for (const [index, metric] of this.#all.entries()) metric.setState(state[index] ?? []);
  }

  get #all(): readonly Metric[] {
    return [...this.#metrics, ...this.#weighted];
  }
}

/**
 * Values by Keras's names: the output's name in front where there is one; "weighted_" in front of a weighted metric whose name
 * is taken; a number behind a name that is taken still.
 */
export function metricLogs(results: readonly MeasuredMetric[]): Logs {
  const logs: Record<string, number> = {};
  const uses = new Map<string, number>();
  const inOrder = [
    ...results.filter((each) => !each.isWeighted),
    ...results.filter((each) => each.isWeighted),
  ];
  for (const { output, name, isWeighted, value } of inOrder) {
    const keyOf = (short: string) => (output === undefined ? short : `${output}_${short}`);
    const isTaken = uses.has(keyOf(name));
    const key = isTaken && isWeighted ? keyOf(`weighted_${name}`) : keyOf(name);
    const count = uses.get(key) ?? 0;
    uses.set(key, count + 1);
    logs[count === 0 ? key : `${key}_${count}`] = value;
  }
  return logs;
}

/** Rows as metrics read them: channels of pictures last. */
function userTensor(data: Float32Array, shape: readonly number[], count: number): Tensor<"float32"> {
  const engineShape = [count, ...shape];
  const rows = data.subarray(0, count * sizeOf(shape));
  if (shape.length !== 3) return { dtype: "float32", shape: engineShape, data: rows };
  const userShape = toUserShape(engineShape).map(Number);
  return { dtype: "float32", shape: userShape, data: permute(rows, engineShape, [0, 2, 3, 1]) };
}
