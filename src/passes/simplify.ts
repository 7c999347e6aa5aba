import type { Graph } from "../graph/graph.ts";
import { dropNoOps } from "./dropNoOps.ts";
import { foldConstants } from "./foldConstants.ts";
import { rewriteGraph } from "./rewrite.ts";
import { shareCommon } from "./shareCommon.ts";

/**
 * The same computation in fewer nodes: constants folded, what changes nothing dropped, common subexpressions shared, dead
 * values removed. The outputs keep their names, order and every bit.
 */
export function simplifyGraph(graph: Graph): Graph {
  return rewriteGraph(graph, [foldConstants(), dropNoOps(), shareCommon()]);
}
