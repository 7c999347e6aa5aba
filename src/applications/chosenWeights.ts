import { PermafrostError } from "../base/errors.ts";
import type { FetchOptions } from "../fetching/settings.ts";
import type { Application } from "./application.ts";
import type { NamedWeights } from "./openNamedWeights.ts";

/** A file of weights as its authors publish it. */
export interface PublishedWeights {
  readonly file: string;
  /** The address of its folder. */
  readonly origin: string;
  /** With the classifier of ImageNet's 1000 classes. */
  readonly includeTop: boolean;
  /** One of the two; both left out: its authors give none. */
  readonly md5?: string;
  readonly sha256?: string;
  readonly licence: string;
}

/** What is known of a network with such files. */
interface PublishedApplication extends Pick<Application, "name" | "commandName"> {
  /** Of the variant asked for. */
  readonly published: readonly PublishedWeights[];
  /** Of the network at its defaults. */
  readonly usual: readonly PublishedWeights[];
}

/** What is asked of its weights; see `CatalogueOptions`. */
interface WeightsAsked {
  readonly weights?: string | null;
  readonly fetching?: FetchOptions;
  readonly includeTop?: boolean;
  readonly classes?: number;
}

/**
 * The file of the weights asked for, open, and where it is from; undefined: random ones.
 *
 * @param variant - In which way the network differs from those of which weights are published; undefined: in none.
 */
export async function openChosenWeights(
  application: PublishedApplication,
  options: WeightsAsked,
  variant: string | undefined,
): Promise<NamedWeights | undefined> {
  const { weights = "imagenet", fetching } = options;
  if (weights === null || weights === "random") return undefined;
  // Loaded only here: most bases bring their weights along.
  const { openFileWeights, openPublishedWeights } = await import("./openNamedWeights.ts");
  if (weights !== "imagenet") return openFileWeights(weights, fetching);
  const published = publishedFor(application, options, variant);
  const isUsual = application.usual.some(({ file }) => file === published.file);
  return openPublishedWeights(application, published, isUsual, fetching);
}

/** The published weights of this very form of the network. */
function publishedFor(
  { name, published }: PublishedApplication,
  { includeTop = true, classes = 1000 }: WeightsAsked,
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
