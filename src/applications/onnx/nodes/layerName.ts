/** The name of the layer that a node becomes: slashes, which paths of weights are joined with, become points. */
export function layerNameOf(node: string): string {
  return node.replaceAll(/[/\\]+/g, ".").replaceAll(/^\.+|[\p{Cc}\s]/gu, "") || "node";
}
