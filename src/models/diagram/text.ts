import type { Diagram, DiagramNode } from "./diagram.ts";

/** A diagram for a terminal: one line a use of a layer, with what it takes; a rule where the cut is. */
export function diagramText({ title, cut, nodes, edges }: Diagram): string {
  const lines = [`${title}: ${cut}`, ""];
  const columns = nodes.map((node) => [node.state, shownName(node), node.kind, node.shape]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...columns.map((row) => row[column]!.length)));
  let isStored = nodes[0]?.isStored ?? false;
  for (const [place, node] of nodes.entries()) {
    if (isStored && !node.isStored)
      lines.push(`${"-".repeat(12)} cut: what is above is computed once for each view`);
    isStored = node.isStored;
    const cells = columns[place]!.map((cell, column) => cell.padEnd(widths[column]!));
    const sources = edges.filter(({ to }) => to === place).map(({ from }) => shownName(nodes[from]!));
    const isNext = sources.length === 0 || (sources.length === 1 && sources[0] === previous(nodes, place));
    lines.push(`${cells.join("  ")}${isNext ? "" : `  <- ${sources.join(", ")}`}`.trimEnd());
  }
  return `${lines.join("\n")}\n`;
}

function previous(nodes: readonly DiagramNode[], place: number): string | undefined {
  const before = nodes[place - 1];
  return before && shownName(before);
}

function shownName({ name, state }: DiagramNode): string {
  return state === "gradient" ? `gradient of ${name}` : name;
}
