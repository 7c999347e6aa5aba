import path from "node:path";

/** A base network's name, or the full path of the bundle that it is taken from, so that a run can be taken up from any folder. */
export function basePlace(base: string): string {
  return /[\\/]/.test(base) ? path.resolve(base) : base;
}
