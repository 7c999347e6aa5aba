import path from "node:path";
import { fileDigests } from "../fetching/fileDigest.ts";
import { hubFile } from "../fetching/hub/hubFile.ts";
import { isHubReference } from "../fetching/hub/hubReference.ts";
import { type PublishedFile, publishedFile } from "../fetching/publishedFile.ts";
import type { FetchOptions } from "../fetching/settings.ts";
import { openWeights } from "../formats/openWeights.ts";
import type { WeightFile } from "../formats/weightFile.ts";
import type { Application, WeightSource } from "./application.ts";
import { knownNetworkOf } from "./knownNetwork.ts";

/** A published file of weights of a network with its classifier or without. */
interface PublishedNetwork extends PublishedFile {
  readonly includeTop: boolean;
  readonly licence: string;
}

/** An open file of weights, and where it is from. */
export interface NamedWeights {
  readonly file: WeightFile;
  readonly source: WeightSource;
  /** The path of the `config.json` beside a file that the user named; whether there is one is not known. */
  readonly config?: string;
}

/**
 * The published weights of a network, fetched if they are not here yet, their digest checked.
 *
 * @param isUsual - Whether they are of the network at its defaults, whose number of weights is known.
 * @throws PermafrostError as `publishedFile`, and WEIGHTS_INVALID.
 */
export async function openPublishedWeights(
  application: Pick<Application, "name" | "commandName">,
  published: PublishedNetwork,
  isUsual: boolean,
  fetching: FetchOptions | undefined,
): Promise<NamedWeights> {
  const wanted = isUsual ? toBeFetched(application, published) : published;
  const { path: place, origin, sha256 } = await publishedFile(wanted, fetching);
  const { licence } = published;
  return { file: await openWeights(place), source: { name: "imagenet", origin, sha256, licence } };
}

/** What messages tell of a file. Its size is not published; its numbers take four bytes each. */
export function toBeFetched<Published extends PublishedNetwork>(
  { name, commandName }: Pick<Application, "name" | "commandName">,
  published: Published,
): Published & PublishedFile {
  const known = knownNetworkOf({ name });
  const command = `permafrost weights fetch ${commandName}${published.includeTop ? " --top" : ""}`;
  if (known === undefined) return { ...published, command };
  const [whole, withoutTop] = known.parameters;
  return { ...published, command, leastBytes: 4 * (published.includeTop ? whole : withoutTop) };
}

/**
 * The weights of a file that the user named.
 *
 * @param place - Its path, or `hf:<owner>/<repository>/<file>`.
 * @throws PermafrostError as `openWeights` and `hubFile`.
 */
export async function openFileWeights(
  place: string,
  fetching: FetchOptions | undefined,
): Promise<NamedWeights> {
  if (isHubReference(place)) {
    const { path: local, sha256, reference, describing } = await hubFile(place, fetching);
    const config = describing["config.json"];
    const licence = "as its repository says";
    const source = { name: place, origin: reference, sha256, licence, isOwn: true } as const;
    return { file: await openWeights(local), source, ...(config === undefined ? {} : { config }) };
  }
  const file = await openWeights(place);
  const { sha256 } = await fileDigests(file.path);
  // Bundles hold it: not where it lies on this machine.
  const origin = path.basename(file.path);
  const config = path.join(path.dirname(file.path), "config.json");
  return { file, config, source: { name: place, origin, sha256, licence: "not known", isOwn: true } };
}
