import { PermafrostError } from "../base/errors.ts";
import type { CatalogueApplication, CatalogueOptions, PublishedWeights } from "./catalogue.ts";
import type { NamedWeights } from "./openNamedWeights.ts";

/**
 * The file of the weights asked for, open, and where it is from; undefined: random ones.
 *
 * @param variant - In which way the network differs from those of which weights are published; undefined: in none.
 */
export async function openChosenWeights(
  application: CatalogueApplication,
  options: CatalogueOptions,
  variant: string | undefined,
): Promise<NamedWeights | undefined> {
  const { weights = "imagenet", fetching } = options;
  if (weights === null || weights === "random") return undefined;
  // Loaded only here: most bases bring their weights along.
  const { openFileWeights, openPublishedWeights } = await import("./openNamedWeights.ts");
  if (weights !== "imagenet") return openFileWeights(weights, fetching);
  return openPublishedWeights(application, publishedFor(application, options, variant), fetching);
}

/** The published weights of this very form of the network. */
function publishedFor(
  { name, published }: CatalogueApplication,
  { includeTop = true, classes = 1000 }: CatalogueOptions,
  variant: string | undefined,
): PublishedWeights {
  const known = published.find((one) => one.includeTop === includeTop);
  if (known !== undefined && variant === undefined && (!includeTop || classes === 1000)) return known;
  const form = variant ?? (includeTop ? `with a classifier of ${classes} classes` : "without its classifier");
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${name}: no weights are published of this network ${form}. Give the path of a file as weights, or weights: "random" to begin with random ones.`,
    { details: { application: name } },
  );
}
