import type { Diagram, DiagramNode, DiagramState } from "./diagram.ts";
import { layeredLayout, type Point } from "./layout.ts";

/** Ground and edge of a box, and what its colour means. */
const looks: Readonly<Record<DiagramState, readonly [ground: string, edge: string, meaning: string]>> = {
  input: ["#ffffff", "#566372", "data"],
  frozen: ["#dbe9f4", "#0f5c8c", "frozen weights"],
  trained: ["#fbe3d2", "#b3470f", "trained weights"],
  random: ["#eadff3", "#6b3fa0", "random in training"],
  plain: ["#f1f4f7", "#8a97a5", "no weights"],
  loss: ["#f7d7da", "#9b1c2b", "loss"],
  gradient: ["#fdf3d0", "#8a6d00", "gradient"],
};

const boxHeight = 38;
const margin = 24;
/** Mean width of a character of 12 pixels. */
const characterWidth = 6.9;
const boldWidth = 7.6;
const lineHeight = 18;
const leastWidth = 680;

/** A diagram as a picture: one box a use of a layer, arrows with shapes, the cut as a dashed bar across what is stored. */
export function diagramSvg(diagram: Diagram): string {
  const { nodes, edges } = diagram;
  const sizes = nodes.map((node) => ({ width: boxWidth(node), height: boxHeight }));
  const layout = layeredLayout(sizes, edges);
  const width = Math.max(layout.width + 2 * margin + 160, leastWidth);
  const notes = wrapped(diagram.cut, Math.floor((width - 2 * margin) / characterWidth));
  const top = margin + 34 + notes.length * lineHeight + 54;
  const left = (width - layout.width) / 2;
  const moved = ({ x, y }: Point): Point => ({ x: x + left, y: y + top });
  const ways = layout.ways.map((way) => way.map(moved));
  const boxes = layout.centres.map((centre, index) => box(nodes[index]!, moved(centre), sizes[index]!.width));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(layout.height + top + margin)}" font-family="system-ui, sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#566372"/></marker></defs>',
    text(margin, margin + 12, diagram.title, 'font-size="17" font-weight="600" fill="#17212b"'),
    ...notes.map((line, index) => text(margin, margin + 34 + index * lineHeight, line, 'fill="#566372"')),
    ...legend(nodes, top - 44),
    ...ways.map(arrow),
    ...cutBars(diagram, ways),
    ...shapeLabels(diagram, ways),
    ...boxes,
    "</svg>",
    "",
  ].join("\n");
}

function boxWidth(node: DiagramNode): number {
  return Math.max(110, title(node).length * boldWidth + 20, subtitle(node).length * characterWidth + 20);
}

/** The layer's own name; paths of models inside would make every box as wide as the longest. */
function title({ name, state }: DiagramNode): string {
  const own = name.slice(name.lastIndexOf("/") + 1);
  return state === "gradient" ? `∇ ${own}` : own;
}

function subtitle({ kind, parameters, trainedParameters, state }: DiagramNode): string {
  const count = (weights: number) => weights.toLocaleString("en-US");
  if (state === "gradient") {
    return trainedParameters === 0 ? "gradient" : `updates ${count(trainedParameters)} weights`;
  }
  return parameters === 0 ? kind : `${kind} · ${count(parameters)}`;
}

function box(node: DiagramNode, { x, y }: Point, width: number): string {
  const [ground, edge] = looks[node.state];
  const place = `x="${round(x - width / 2)}" y="${round(y - boxHeight / 2)}" width="${round(width)}" height="${boxHeight}"`;
  return [
    "<g>",
    `<title>${escaped(`${node.name}: ${node.kind} ${node.shape}`)}</title>`,
    `<rect ${place} rx="5" fill="${ground}" stroke="${edge}"/>`,
    text(x, y - 3, title(node), 'text-anchor="middle" font-weight="600" fill="#17212b"'),
    text(x, y + 12, subtitle(node), 'text-anchor="middle" font-size="11" fill="#3c4854"'),
    "</g>",
  ].join("");
}

/** A smooth line through its points, each part leaving and arriving vertically. */
function arrow(way: readonly Point[]): string {
  const [start, ...rest] = way;
  let path = `M${round(start!.x)} ${round(start!.y)}`;
  let from = start!;
  for (const to of rest) {
    const middle = round((from.y + to.y) / 2);
    path += `C${round(from.x)} ${middle} ${round(to.x)} ${middle} ${round(to.x)} ${round(to.y)}`;
    from = to;
  }
  return `<path d="${path}" fill="none" stroke="#566372" marker-end="url(#tip)"/>`;
}

/** A dashed bar right below each box whose output is kept. */
function cutBars({ edges }: Diagram, ways: readonly (readonly Point[])[]): readonly string[] {
  const starts = new Map(
    edges.flatMap(({ from, isCut }, index) => (isCut ? [[from, ways[index]![0]!] as const] : [])),
  );
  return [...starts.values()].map(({ x, y }) =>
    [
      `<path d="M${round(x - 90)} ${round(y + 20)}h180" stroke="#9b1c2b" stroke-width="2" stroke-dasharray="7 4"/>`,
      text(x - 96, y + 24, "cut", 'text-anchor="end" font-weight="600" fill="#9b1c2b"'),
    ].join(""),
  );
}

/** The shape that leaves a box, once, where it changes or where the cut is. */
function shapeLabels({ nodes, edges }: Diagram, ways: readonly (readonly Point[])[]): readonly string[] {
  const labelled = new Set<number>();
  return edges.flatMap(({ from, to }, index) => {
    const isGradient = nodes[to]!.state === "gradient" || nodes[to]!.state === "loss";
    if (labelled.has(from) || isGradient) return [];
    labelled.add(from);
    const { x, y } = ways[index]![0]!;
    return [text(x + 8, y + 13, nodes[from]!.shape, 'font-size="10" fill="#566372"')];
  });
}

function legend(nodes: readonly DiagramNode[], y: number): readonly string[] {
  const used = new Set(nodes.map(({ state }) => state));
  let x = margin;
  return Object.entries(looks).flatMap(([state, [ground, edge, meaning]]) => {
    if (!used.has(state as DiagramState)) return [];
    const swatch = `<rect x="${x}" y="${y - 10}" width="14" height="14" rx="3" fill="${ground}" stroke="${edge}"/>`;
    const label = text(x + 20, y + 2, meaning, 'fill="#3c4854"');
    x += 36 + Math.ceil(meaning.length * characterWidth);
    return [swatch, label];
  });
}

function wrapped(sentence: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of sentence.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(content)}</text>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(content: string): string {
  return content.replaceAll(/[&<>"]/g, (character) => entities[character]!);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
