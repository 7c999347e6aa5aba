import { messageOf } from "../base/errors.ts";
import { isRecord, type JsonRecord } from "../formats/json.ts";
import { input } from "../layers/index.ts";
import type { Layer, SymbolicTensor } from "../layers/layer.ts";
import type { Model } from "../models/functional.ts";
import { Sequential } from "../models/sequential.ts";
import type { Shape } from "../tensor/shape.ts";
import { isAdaptedCount } from "./adaptedCount.ts";
import { arithmeticKinds, arithmeticModule } from "./arithmetic.ts";
import { fromKeras1 } from "./keras1.ts";
import type { LayerEntry, LayerReader } from "./layerEntry.ts";
import { applicationModules } from "./layerNames.ts";
import { GraphReader } from "./readGraph.ts";
import { readLayer } from "./readLayer.ts";
import { refusal, shown } from "./refusal.ts";
import { layerName } from "./spelling.ts";

export interface ModelConfigOptions {
  /** The file, for messages. */
  readonly path: string;
  /** As the file says; left out: told from the form of the configuration. */
  readonly kerasVersion?: string | undefined;
  /** Shape of one sample in place of the file's; needed where the file leaves sizes open. */
  readonly inputShape?: readonly number[] | undefined;
  /** More weights than this are no model of this file: nothing is built for them. */
  readonly maxWeights?: number | undefined;
}

/** Models in models; Keras's own catalogue has two levels. */
const maxDepth = 32;

/**
 * The model that a configuration of Keras 1, 2 or 3 describes, with first weights of its initializers. Nothing in it is run.
 *
 * @param config - The object with `class_name` and `config`.
 * @throws PermafrostError MODEL_UNSUPPORTED naming file, layer, class and option.
 */
export function readModel(config: JsonRecord, options: ModelConfigOptions): Model {
  const isKeras3 =
    options.kerasVersion?.startsWith("3.") ?? JSON.stringify(config).includes('"__keras_tensor__"');
  const reader = new ModelReader({
    ...options,
    isKeras3,
    isKeras1: options.kerasVersion?.startsWith("1.") ?? false,
  });
  return reader.model(config, options.path, undefined, 0);
}

interface ReaderOptions extends ModelConfigOptions {
  readonly isKeras3: boolean;
  readonly isKeras1: boolean;
}

