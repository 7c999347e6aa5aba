import path from "node:path";
import { temporaryFolder, writeStripes } from "./pictures.ts";
import { type CliRun, type RunOptions, runCli } from "./runCli.ts";

/** A folder with pictures, a feature store of its own and room for bundles. */
export interface Workplace {
  readonly folder: string;
  /** Class folders with striped pictures. */
  readonly photos: string;
  readonly store: string;
  /** A path inside the folder. */
  at(...names: string[]): string;
  /** Runs the command line here, with this store. */
  run(words: readonly string[], options?: RunOptions): Promise<CliRun>;
}

export const stripeClasses = ["across", "slanted", "upright"] as const;

/** The smallest pictures that the base takes: training takes a second or two. */
export const small = ["--image-size", "96"] as const;

export async function workplace(name: string, perClass: number): Promise<Workplace> {
  const folder = await temporaryFolder(name);
  const at = (...names: string[]) => path.join(folder, ...names);
  const photos = at("photos");
  const store = at("store");
  if (perClass > 0) await writeStripes(photos, stripeClasses, perClass);
  return {
    folder,
    photos,
    store,
    at,
    run: (words, options = {}) =>
      runCli(words, {
        cwd: folder,
        ...options,
        environment: { PERMAFROST_STORE: store, ...options.environment },
      }),
  };
}
