import { PermafrostError } from "../base/errors.ts";
import { sameSpelling } from "../base/identifiers.ts";
import { didYouMean } from "../base/names.ts";
import type { Application, ApplicationOptions, BaseNetwork } from "./application.ts";
import { mobileNetV3Small, mobileNetV3SmallApplication } from "./mobileNetV3Small.ts";
import { small, smallApplication, vggLike, vggLikeApplication } from "./smallEncoders.ts";

export type { Application, ApplicationOptions } from "./application.ts";
export { BaseNetwork } from "./application.ts";
export { mobileNetV3Small } from "./mobileNetV3Small.ts";
export { small, vggLike } from "./smallEncoders.ts";

interface Entry {
  readonly application: Application;
  create(options?: ApplicationOptions): Promise<BaseNetwork>;
}

/** Every base network. A new one is a file here and a line in this list. */
const entries: readonly Entry[] = [
  { application: mobileNetV3SmallApplication, create: mobileNetV3Small },
  { application: smallApplication, create: small },
  { application: vggLikeApplication, create: vggLike },
];

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
