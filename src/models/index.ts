export { Sequential, sequential } from "./sequential.ts";
