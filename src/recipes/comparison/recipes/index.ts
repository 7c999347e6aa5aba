export { book53 } from "./book53.ts";
export { thread } from "./thread.ts";
