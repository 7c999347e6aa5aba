import type { NetworkForm } from "../application.ts";
import type { NetworkParts } from "../catalogueApplication.ts";
import type { TorchNaming } from "./naming.ts";
import type { TorchPictures } from "./pictures.ts";

/** A network as a program of PyTorch's world builds it, with Keras's names of layers. */
export interface TorchForm<Options> {
  readonly name: Exclude<NetworkForm, "keras">;
  parts(options: Options): Omit<NetworkParts, "scaling" | "published" | "checkWeights">;
  /** How the programs that write its weights name the tensors. */
  readonly namings: readonly TorchNaming[];
  /** Where nothing beside the weights says how pictures are prepared. */
  readonly pictures: TorchPictures;
}

/** Whose form it is, in messages. */
export const formOwners: Readonly<Record<NetworkForm, string>> = {
  keras: "Keras's form",
  torch: "torchvision's form",
  timm: "timm's form",
  tf: "the form of timm's tf_ models",
};
