import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, Node, Value } from "../graph/graph.ts";
import { nodesBehind, workspaceOf } from "../graph/values.ts";
import { operators } from "../ops/index.ts";
import { copyNode } from "./rewrite.ts";
import { cutSegments, elementsOf } from "./segments.ts";

/**
 * The same training step with less memory and one more forward pass: of the forward values that gradients are computed from,
 * only those that cross from one segment to the next are kept. The others are computed once more, from the same values by the
 * same operators, when the backward pass reaches their segment. The last segment is kept: it is needed at once. Nor is a form kept
 * in which both passes lay out a value: the backward pass lays it out when it comes to it.
 *
 * @param gradients - The names of the outputs that belong to the backward pass.
 */
export function recomputeActivations(graph: Graph, gradients: ReadonlySet<string>): Graph {
  const isGradient = ({ name }: Value) => gradients.has(name);
  const results = graph.outputs.filter((output) => !isGradient(output));
  const ahead = new Set(nodesBehind(results));
  const forward = graph.nodes.filter((node) => ahead.has(node));
  const backward = graph.nodes.filter((node) => !ahead.has(node));
  const walk = new BackwardWalk(stretchesOf(forward, backward, results), formsOf(forward));
  for (const node of backward) walk.add(node);
  return {
    inputs: graph.inputs,
    nodes: [...forward, ...walk.nodes],
    outputs: graph.outputs.map((output) => (isGradient(output) ? walk.valueOf(output) : output)),
  };
}

function stretchesOf(
  forward: readonly Node[],
  backward: readonly Node[],
  results: readonly Value[],
): readonly Stretch[] {
  const wanted = new Set(backward.flatMap(({ inputs }) => inputs));
  const segments = cutSegments(forward, ({ outputs }) =>
    outputs.reduce((sum, output) => sum + (wanted.has(output) ? elementsOf(output) : 0), 0),
  );
  return segments.slice(0, -1).map((segment) => {
    const own = new Set(segment);
    const others = forward.filter((node) => !own.has(node)).flatMap(({ inputs }) => inputs);
    return stretchOf(segment, new Set([...others, ...results]), wanted);
  });
}

/** The names of the forms in which nodes lay out a value. */
function formsOf(nodes: readonly Node[]): ReadonlyMap<Value, ReadonlySet<string>> {
  const forms = new Map<Value, Set<string>>();
  for (const node of nodes) {
    const { form } = workspaceOf(node);
    const [value] = node.inputs;
    if (form === undefined || value === undefined) continue;
    forms.set(value, (forms.get(value) ?? new Set()).add(form.name));
  }
  return forms;
}

/** Copies the backward pass; before the first node that wants a value of a segment, the segment is computed again. */
class BackwardWalk {
  readonly nodes: Node[] = [];
  readonly #stretches = new Map<Value, Stretch>();
  readonly #standIns = new Map<Value, Value>();
  readonly #forms: ReadonlyMap<Value, ReadonlySet<string>>;
  /** Values by the names of what delays them. */
  readonly #delayed = new Map<string, Value>();
  /** The last gradient that grows with the batch: what is computed again waits for it. */
  #signal: Value | undefined;

  constructor(stretches: readonly Stretch[], forms: ReadonlyMap<Value, ReadonlySet<string>>) {
    this.#forms = forms;
    for (const stretch of stretches) for (const value of stretch.inner) this.#stretches.set(value, stretch);
  }

  valueOf(value: Value): Value {
    return this.#standIns.get(value) ?? value;
  }

  add(node: Node): void {
    for (const input of node.inputs) {
      const stretch = this.#stretches.get(input);
      if (stretch !== undefined && !this.#standIns.has(input) && this.#signal !== undefined) {
        this.#computeAgain(stretch, this.#signal);
      }
    }
    const inputs = node.inputs.map((input) => this.valueOf(input));
    const { form } = workspaceOf(node);
    const isLaidOut = form !== undefined && this.#forms.get(node.inputs[0]!)?.has(form.name);
    if (isLaidOut && this.#signal !== undefined) inputs[0] = this.#delay(inputs[0]!, this.#signal);
    const copy = copyNode(node, inputs);
    this.nodes.push(copy);
    for (const [index, output] of node.outputs.entries()) this.#standIns.set(output, copy.outputs[index]!);
    this.#signal = copy.outputs.findLast((output) => elementsOf(output) > 0) ?? this.#signal;
  }

  #computeAgain({ inner, again }: Stretch, signal: Value): void {
    const inputOf = (value: Value): Value => {
      if (inner.has(value)) return this.valueOf(value);
      return elementsOf(value) === 0 || isRandom(value) ? value : this.#delay(value, signal);
    };
    for (const node of again) {
      const copy = copyNode(node, node.inputs.map(inputOf), recomputedName);
      this.nodes.push(copy);
      for (const [index, output] of node.outputs.entries()) {
        if (inner.has(output)) this.#standIns.set(output, copy.outputs[index]!);
      }
    }
  }

  #delay(value: Value, signal: Value): Value {
    const name = `${recomputedName(value.name)}/after/${signal.name}`;
    const known = this.#delayed.get(name);
    if (known !== undefined) return known;
    const late = new GraphBuilder().apply(operators.after, [value, signal], {});
    if (late.source.kind !== "node") return late;
    const node = copyNode(late.source.node, [value, signal], () => name);
    this.nodes.push(node);
    this.#delayed.set(name, node.outputs[0]!);
    return node.outputs[0]!;
  }
}

/** What is computed again of one segment. */
interface Stretch {
  /** The segment's values that nothing outside it but the backward pass uses: they are not kept. */
  readonly inner: ReadonlySet<Value>;
  /** The nodes behind those that the backward pass uses. */
  readonly again: readonly Node[];
}

function stretchOf(
  nodes: readonly Node[],
  usedElsewhere: ReadonlySet<Value>,
  wanted: ReadonlySet<Value>,
): Stretch {
  const results = nodes.flatMap(({ outputs }) => outputs);
  const inner = new Set(results.filter((value) => elementsOf(value) > 0 && !usedElsewhere.has(value)));
  const given = new Set(nodes.flatMap(({ inputs }) => inputs).filter((value) => !inner.has(value)));
  const needed = new Set(
    nodesBehind(
      [...inner].filter((value) => wanted.has(value)),
      given,
    ),
  );
  return { inner, again: nodes.filter((node) => needed.has(node)) };
}

function isRandom({ source }: Value): boolean {
  return source.kind === "input" && source.role.kind === "random";
}

function recomputedName(name: string): string {
  return `recomputed/${name}`;
}
