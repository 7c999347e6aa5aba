import { sameSpelling } from "../base/identifiers.ts";
import { knownNetworks } from "../formats/knownNetworks.ts";

/** Whether a network of the list has this name among Keras's networks: Keras's MobileNetV3-Small has another one here. */
export function isKnownAs(known: string, { name }: { readonly name: string }): boolean {
  return sameSpelling(known) === sameSpelling(name.replace(/Keras$/, ""));
}

/** The counts of a network at its defaults; undefined: they are not known. */
export function knownNetworkOf(application: {
  readonly name: string;
}): (typeof knownNetworks)[number] | undefined {
  return knownNetworks.find((one) => isKnownAs(one.name, application));
}
