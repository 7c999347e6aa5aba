import { messageOf } from "../base/errors.ts";
import { isRecord, type JsonRecord } from "../formats/json.ts";
import type { Layer, SymbolicTensor } from "../layers/layer.ts";
import { Model } from "../models/functional.ts";
import type { Shape } from "../tensor/shape.ts";
import { arithmeticLayer } from "./arithmetic.ts";
import type { LayerEntry, LayerReader } from "./layerEntry.ts";
import { type NodeConfig, readNodes, readTensors, type TensorReference } from "./nodes.ts";
import { refusal } from "./refusal.ts";
import { layerName } from "./spelling.ts";

/** A layer of a network while this is read. */
interface Part {
  readonly entry: LayerEntry;
  readonly nodes: readonly NodeConfig[];
  /** Whether its own graph can count as its first call. */
  readonly hasOwn: boolean;
  layer: Layer | undefined;
  /** Results of its calls so far. */
  readonly results: (readonly SymbolicTensor[])[];
}

/** Reads a functional model: layers, their calls, inputs and outputs. */
export class GraphReader {
  readonly #reader: LayerReader;
  readonly #config: JsonRecord;
  readonly #where: string;
  readonly #depth: number;
  readonly #parts: ReadonlyMap<string, Part>;

  constructor(reader: LayerReader, config: JsonRecord, where: string, depth: number) {
    this.#reader = reader;
    this.#config = config;
    this.#where = where;
    this.#depth = depth;
    const parts = new Map<string, Part>();
    for (const entry of reader.entries(config["layers"], where)) {
      if (parts.has(entry.name)) throw refusal(entry.where, "two layers have this name");
      const nodes = readNodes((entry.record["inbound_nodes"] as unknown) ?? [], entry.where);
      const hasOwn = hasOwnCall(entry, reader.isKeras3);
      parts.set(entry.name, { entry, nodes, hasOwn, layer: undefined, results: [] });
    }
    this.#parts = parts;
  }

  /** @param shapes - Shapes that the model is called on; undefined for the outermost one. */
  read(shapes: readonly Shape[] | undefined): Model {
    const where = this.#where;
    const references = readTensors(this.#config["input_layers"], where);
    if (shapes !== undefined && shapes.length !== references.length)
      throw refusal(where, `it has ${references.length} inputs and is called on ${shapes.length}`);
    const inputs = references.map((reference, index) => this.#start(reference, index, shapes));
    this.#callAll();
    const outputs = readTensors(this.#config["output_layers"], where).map((reference) =>
      this.#tensor(this.#called(reference, true)),
    );
    const { name, trainable } = this.#config;
    try {
      return new Model({
        inputs,
        outputs,
        ...(typeof name === "string" ? { name: layerName(name) } : {}),
        trainable: trainable !== false,
      });
    } catch (error) {
      throw refusal(where, messageOf(error).replace(/\.$/, ""), error);
    }
  }

  #start(reference: TensorReference, index: number, shapes: readonly Shape[] | undefined): SymbolicTensor {
    const part = this.#part(reference);
    if (part.entry.kind !== "InputLayer")
      throw refusal(part.entry.where, "it is an input of the model, expected an InputLayer");
    const given =
      shapes?.[index]?.slice(1).map(Number) ?? (index === 0 ? this.#reader.inputShape : undefined);
    const start = this.#reader.input(part.entry, given);
    part.results.push([start]);
    return start;
  }

  /** Calls layers as soon as what they need is there; a layer's calls stay in their order. */
  #callAll(): void {
    const waiting = new Map<Part, Part[]>();
    const ready = [...this.#parts.values()];
    for (let part = ready.shift(); part !== undefined; part = ready.shift()) {
      let blocker: Part | undefined;
      while (part.results.length < part.nodes.length) {
        blocker = this.#blocker(part);
        if (blocker !== undefined) break;
        this.#call(part);
        ready.push(...(waiting.get(part) ?? []));
        waiting.delete(part);
      }
      if (blocker !== undefined) waiting.set(blocker, [...(waiting.get(blocker) ?? []), part]);
    }
    const [stuck] = [...waiting.values()].flat();
    if (stuck !== undefined)
      throw refusal(
        stuck.entry.where,
        "it needs what is only computed from it, or from a layer that is never called",
      );
  }

  /** The layer whose call is missing for the next call of this one. */
  #blocker(part: Part): Part | undefined {
    const { inputs } = part.nodes[part.results.length]!;
    return inputs
      .map((reference) => this.#called(reference, false))
      .map((reference) => ({ reference, source: this.#part(reference) }))
      .find(({ reference, source }) => source.results[reference.node] === undefined)?.source;
  }

  #call(part: Part): void {
    const { inputs, training, operand } = part.nodes[part.results.length]!;
    const tensors = inputs.map((reference) => this.#tensor(this.#called(reference, false)));
    const { where, kind } = part.entry;
    if (kind === "InputLayer") throw refusal(where, "it is called, an input cannot be");
    part.layer ??=
      operand === undefined
        ? this.#reader.layer(
            part.entry,
            tensors.map(({ shape }) => shape),
            this.#depth,
          )
        : arithmeticLayer(kind, operand, part.entry.name, where);
    try {
      part.results.push(part.layer.applyAll(tensors, training === undefined ? {} : { training }));
    } catch (error) {
      throw refusal(where, messageOf(error).replace(/\.$/, ""), error);
    }
  }

  /**
   * A reference with the calls counted from 0. Keras counts a model's own graph as its first call, so that those in another model
   * begin with 1: before Keras 3 everywhere, since then among the outputs alone.
   */
  #called(reference: TensorReference, isOutput: boolean): TensorReference {
    const { nodes, hasOwn } = this.#part(reference);
    const { node } = reference;
    if (!hasOwn || (this.#reader.isKeras3 && !isOutput)) return reference;
    // A few versions count otherwise, which shows in numbers that cannot be.
    return node === 0 || node > nodes.length ? reference : { ...reference, node: node - 1 };
  }

  #part({ layer }: TensorReference): Part {
    const part = this.#parts.get(layer);
    if (part === undefined)
      throw refusal(this.#where, `the layer ${JSON.stringify(layer)} is used but not there`);
    return part;
  }

  #tensor(reference: TensorReference): SymbolicTensor {
    const part = this.#part(reference);
    const tensor = part.results[reference.node]?.[reference.index];
    if (tensor !== undefined) return tensor;
    throw refusal(
      part.entry.where,
      `output ${reference.index} of call ${reference.node} is used but not there`,
    );
  }
}

/** Whether a model in another one has a first call of its own that Keras 2 counts: a Sequential only if it was made with an input. */
function hasOwnCall({ kind, record, config }: LayerEntry, isKeras3: boolean): boolean {
  if (kind === "Functional" || kind === "Model") return true;
  if (kind !== "Sequential" || isKeras3) return false;
  const inner: unknown = Array.isArray(record["config"]) ? record["config"] : config["layers"];
  const first: unknown = Array.isArray(inner) ? inner[0] : undefined;
  if (!isRecord(first)) return false;
  return (
    first["class_name"] === "InputLayer" ||
    (isRecord(first["config"]) && "batch_input_shape" in first["config"])
  );
}
