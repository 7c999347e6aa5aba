import { isRecord } from "../formats/json.ts";
import { refusal, shown } from "./refusal.ts";

/** A tensor of a configuration: of which layer, of which of its calls, which of the outputs. */
export interface TensorReference {
  readonly layer: string;
  readonly node: number;
  readonly index: number;
}

/** One call of a layer. */
export interface NodeConfig {
  readonly inputs: readonly TensorReference[];
  /** Fixed by the call; left out: as the network is run. */
  readonly training: boolean | undefined;
  /** A number beside the tensor: `x + 3`. */
  readonly operand?: number;
}

/**
 * The calls of a layer: Keras 3's `{ args, kwargs }` and the lists of lists of all versions before.
 *
 * @param where - File and layer, for messages.
 * @throws PermafrostError MODEL_UNSUPPORTED for calls with anything but tensors.
 */
export function readNodes(value: unknown, where: string): readonly NodeConfig[] {
  if (!Array.isArray(value)) throw refusal(where, "its inbound_nodes are no list");
  return value.map((node): NodeConfig => (isRecord(node) ? newNode(node, where) : oldNode(node, where)));
}

function newNode({ args, kwargs }: Readonly<Record<string, unknown>>, where: string): NodeConfig {
  const training = readKeywords(kwargs, where);
  if (!Array.isArray(args) || args.length > 2) {
    const count = Array.isArray(args) ? args.length : "other";
    throw refusal(where, `it is called with ${count} arguments, at most two are supported`);
  }
  const [tensor, operand] = args;
  if (args.length < 2 || typeof operand !== "number") return { inputs: newTensors(args, where), training };
  return { inputs: newTensors([tensor], where), training, operand };
}

function newTensors(args: readonly unknown[], where: string): readonly TensorReference[] {
  return args.flat().map((value) => {
    if (isRecord(value) && value["class_name"] === "__keras_tensor__" && isRecord(value["config"])) {
      const reference = referenceOf(value["config"]["keras_history"]);
      if (reference !== undefined) return reference;
    }
    throw refusal(where, `it is called with ${shown(value)}, only tensors and lists of them are supported`);
  });
}

/** `[["conv", 0, 0, {}], ...]`, or with one input that alone. */
function oldNode(node: unknown, where: string): NodeConfig {
  const list = Array.isArray(node) && typeof node[0] === "string" ? [node] : node;
  if (!Array.isArray(list)) throw refusal(where, `a call ${shown(node)} in its inbound_nodes`);
  let training: boolean | undefined;
  const inputs = list.map((entry: unknown) => {
    const reference = referenceOf(entry);
    if (reference === undefined) throw refusal(where, `a call on ${shown(entry)} in its inbound_nodes`);
    training ??= readKeywords((entry as readonly unknown[])[3], where);
    return reference;
  });
  return { inputs, training };
}

function referenceOf(value: unknown): TensorReference | undefined {
  if (!Array.isArray(value)) return undefined;
  const [layer, node, index] = value;
  const isSound =
    typeof layer === "string" && [node, index].every((number) => Number.isSafeInteger(number) && number >= 0);
  return isSound ? { layer, node, index } : undefined;
}

function readKeywords(value: unknown, where: string): boolean | undefined {
  let training: boolean | undefined;
  for (const [name, said] of Object.entries(isRecord(value) ? value : {})) {
    if (said === null || said === undefined) continue;
    if (name !== "training" || typeof said !== "boolean")
      throw refusal(where, `it is called with ${name} = ${shown(said)}, which is not supported`);
    training = said;
  }
  return training;
}

/** The tensors of `input_layers` or `output_layers`: one, a list, or a dictionary, whose order is kept. */
export function readTensors(value: unknown, where: string): readonly TensorReference[] {
  const one = referenceOf(value);
  if (one !== undefined) return [one];
  const list = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : undefined;
  if (list === undefined || list.length === 0)
    throw refusal(where, `its inputs or outputs are ${shown(value)}`);
  return list.flatMap((entry) => {
    const reference = referenceOf(entry);
    if (reference === undefined) throw refusal(where, `its inputs or outputs hold ${shown(entry)}`);
    return [reference];
  });
}