class ModelReader implements LayerReader {
  readonly isKeras3: boolean;
  readonly inputShape: readonly number[] | undefined;
  readonly #options: ReaderOptions;
  #weights = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.isKeras3 = options.isKeras3;
    this.inputShape = options.inputShape;
  }

  /** @param inputs - Shapes that it is called on; undefined for the outermost model. */
  model(record: JsonRecord, where: string, inputs: readonly Shape[] | undefined, depth: number): Model {
    const { class_name: kind, config } = record;
    if (depth > maxDepth) throw refusal(where, `models are nested more than ${maxDepth} deep`);
    if (kind === "Sequential") return this.#sequential(config, where, inputs, depth);
    if ((kind === "Functional" || kind === "Model") && isRecord(config) && "output_layers" in config)
      return new GraphReader(this, config, where, depth).read(inputs);
    throw refusal(
      where,
      `a model of class ${shown(kind)} is not supported, only Sequential and Functional ones`,
    );
  }

  /** A layer or a model, with weights for these inputs. */
  layer({ kind, name, config, record, where }: LayerEntry, inputs: readonly Shape[], depth: number): Layer {
    const isModel = kind === "Sequential" || kind === "Functional" || kind === "Model";
    if (isModel) {
      const model = this.model(record, where, inputs, depth + 1);
      model.rename(layerName(name));
      return model;
    }
    const { isKeras3, maxWeights = Number.MAX_SAFE_INTEGER, path } = this.#options;
    const layer = readLayer({ kind, config, where, isKeras3 }, inputs);
    try {
      layer.build(inputs);
    } catch (error) {
      throw refusal(
        where,
        `it cannot take ${inputs.map((shape) => `[${shape.join(", ")}]`).join(" and ")}`,
        error,
      );
    }
    this.#weights += layer.countParams() - layer.weights.filter((each) => isAdaptedCount(layer, each)).length;
    if (!(this.#weights <= maxWeights)) {
      throw refusal(
        where,
        `up to this layer the model has ${this.#weights} weights, all of ${path} has ${maxWeights}`,
      );
    }
    return layer;
  }

  /** The records of a list of layers. */
  entries(layers: unknown, where: string): readonly LayerEntry[] {
    if (!Array.isArray(layers)) throw refusal(where, "its configuration has no list of layers");
    return layers.map((value: unknown, index) => {
      const place = `${where}: layer ${index}`;
      if (!isRecord(value)) throw refusal(place, "expected an object");
      const record = this.#options.isKeras1 ? fromKeras1(value, place) : value;
      const { class_name: kind, config } = record;
      if (typeof kind !== "string") throw refusal(place, "it has no class_name");
      const own = isRecord(config) ? config : {};
      const said = record["name"] ?? own["name"];
      const name = typeof said === "string" ? said : `layer_${index}`;
      const settings = typeof said === "string" ? { ...own, name } : own;
      checkOrigin(record, `${where}: layer ${name} (${kind})`);
      return { kind, name, config: settings, record, where: `${where}: layer ${name} (${kind})` };
    });
  }

  /** A start of a model. @param shape - What it is called on, or the user's shape, in place of the configuration's. */
  input({ name, config, where }: LayerEntry, shape: readonly number[] | undefined): SymbolicTensor {
    return input({ shape: shape ?? this.#fixedShape(config, where), name: layerName(name) });
  }

  #fixedShape(config: JsonRecord, where: string): readonly number[] {
    const shape = config["batch_shape"] ?? config["batch_input_shape"] ?? config["input_shape"];
    const sizes: unknown = Array.isArray(shape)
      ? shape === config["input_shape"]
        ? shape
        : shape.slice(1)
      : undefined;
    const isFixed = Array.isArray(sizes) && sizes.every((size) => Number.isSafeInteger(size) && size > 0);
    if (isFixed) return sizes;
    throw refusal(
      where,
      `it takes inputs of shape ${shown(shape)}; say which size with inputShape: [height, width, channels]`,
    );
  }

  #sequential(config: unknown, where: string, inputs: readonly Shape[] | undefined, depth: number): Model {
    const settings = isRecord(config) ? config : {};
    const entries = this.entries(Array.isArray(config) ? config : settings["layers"], where);
    const [first] = entries;
    if (first === undefined) throw refusal(where, "it has no layers");
    const given = inputs?.[0]?.slice(1).map(Number) ?? this.inputShape;
    const start = first.kind === "InputLayer" ? this.input(first, given) : undefined;
    const { name, trainable, build_input_shape: built } = settings;
    const shape = start?.shape.slice(1).map(Number) ?? given ?? this.#firstShape(first, built);
    const model = new Sequential({
      ...(typeof name === "string" ? { name: layerName(name) } : {}),
      trainable: trainable !== false,
    });
    let last: Shape = ["batch", ...shape];
    for (const entry of start === undefined ? entries : entries.slice(1)) {
      const layer = this.layer(entry, [last], depth);
      last = shapesFrom(layer, [last], entry.where)[0]!;
      model.add(layer);
    }
    try {
      model.build([["batch", ...shape]]);
    } catch (error) {
      throw refusal(where, messageOf(error).replace(/\.$/, ""), error);
    }
    return model;
  }

  /** The sample's shape that the first layer says, a model in it, or the model from its last use. */
  #firstShape(first: LayerEntry, built: unknown): readonly number[] {
    let record: LayerEntry | undefined = first;
    while (record !== undefined) {
      const { config } = record;
      if ("batch_input_shape" in config || "batch_shape" in config)
        return this.#fixedShape(config, record.where);
      const inner: unknown = record.record["config"];
      const layers = Array.isArray(inner) ? inner : isRecord(inner) ? inner["layers"] : undefined;
      record = Array.isArray(layers) ? this.entries(layers, record.where)[0] : undefined;
    }
    return this.#fixedShape({ batch_shape: built }, first.where);
  }
}

/** What a layer makes of inputs of these shapes. */
function shapesFrom(layer: Layer, inputs: readonly Shape[], where: string): readonly Shape[] {
  try {
    return layer.outputShapes(inputs);
  } catch (error) {
    throw refusal(
      where,
      `it cannot take ${inputs.map((shape) => `[${shape.join(", ")}]`).join(" and ")}`,
      error,
    );
  }
}

/** Classes of other packages and operations outside of layers may have the name of a layer. */
function checkOrigin(record: JsonRecord, where: string): void {
  const { module, registered_name: registered, class_name: kind } = record;
  if (module === arithmeticModule && arithmeticKinds.has(String(kind))) return;
  if (typeof kind === "string" && String(module).replace(/^tf_/, "") === applicationModules[kind]) return;
  const isKnown =
    module === undefined ||
    module === null ||
    /^(tf_)?keras(\.layers|\.models|\.src\.(models|layers|engine)[.\w]*)?$/.test(String(module));
  if (!isKnown)
    throw refusal(where, `it is from ${String(module)}, only layers of Keras itself are supported`);
  const isOwn = typeof registered === "string" && registered.includes(">");
  if (isOwn) throw refusal(where, `${registered} is a class of its author's, only Keras's own are supported`);
}
