import { sumTo } from "../broadcasting.ts";
import type { VjpRule } from "../rule.ts";

export const broadcastTo: VjpRule<unknown> = ({ g, inputs: [x], dy }) => [sumTo(g, dy, x!.type.shape)];

export const broadcastLike: VjpRule<unknown> = ({ g, inputs: [x], dy }) => [
  sumTo(g, dy, x!.type.shape),
  undefined,
];
