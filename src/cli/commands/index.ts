export { doctor } from "./doctor.ts";
export { evaluate } from "./evaluate.ts";
export { inspect } from "./inspect.ts";
export { plan } from "./plan.ts";
export { predict } from "./predict.ts";
export { scan } from "./scan.ts";
export { train } from "./train.ts";
export { verify } from "./verify.ts";
