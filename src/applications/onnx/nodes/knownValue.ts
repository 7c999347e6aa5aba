import { PermafrostError } from "../../../base/errors.ts";
import type { PlainNode } from "../../../onnx/model/plainNodes.ts";
import type { Shape } from "../../../tensor/shape.ts";
import { evaluate } from "./evaluate.ts";
import { type Fixed, listOf } from "./fixed.ts";

/** What is known of a value of a model while its nodes are taken up one by one; T is what stands for a computed one. */
export type Known<T> =
  | { readonly kind: "computed"; readonly tensor: T }
  /** Batch and heads are one axis in the model, two here: [batch, heads, ...]. */
  | { readonly kind: "merged"; readonly tensor: T }
  | { readonly kind: "fixed"; readonly fixed: Fixed }
  /** Computed below the part that is taken up: only its shape is known. */
  | { readonly kind: "shape"; readonly shape: Shape }
  /** Says where another value is no number. */
  | { readonly kind: "isNaN"; readonly of: T };

/** Operators that do the same to heads whether they are an axis of their own or part of the batch. */
export const onHeads: ReadonlySet<string> = new Set(["MatMul", "Softmax", "Transpose"]);

/**
 * The results of a node that needs no rule: it is computed now, or only changes what is known. Undefined for all others.
 *
 * @throws PermafrostError NO_GRADIENT when it takes up fixed values alone and cannot be computed.
 */
export function shortcut<T>(
  node: PlainNode,
  inputs: readonly (Known<T> | undefined)[],
  shapeOf: (tensor: T) => Shape,
): readonly Known<T>[] | undefined {
  const [x] = inputs;
  if (node.opType === "Shape" && x !== undefined && x.kind !== "fixed") return [sizesOf(node, x, shapeOf)];
  if (inputs.every((input) => input === undefined || input.kind === "fixed")) {
    const fixed = evaluate(
      node,
      inputs.flatMap((input) => (input?.kind === "fixed" ? [input.fixed] : [])),
    );
    if (fixed !== undefined) return [{ kind: "fixed", fixed }];
    throw new PermafrostError("NO_GRADIENT", "it cannot be computed beforehand");
  }
  if (node.opType === "IsNaN" && x?.kind === "computed") return [{ kind: "isNaN", of: x.tensor }];
  if (node.opType === "Where" && x?.kind === "isNaN") return guarded(x.of, inputs);
  return node.opType === "Reshape" ? joinedHeads(inputs, shapeOf) : undefined;
}

function sizesOf<T>(
  { attributes }: PlainNode,
  x: Exclude<Known<T>, { kind: "fixed" }>,
  shapeOf: (tensor: T) => Shape,
): Known<T> {
  if (x.kind === "merged" || x.kind === "isNaN")
    throw new PermafrostError("NO_GRADIENT", "the batch and the heads are one axis there");
  const shape = x.kind === "shape" ? x.shape : shapeOf(x.tensor);
  const [start, end] = [attributes.get("start"), attributes.get("end")];
  const part = shape.slice(typeof start === "number" ? start : 0, typeof end === "number" ? end : undefined);
  return { kind: "fixed", fixed: listOf(part) };
}

/** PyTorch's exporter puts 0 where attention is no number, which it is for rows that are masked as a whole; here are none. */
function guarded<T>(
  of: T,
  [, instead, x]: readonly (Known<T> | undefined)[],
): readonly Known<T>[] | undefined {
  const isZero = instead?.kind === "fixed" && Array.from(instead.fixed.items).every((item) => item === 0);
  return isZero && x?.kind === "computed" && x.tensor === of ? [x] : undefined;
}

/** [batch, heads, a, b] to [batch · heads, a, b], and back. */
function joinedHeads<T>(
  [x, shape]: readonly (Known<T> | undefined)[],
  shapeOf: (tensor: T) => Shape,
): readonly Known<T>[] | undefined {
  if (shape?.kind !== "fixed" || (x?.kind !== "computed" && x?.kind !== "merged")) return undefined;
  const wanted = Array.from(shape.fixed.items);
  const own = shapeOf(x.tensor);
  if (own.length !== 4) return undefined;
  const isSame = (from: number) =>
    wanted.slice(from).every((size, axis) => size === own.slice(4 - wanted.length + from)[axis]);
  if (x.kind === "computed")
    return wanted.length === 3 && wanted[0] === -1 && own[1] !== 1 && isSame(1)
      ? [{ kind: "merged", tensor: x.tensor }]
      : undefined;
  return wanted.length === 4 && isSame(1) ? [{ kind: "computed", tensor: x.tensor }] : undefined;
}

/** A node on [batch · heads, a, b] as one on [batch, heads, a, b]. */
export function withHeads(node: PlainNode): PlainNode {
  const perm = node.attributes.get("perm");
  if (node.opType !== "Transpose" || !Array.isArray(perm)) return node;
  return { ...node, attributes: new Map([["perm", [0, ...(perm as number[]).map((axis) => axis + 1)]]]) };
}
