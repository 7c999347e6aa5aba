import { type ActivationName, activations } from "../layers/activations.ts";

export type { ActivationName };

/** The names of all activations; each may be given to a layer as it is or in Keras's spelling ("hard_sigmoid"). */
export const names = Object.keys(activations) as readonly ActivationName[];
