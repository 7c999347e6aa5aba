import { PermafrostError } from "../base/errors.ts";
import { sameSpelling } from "../base/identifiers.ts";
import { didYouMean } from "../base/names.ts";
import type { Application, ApplicationOptions, BaseNetwork } from "./application.ts";
import type { CatalogueOptions } from "./catalogue.ts";
import { denseNet121, denseNet121Application } from "./denseNet.ts";
import { mobileNet, mobileNetApplication } from "./mobileNet.ts";
import { mobileNetV2, mobileNetV2Application } from "./mobileNetV2.ts";
import { mobileNetV3Small, mobileNetV3SmallApplication } from "./mobileNetV3Small.ts";
import { architectureBase } from "./modelFile.ts";
import { resNet50, resNet50Application } from "./resNet.ts";
import { small, smallApplication, vggLike, vggLikeApplication } from "./smallEncoders.ts";
import { vgg16, vgg16Application, vgg19, vgg19Application } from "./vgg.ts";

export type { Application, ApplicationOptions } from "./application.ts";
export { BaseNetwork, isFoundAgain } from "./application.ts";
export type { CatalogueOptions } from "./catalogue.ts";
export { denseNet121 } from "./denseNet.ts";
export { type MobileNetOptions, mobileNet } from "./mobileNet.ts";
export { type MobileNetV2Options, mobileNetV2 } from "./mobileNetV2.ts";
export { mobileNetV3Small } from "./mobileNetV3Small.ts";
export { type ModelFileOptions, modelFileBase } from "./modelFile.ts";
export { resNet50 } from "./resNet.ts";
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
  { application: resNet50Application, create: withoutTop(resNet50) },
  { application: mobileNetApplication, create: withoutTop(mobileNet) },
  { application: mobileNetV2Application, create: withoutTop(mobileNetV2) },
  { application: denseNet121Application, create: withoutTop(denseNet121) },
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
  if (options.architecture !== undefined)
    return architectureBase(options.architecture, applications, options);
  const wanted = sameSpelling(name);
  const entry = entries.find(({ application }) => sameSpelling(application.name) === wanted);
  if (entry !== undefined) return entry.create(options);
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `unknown base network ${JSON.stringify(name)}.${didYouMean(name, baseNames)} Known: ${baseNames.join(", ")}.`,
    { details: { name, known: baseNames } },
  );
}
