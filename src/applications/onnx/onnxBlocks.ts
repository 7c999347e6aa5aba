import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";
import { pictureInput } from "../../onnx/model/pictureInput.ts";
import { type PlainNode, plainGraph } from "../../onnx/model/plainNodes.ts";
import { singleValues } from "../../onnx/model/reach.ts";
import type { OnnxModel } from "../../onnx/model/readModel.ts";
import { layerNameOf } from "./nodes/layerName.ts";

/** A part of a model that begins where everything goes through one value: a residual block, a layer of a transformer. */
export interface OnnxBlock {
  /** That of its first node with weights, as a layer is named. */
  readonly name: string;
  /** The value before it; undefined: the picture. */
  readonly from: string | undefined;
  readonly nodes: readonly PlainNode[];
}

/** The blocks of a model up to a cut. What has no weights belongs to the block before it. */
export function onnxBlocks(model: OnnxModel, cut: string, where: string): readonly OnnxBlock[] {
  const { nodes, weightAxes } = plainGraph(model, cut);
  const input = pictureInput(model.graph!, [cut], where).name;
  const ends = new Set(singleValues(model.graph!, input, cut));
  const hasWeights = (node: PlainNode) => node.inputs.some((name) => weightAxes(name) >= 2);
  const blocks: { name: string; from: string | undefined; nodes: PlainNode[] }[] = [];
  let from: string | undefined;
  let waiting: PlainNode[] = [];
  for (const node of nodes) {
    waiting.push(node);
    const end = node.outputs.find((name) => ends.has(name));
    if (end === undefined) continue;
    const first = waiting.find(hasWeights);
    const last = blocks.at(-1);
    if (first !== undefined || last === undefined)
      blocks.push({ name: layerNameOf((first ?? waiting[0]!).name), from, nodes: waiting });
    else last.nodes.push(...waiting);
    from = end;
    waiting = [];
  }
  return blocks;
}

/**
 * The block from which on the nodes of a model must be layers, so that a part of it can be trained.
 *
 * @param part - As for `unfrozenFrom`: `all`, `last:3`, a block, or `from:<node>`.
 * @throws PermafrostError UNKNOWN_NAME that lists the names.
 */
export function firstImported(blocks: readonly OnnxBlock[], part: string, where: string): OnnxBlock {
  if (part === "all") return blocks[0]!;
  const [, count] = /^last:([1-9]\d{0,5})$/.exec(part) ?? [];
  if (count !== undefined) return blocks[Math.max(0, blocks.length - Number(count))]!;
  const name = layerNameOf(part.replace(/^from:/, ""));
  const found = blocks.findLast(
    (block) => block.name === name || block.nodes.some((node) => layerNameOf(node.name) === name),
  );
  if (found !== undefined) return found;
  const known = blocks.map((block) => block.name);
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `unfreeze ${JSON.stringify(part)}: ${where} has no such node.${didYouMean(name, known)} Expected all, last:<number of blocks>, or from:<node>; its blocks begin at ${known.join(", ")}.`,
    { details: { name: part, known } },
  );
}
