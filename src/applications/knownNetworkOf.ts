import { sameSpelling } from "../base/identifiers.ts";
import { knownNetworks } from "../formats/knownNetworks.ts";
import type { Application } from "./application.ts";

/** The counts of a network of the catalogue at its defaults; undefined for the others. */
export function knownNetworkOf(application: Application): (typeof knownNetworks)[number] | undefined {
  if (!("kerasName" in application)) return undefined;
  const wanted = sameSpelling(String(application.kerasName));
  return knownNetworks.find(({ name }) => sameSpelling(name) === wanted);
}
