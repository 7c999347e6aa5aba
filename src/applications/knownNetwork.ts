import { sameSpelling } from "../base/identifiers.ts";
import { knownNetworks } from "../formats/knownNetworks.ts";

/** Whether a network of the list has this name among Keras's networks: Keras's MobileNetV3-Small has another one here. */
export function isKnownAs(known: string, { name }: { readonly name: string }): boolean {
  return sameSpelling(known) === sameSpelling(name.replace(/Keras$/, ""));
}

/** Numbers of weights of a network at its defaults; undefined: they are not known. */
export function parametersOf(application: {
  readonly name: string;
}): readonly [whole: number, withoutTop: number] | undefined {
  return knownNetworks.find((one) => isKnownAs(one.name, application))?.parameters;
}
