import { PermafrostError } from "../base/errors.ts";
import { sameSpelling } from "../base/identifiers.ts";
import { didYouMean } from "../base/names.ts";
import type { Application, ApplicationOptions, BaseNetwork } from "./application.ts";
import type { CatalogueOptions } from "./catalogue.ts";
import { mobileNetV3Small, mobileNetV3SmallApplication } from "./mobileNetV3Small.ts";
import { small, smallApplication, vggLike, vggLikeApplication } from "./smallEncoders.ts";
import { vgg16, vgg16Application, vgg19, vgg19Application } from "./vgg.ts";

export type { Application, ApplicationOptions } from "./application.ts";
export { BaseNetwork } from "./application.ts";
export type { CatalogueOptions } from "./catalogue.ts";
export { mobileNetV3Small } from "./mobileNetV3Small.ts";
export { small, vggLike } from "./smallEncoders.ts";
export { vgg16, vgg19 } from "./vgg.ts";

interface Entry {
  readonly application: Application;
  create(options?: ApplicationOptions): Promise<BaseNetwork>;
}

/** Every base network. A new one is a file here and a line in this list. */
const entries: readonly Entry[] = [
  { application: mobileNetV3SmallApplication, create: mobileNetV3Small },
  { application: smallApplication, create: small },
  { application: vggLikeApplication, create: vggLike },
  { application: vgg16Application, create: withoutTop(vgg16) },
  { application: vgg19Application, create: withoutTop(vgg19) },
];

/** A base network has no classifier unless one is asked for. */
function withoutTop(create: (options: CatalogueOptions) => Promise<BaseNetwork>): Entry["create"] {
  return (options = {}) => create({ ...options, includeTop: false });
}

/** What is known of every base network. */
export const applications: readonly Application[] = entries.map((entry) => entry.application);

/** The names that the command line takes for `--base`. */
export const baseNames: readonly string[] = applications.map((application) => application.commandName);

/**
 * A base network by its name, in any spelling ("mobilenet_v3_small", "mobileNetV3Small").
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the names and the nearest one.
 */
export async function createBase(name: string, options: ApplicationOptions = {}): Promise<BaseNetwork> {
  const wanted = sameSpelling(name);
  const entry = entries.find(({ application }) => sameSpelling(application.name) === wanted);
  if (entry !== undefined) return entry.create(options);
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `unknown base network ${JSON.stringify(name)}.${didYouMean(name, baseNames)} Known: ${baseNames.join(", ")}.`,
    { details: { name, known: baseNames } },
  );
}
