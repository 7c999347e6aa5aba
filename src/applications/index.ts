import { PermafrostError } from "../base/errors.ts";
import { sameSpelling } from "../base/identifiers.ts";
import { didYouMean } from "../base/names.ts";
import type { Application, ApplicationOptions, BaseNetwork, Network } from "./application.ts";
import * as networks from "./networks.ts";

export type { Application, ApplicationOptions, Network } from "./application.ts";
export { BaseNetwork, isFoundAgain } from "./application.ts";
export type { CatalogueApplication, CatalogueOptions } from "./catalogueApplication.ts";
export * from "./networks.ts";

const entries: readonly Network[] = Object.values<Network>(networks).sort((a, b) =>
  a.application.commandName < b.application.commandName ? -1 : 1,
);

/** What is known of every base network, by the alphabet. */
export const applications: readonly Application[] = entries.map((entry) => entry.application);

/** The names that the command line takes for `--base`. */
export const baseNames: readonly string[] = applications.map((application) => application.commandName);

/** What a base network by its name can be asked for. */
export interface BaseOptions extends ApplicationOptions {
  /** The layer or block behind which it ends: "block4_pool", "block8". Default: before its classifier. */
  readonly cut?: string;
}

/**
 * A base network by its name, in any spelling ("mobilenet_v3_small", "mobileNetV3Small"), without its classifier.
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the names and the nearest one, of networks or of its layers; INVALID_ARGUMENT for a cut
 *   where no maps are.
 */
export async function createBase(name: string, options: BaseOptions = {}): Promise<BaseNetwork> {
  const { cut, ...others } = options;
  if (cut !== undefined) {
    const { pooling, ...maps } = others;
    const { cutNetwork } = await import("./cutNetwork.ts");
    return cutNetwork(await createBase(name, maps), cut, pooling);
  }
  if (options.architecture !== undefined) {
    const { architectureBase } = await import("./modelFile.ts");
    return architectureBase(options.architecture, applications, options);
  }
  const wanted = sameSpelling(name);
  const create = entries.find(({ application }) => sameSpelling(application.name) === wanted);
  if (create !== undefined) return create({ ...options, includeTop: false });
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `unknown base network ${JSON.stringify(name)}.${didYouMean(name, baseNames)} Known: ${baseNames.join(", ")}.`,
    { details: { name, known: baseNames } },
  );
}
