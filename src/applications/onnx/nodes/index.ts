import type { PlainNode } from "../../../onnx/model/plainNodes.ts";
import * as elementwise from "./elementwise.ts";
import * as movement from "./movement.ts";
import type { NodeRule } from "./nodeRule.ts";
import * as normalization from "./normalization.ts";
import * as pooling from "./pooling.ts";
import * as products from "./products.ts";
import * as reduction from "./reduction.ts";
import * as resizing from "./resizing.ts";

/** ONNX's operators that can become layers, by their names. A new one is an entry in its family's file. */
const rules: Readonly<Record<string, NodeRule>> = {
  ...elementwise,
  ...movement,
  ...normalization,
  ...pooling,
  ...products,
  ...reduction,
  ...resizing,
};

/** The names of all operators that can become layers. */
export const importedOperators: readonly string[] = Object.keys(rules).sort();

/** How a node becomes a layer; undefined: it cannot. */
export function ruleOf({ domain, opType }: PlainNode): NodeRule | undefined {
  const isKnown =
    (domain === "" || (domain === "com.microsoft" && opType === "Gelu")) && Object.hasOwn(rules, opType);
  return isKnown ? rules[opType] : undefined;
}
