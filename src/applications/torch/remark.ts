import type { Application } from "../application.ts";
import type { TorchPictures } from "./pictures.ts";
import { formOwners, type TorchForm } from "./torchForm.ts";

/** Says which form of a network a file has led to, and where its pictures are prepared from. @param told - A config.json beside the file says it. */
export function torchRemark(
  { commandName }: Pick<Application, "commandName">,
  file: string,
  { name, pictures }: Pick<TorchForm<never>, "name" | "pictures">,
  told: TorchPictures | undefined,
): string {
  const { resizeTo, crop, filter, mean, std } = told ?? pictures;
  const values =
    mean === undefined
      ? "ImageNet's mean and deviation"
      : `mean ${mean.join(", ")}, deviation ${std?.join(", ")}`;
  const way = `${filter}, the shorter side to ${resizeTo} for each ${crop} pixels, the middle cut out, ${values}`;
  return (
    `${file}: its tensors have PyTorch's names, so ${commandName} is built in ${formOwners[name]}, not in Keras's. ` +
    (told === undefined
      ? `How pictures are prepared does not stand in the file; ${name === "torch" ? "torchvision" : "timm"}'s way is taken: ${way}.`
      : `Pictures are prepared as the config.json beside it says: ${way}.`)
  );
}
