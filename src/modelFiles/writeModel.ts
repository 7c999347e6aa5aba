import { DefinedLayer } from "../layers/definition.ts";
import type { Layer, LayerCall, SymbolicTensor } from "../layers/layer.ts";
import { Model } from "../models/functional.ts";
import { Sequential } from "../models/sequential.ts";
import type { Shape } from "../tensor/shape.ts";
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
        ...model.layers.map((layer) => this.#layer(layer)),
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
    const nodesOf = (layer: Layer) =>
      calls
        .filter((call) => call.layer === layer)
        .map((call) => this.#node(call, (tensor) => reference(tensor, false)));
    const fed = new Map(inputs.map((input) => [input.call.layer, input]));
    const layers = model.layers.map((layer) => {
      const input = fed.get(layer);
      const record = input === undefined ? this.#layer(layer) : this.#inputLayer(layer.name, input.shape);
      return { ...record, name: layer.name, inbound_nodes: input === undefined ? nodesOf(layer) : [] };
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

  #layer(layer: Layer): Readonly<Record<string, unknown>> {
    if (this.#written.has(layer))
      throw refusal(`layer ${layer.name} (${layer.kind})`, "it is in two models, which a file cannot say");
    this.#written.add(layer);
    if (layer instanceof Model) return this.model(layer);
    return this.#record("keras.layers", layer.kind, null, writeLayer(layer, this.#generation));
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

  #node({ inputs, training }: LayerCall, reference: (tensor: SymbolicTensor) => readonly unknown[]): unknown {
    const options = training === undefined ? {} : { training };
    if (this.#generation === 2)
      return inputs.map((tensor, index) => [...reference(tensor), index === 0 ? options : {}]);
    const tensors = inputs.map((tensor) => ({
      class_name: "__keras_tensor__",
      config: { shape: kerasShape(tensor.shape), dtype: "float32", keras_history: reference(tensor) },
    }));
    return { args: inputs.length === 1 ? tensors : [tensors], kwargs: options };
  }
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
