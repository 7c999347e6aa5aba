import { DefinedLayer } from "../layers/definition.ts";
import type { Layer, LayerCall, SymbolicTensor } from "../layers/layer.ts";
import { Model } from "../models/functional.ts";
import { Sequential } from "../models/sequential.ts";
import type { Shape } from "../tensor/shape.ts";
import { arithmeticModule, operandOf } from "./arithmetic.ts";
import { keras2Layer, scaledSum, withoutOperation } from "./keras2Layers.ts";
import { applicationModules } from "./layerNames.ts";
import { refusal } from "./refusal.ts";
import { type KerasGeneration, writeLayer } from "./writeLayer.ts";

/**
 * A model's configuration as Keras 3 writes it into a `.keras` file, or Keras 2 into those that TensorFlow.js reads.
 *
 * @throws PermafrostError MODEL_UNSUPPORTED for a layer or an option that Keras has not, and for a layer that is in two models.
 */
export function writeModel(model: Model, generation: KerasGeneration = 3): Readonly<Record<string, unknown>> {
  return new ModelWriter(generation).model(model);
}

class ModelWriter {
  readonly #generation: KerasGeneration;
  readonly #written = new Set<Layer>();

  constructor(generation: KerasGeneration) {
    this.#generation = generation;
  }

  model(model: Model): Readonly<Record<string, unknown>> {
    return model instanceof Sequential ? this.#sequential(model) : this.#functional(model);
  }

