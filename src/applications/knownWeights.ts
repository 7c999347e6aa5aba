import { PermafrostError } from "../base/errors.ts";
import { sameSpelling } from "../base/identifiers.ts";
import { didYouMean } from "../base/names.ts";
import type { PublishedFile } from "../fetching/publishedFile.ts";
import type { Application } from "./application.ts";
import type { CatalogueApplication } from "./catalogueApplication.ts";
import type { PublishedWeights } from "./chosenWeights.ts";
import { applications, baseNames } from "./index.ts";
import { toBeFetched } from "./openNamedWeights.ts";

/** A published file of weights, and the network that it is for. */
export interface KnownWeights extends PublishedWeights, PublishedFile {
  /** Its name on the command line. */
  readonly base: string;
}

/** All published files of weights of all networks. */
export function knownWeights(): readonly KnownWeights[] {
  return applications.flatMap((application) => weightsOfApplication(application));
}

function weightsOfApplication(application: Application): readonly KnownWeights[] {
  if (!isOfCatalogue(application)) return [];
  const { commandName: base, published } = application;
  return published.map((one) => ({ ...toBeFetched(application, one), base }));
}

function isOfCatalogue(application: Application): application is CatalogueApplication {
  return "published" in application;
}

/**
 * The published weights of a network by its name in any spelling.
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the names; INVALID_ARGUMENT for a network without published weights.
 */
export function weightsOfBase(name: string, includeTop: boolean): KnownWeights {
  const application = applications.find((one) => sameSpelling(one.name) === sameSpelling(name));
  if (application === undefined) {
    throw new PermafrostError(
      "UNKNOWN_NAME",
      `unknown base network ${JSON.stringify(name)}.${didYouMean(name, baseNames)} Known: ${baseNames.join(", ")}.`,
    );
  }
  const found = weightsOfApplication(application).find((one) => one.includeTop === includeTop);
  if (found !== undefined) return found;
  const why =
    application.weights.length > 0 ? "its weights come with the package" : "no weights are published of it";
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${application.commandName}: there is nothing to fetch, ${why}.`,
  );
}
