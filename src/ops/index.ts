import * as elementwise from "./elementwise.ts";

/** Every operator by name. A new operator is an entry in its family's file; the compiler then asks for its rules. */
export const operators = { ...elementwise } as const;

export type Operators = typeof operators;
export type OperatorName = keyof Operators;