  #sequential(model: Sequential): Readonly<Record<string, unknown>> {
    const [input] = model.inputs;
    const config = {
      name: model.name,
      ...(this.#generation === 3 ? { trainable: model.trainable } : {}),
      layers: [
        this.#inputLayer(input!.call.layer.name, input!.shape),
        // Keras's Sequential takes no operations.
        ...model.layers.map((layer) => this.#layer(withoutOperation(layer))),
      ],
      build_input_shape: kerasShape(input!.shape),
    };
    return this.#record("keras", "Sequential", null, config);
  }

  #functional(model: Model): Readonly<Record<string, unknown>> {
    const { inputs, outputs, calls } = model.topology;
    const places = callPlaces(inputs, calls);
    const reference = (tensor: SymbolicTensor, isOutput: boolean) => {
      const { layer } = tensor.call;
      const place = places.get(tensor.call)! + (this.#countsOwn(layer, isOutput) ? 1 : 0);
      return [layer.name, place, tensor.index];
    };
    const node = (call: LayerCall) => this.#node(call, (tensor) => reference(tensor, false));
    const callsOf = (layer: Layer) => calls.filter((call) => call.layer === layer);
    const fed = new Map(inputs.map((input) => [input.call.layer, input]));
    const layers = model.layers.flatMap((layer) => {
      const input = fed.get(layer);
      if (input !== undefined) return [placed(this.#inputLayer(layer.name, input.shape), layer, [])];
      const nodes = callsOf(layer).map(node);
      const two = this.#generation === 2 ? scaledSum(layer) : undefined;
      if (two === undefined) return [placed(this.#layerOrOperation(layer), layer, nodes)];
      return this.#scaledSum(two, nodes);
    });
    const single = (references: readonly unknown[]) =>
      references.length === 1 && this.#generation === 3 ? references[0] : references;
    const config = {
      name: model.name,
      trainable: model.trainable,
      layers,
      input_layers: single(inputs.map((tensor) => reference(tensor, false))),
      output_layers: single(outputs.map((tensor) => reference(tensor, true))),
    };
    return this.#record("keras.src.models.functional", "Functional", "Functional", config);
  }

  /** Keras 2 counts a model's own graph as its first call, Keras 3 among the outputs alone and not of a Sequential. */
  #countsOwn(layer: Layer, isOutput: boolean): boolean {
    if (!(layer instanceof Model)) return false;
    return this.#generation === 2 || (isOutput && !(layer instanceof Sequential));
  }

  /** A number beside a tensor is an operation in Keras 3's files; Keras 2 has no such operation that TensorFlow.js reads. */
  #layerOrOperation(layer: Layer): Readonly<Record<string, unknown>> {
    if (this.#generation === 2 || operandOf(layer) === undefined) return this.#layer(layer);
    return this.#record(arithmeticModule, layer.kind, layer.kind, { name: layer.name });
  }

  #layer(layer: Layer): Readonly<Record<string, unknown>> {
    if (this.#written.has(layer))
      throw refusal(`layer ${layer.name} (${layer.kind})`, "it is in two models, which a file cannot say");
    this.#written.add(layer);
    if (layer instanceof Model) return this.model(layer);
    const written = this.#generation === 2 ? keras2Layer(layer) : layer;
    const { kind } = written;
    const module = applicationModules[kind];
    const registered = module === undefined ? null : kind;
    return this.#record(module ?? "keras.layers", kind, registered, writeLayer(written, this.#generation));
  }

  /** A CustomScaleLayer as two layers. @param nodes - Of its calls, each on a and b. */
  #scaledSum({ scaled, sum }: { readonly scaled: Layer; readonly sum: Layer }, nodes: readonly unknown[]) {
    const pairs = nodes as readonly (readonly [unknown, readonly unknown[]])[];
    return [
      placed(
        this.#layer(scaled),
        scaled,
        pairs.map(([, b]) => [b]),
      ),
      placed(
        this.#layer(sum),
        sum,
        pairs.map(([a], index) => [a, [scaled.name, index, 0, {}]]),
      ),
    ];
  }

  #inputLayer(name: string, shape: Shape): Readonly<Record<string, unknown>> {
    const size = { [this.#generation === 3 ? "batch_shape" : "batch_input_shape"]: kerasShape(shape) };
    return this.#record("keras.layers", "InputLayer", null, {
      ...size,
      dtype: "float32",
      sparse: false,
      name,
    });
  }

  #record(module: string, className: string, registered: string | null, config: object) {
    return this.#generation === 2
      ? { class_name: className, config }
      : { module, class_name: className, config, registered_name: registered };
  }

  #node(
    { layer, inputs, training }: LayerCall,
    reference: (tensor: SymbolicTensor) => readonly unknown[],
  ): unknown {
    const options = training === undefined ? {} : { training };
    if (this.#generation === 2)
      return inputs.map((tensor, index) => [...reference(tensor), index === 0 ? options : {}]);
    const tensors = inputs.map((tensor) => ({
      class_name: "__keras_tensor__",
      config: { shape: kerasShape(tensor.shape), dtype: "float32", keras_history: reference(tensor) },
    }));
    const operand = operandOf(layer);
    if (operand !== undefined) return { args: [...tensors, operand], kwargs: options };
    return { args: inputs.length === 1 ? tensors : [tensors], kwargs: options };
  }
}

/** A layer's record with its name and calls, as a functional model lists it. */
function placed(record: Readonly<Record<string, unknown>>, { name }: Layer, nodes: readonly unknown[]) {
  return { ...record, name, inbound_nodes: nodes };
}

/** Which of its layer's calls each call is. */
function callPlaces(
  inputs: readonly SymbolicTensor[],
  calls: readonly LayerCall[],
): ReadonlyMap<LayerCall, number> {
  const places = new Map<LayerCall, number>(inputs.map(({ call }) => [call, 0]));
  const counts = new Map<Layer, number>();
  for (const call of calls) {
    const place = counts.get(call.layer) ?? 0;
    places.set(call, place);
    counts.set(call.layer, place + 1);
  }
  return places;
}

function kerasShape(shape: Shape): readonly (number | null)[] {
  return shape.map((size) => (typeof size === "number" ? size : null));
}

/** Whether a layer keeps a state of random numbers, and under which name Keras has it. */
export function randomStateOf(layer: Layer): string | undefined {
  if (!(layer instanceof DefinedLayer)) return undefined;
  const { definition, config } = layer;
  if (definition.isRandomPreprocessing) return "generator";
  return definition.drawsInTraining?.(config) ? "seed_generator" : undefined;
}
