import type { VjpRule } from "../rule.ts";

export const after: VjpRule<unknown> = ({ dy }) => [dy, undefined];
