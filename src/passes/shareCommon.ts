import type { Node, Value } from "../graph/graph.ts";
import type { Rewrite } from "./rewrite.ts";

/** Constants up to this length are compared by their elements, longer ones by the array that holds them. */
const comparedElements = 64;

/**
 * Common subexpressions: a node that applies an operator with the same attributes to the same values as one before it gives the
 * same bits, since random numbers are inputs. ONNX Runtime shares them as well, so sharing changes nothing that it computes.
 */
export function shareCommon(): Rewrite {
  const numbers = new Numbering();
  const first = new Map<string, Node>();
  return (node) => {
    const inputs = node.inputs.map((input) => numbers.of(input));
    const key = `${node.op.name}(${inputs.join()}) ${attributesText(node.attributes)}`;
    const same = first.get(key);
    if (same === undefined) first.set(key, node);
    return same?.outputs;
  };
}

/** Gives values numbers, equal ones the same. */
class Numbering {
  readonly #numbers = new Map<unknown, number>();

  of(value: Value): number {
    const { source } = value;
    if (source.kind !== "constant") return this.#numberOf(value);
    const { dtype, shape, data } = source.tensor;
    const content = data.length > comparedElements ? this.#numberOf(data) : bytesText(data);
    return this.#numberOf(`${dtype}[${shape.join()}] ${content}`);
  }

  #numberOf(key: unknown): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/** JSON that tells infinities, NaN and -0 apart. */
function attributesText(attributes: unknown): string {
  return JSON.stringify(attributes, (_key, member: unknown) =>
    typeof member === "number" && (!Number.isFinite(member) || Object.is(member, -0))
      ? { number: Object.is(member, -0) ? "-0" : String(member) }
      : member,
  );
}

/** By bytes: 0 and -0 differ. */
function bytesText(data: ArrayBufferView): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
}
