import { lookUp } from "../../src/base/identifiers.ts";
import { Model } from "../../src/keras/networks.ts";
import * as optimizers from "../../src/keras/optimizers.ts";
import { input } from "../../src/layers/index.ts";
import { makeLayer } from "../../src/layers/kinds.ts";
import type { Layer, SymbolicTensor } from "../../src/layers/layer.ts";
import {
  type NormRegularizer,
  orthogonalRegularizer,
  type Regularizer,
} from "../../src/layers/regularizers.ts";
import { resolveLoss } from "../../src/losses/resolveLoss.ts";
import * as metrics from "../../src/metrics/index.ts";
import { type OptimizerConfig, resolveOptimizer } from "../../src/optimizers/index.ts";
import type { CompileOptions } from "../../src/training/compiled/compile.ts";

/** Options in Keras's spelling. */
type Options = Readonly<Record<string, unknown>>;

/** An object of Keras: its class and options. */
export interface Made extends Options {
  readonly class: string;
}

/** A layer of the table in test/golden/trajectoryNetworks.json, a model of layers, or a call of an earlier one. */
export interface LayerEntry {
  readonly name: string;
  readonly kind?: string;
  readonly config?: Options;
  /** Where it takes its inputs from. Default: the entry before. */
  readonly from?: string | readonly string[];
  readonly again?: string;
  readonly shape?: readonly number[];
  readonly layers?: readonly LayerEntry[];
}

interface OutputEntry {
  readonly targets: string;
  readonly loss: Made;
  readonly loss_weight?: number;
  readonly metrics?: readonly (string | Made)[];
  readonly weighted_metrics?: readonly (string | Made)[];
}

/** A network of the table, and how it is trained. See test/golden/trajectories.py. */
export interface NetworkCase {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly layers: readonly LayerEntry[];
  readonly frozen?: readonly string[];
  readonly outputs: Readonly<Record<string, OutputEntry>>;
  readonly sample_weight?: boolean;
  readonly class_weight?: Readonly<Record<number, number>>;
  readonly optimizer: Made & { readonly learning_rate: number | Made };
}

/** Keras's option names in camelCase. */
function inCamelCase(options: Options): Options {
  const camel = (name: string) => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]));
}

/** "MinMaxNorm" as the kind of our records. */
const kindOf = (name: string) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

function makeEntry({ name, kind, config = {} }: LayerEntry): Layer {
  const options = Object.entries(inCamelCase(config)).map(([key, value]) => {
    const { class: made, ...given } = value as Made;
    if (key.endsWith("Regularizer")) return [key, regularizerOf(made, given)];
    if (key.endsWith("Constraint")) return [key, { kind: kindOf(made), axis: 0, ...inCamelCase(given) }];
    return [key, value];
  });
  return makeLayer(kind!, Object.fromEntries(options), { name });
}

function regularizerOf(made: string, options: Options): Regularizer {
  return made === "OrthogonalRegularizer"
    ? orthogonalRegularizer(options)
    : { l1: 0, l2: 0, ...(options as Partial<NormRegularizer>) };
}

/** Adds what every layer makes to `tensors`, by name. */
function applyLayers(entries: readonly LayerEntry[], tensors: Map<string, SymbolicTensor>): void {
  const layers = new Map<string, Layer>();
  let last = [...tensors.keys()].at(-1)!;
  for (const entry of entries) {
    const { name, again, from = last } = entry;
    const layer =
      again === undefined ? (entry.layers ? nested(entry) : makeEntry(entry)) : layers.get(again)!;
    const taken = [from].flat().map((source) => tensors.get(source)!);
    layers.set(name, layer);
    tensors.set(name, layer.apply(taken.length === 1 ? taken[0]! : taken));
    last = name;
  }
}

function nested({ name, shape, layers }: LayerEntry): Model {
  const inputs = input({ shape: shape!, name: `${name}_input` });
  const tensors = new Map([["input", inputs]]);
  applyLayers(layers!, tensors);
  return new Model({ inputs, outputs: [...tensors.values()].at(-1)!, name });
}

/** A network of the table with its own first weights; and what every layer makes, by the names of the entries. */
export function kerasNetwork(
  { inputs, layers, outputs, frozen = [] }: NetworkCase,
  shapeOf: (name: string) => readonly number[],
): { readonly model: Model; readonly tensors: ReadonlyMap<string, SymbolicTensor> } {
  const fed = inputs.map((name) => input({ shape: shapeOf(name), name }));
  const tensors = new Map(inputs.map((name, index) => [name, fed[index]!]));
  applyLayers(layers, tensors);
  const model = new Model({
    inputs: fed,
    outputs: Object.keys(outputs).map((name) => tensors.get(name)!),
  });
  for (const path of frozen) {
    const part = path.split("/").reduce<Layer>((outer, name) => (outer as Model).getLayer(name), model);
    part.trainable = false;
  }
  return { model, tensors };
}

/** What `compile` takes for a network of the table. */
export function kerasCompileOptions({ outputs, optimizer }: NetworkCase): CompileOptions {
  const { class: kind, learning_rate: rate, ...options } = optimizer;
  const config = { ...inCamelCase(options), learningRate: scheduleOf(rate) };
  const each = <T>(of: (output: OutputEntry) => T) =>
    Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, of(output)]));
  return {
    optimizer: resolveOptimizer({ kind, config: config as unknown as OptimizerConfig["config"] }),
    loss: each(({ loss: { class: name, ...given } }) => resolveLoss({ name, config: inCamelCase(given) })),
    lossWeights: each((output) => output.loss_weight ?? 1),
    metrics: each((output) => (output.metrics ?? []).map(metricOf)),
    weightedMetrics: each((output) => (output.weighted_metrics ?? []).map(metricOf)),
  };
}

function scheduleOf(rate: number | Made): unknown {
  if (typeof rate === "number") return rate;
  const { class: name, ...options } = rate;
  const table = optimizers as unknown as Readonly<Record<string, (options: never) => unknown>>;
  return lookUp("schedule", name, table)(inCamelCase(options) as never);
}

function metricOf(entry: string | Made): string | metrics.Metric {
  if (typeof entry === "string") return entry;
  const { class: name, ...options } = entry;
  const table: Readonly<Record<string, (options: never) => metrics.Metric>> = metrics;
  return lookUp("metric", name, table)(inCamelCase(options) as never);
}
