import { BaseNetwork } from "./application.ts";
import type { Preprocessing } from "./preprocessing.ts";

/** The same network for pictures that are prepared in another way. */
export function withPreprocessing(network: BaseNetwork, preprocessing: Preprocessing): BaseNetwork {
  const { inputs, outputs, name, seed } = network;
  return new BaseNetwork({ inputs, outputs, name, seed }, { ...network, preprocessing });
}

/** The same network for pixels that are divided by 255 and nothing else, whatever it was trained on. */
export function withRescaling(network: BaseNetwork): BaseNetwork {
  const rescaled = { scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  return withPreprocessing(network, { ...network.preprocessing, ...rescaled });
}
