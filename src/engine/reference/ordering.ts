import type { Evaluate } from "./array.ts";

export const after: Evaluate<unknown> = ([x]) => x!;
