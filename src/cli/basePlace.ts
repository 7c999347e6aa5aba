import { statSync } from "node:fs";
import path from "node:path";
import { isHubReference } from "../fetching/hub/hubReference.ts";

/**
 * A base or its weights as the command line names them: a name or a reference as it is, a place as its full path, so that a run can be
 * taken up from any folder.
 */
export function basePlace(base: string): string {
  if (isHubReference(base)) return base;
  const isFile = statSync(base, { throwIfNoEntry: false })?.isFile() === true;
  return isFile || /[\\/]/.test(base) ? path.resolve(base) : base;
}
