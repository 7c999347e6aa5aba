import { printGraph } from "../../graph/print.ts";
import type { Model } from "../functional.ts";
import type { Diagram } from "./diagram.ts";
import { type DiagramOptions, modelDiagram, operatorGraph } from "./modelDiagram.ts";
import { diagramSvg } from "./svg.ts";
import { diagramText } from "./text.ts";

/** A drawn model, in the form that is wanted. */
export interface GraphDrawing {
  /** Boxes and arrows as plain data. */
  readonly diagram: Diagram;
  /** A picture. */
  readonly svg: string;
  /** Lines for a terminal. */
  readonly text: string;
  /** Every operator, one a line. */
  readonly operators: string;
}

/**
 * Draws a model: its layers, what is frozen, trained or random, where the frozen prefix is cut, and with `training` the
 * gradients that flow back. Nothing is computed.
 *
 * @example await writeFile("model.svg", drawGraph(model, { training: true }).svg);
 */
export function drawGraph(model: Model, options: DiagramOptions = {}): GraphDrawing {
  const diagram = modelDiagram(model, options);
  return {
    diagram,
    get svg() {
      return diagramSvg(diagram);
    },
    get text() {
      return diagramText(diagram);
    },
    get operators() {
      return `${printGraph(operatorGraph(model, options))}\n`;
    },
  };
}
