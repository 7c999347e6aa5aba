import { PermafrostError } from "../../base/errors.ts";
import { isTorchNamed } from "../../formats/torchNames.ts";
import type { WeightFile } from "../../formats/weightFile.ts";
import type { Application, NetworkForm } from "../application.ts";

/** What is asked of a network. */
interface FormOptions {
  readonly form?: NetworkForm;
  readonly weights?: string | null;
}

/**
 * The form that a user or a bundle names; undefined: the file of weights decides.
 *
 * @param torch - What the network knows of its form in torchvision; undefined: it has none.
 * @throws PermafrostError INVALID_ARGUMENT for torchvision's form of a network that has none, or with Keras's published weights.
 */
export function formAskedFor(
  { name, commandName }: Application,
  { form, weights = "imagenet" }: FormOptions,
  torch: unknown,
): NetworkForm | undefined {
  if (form !== undefined && form !== "keras" && form !== "torch") {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${name}: form: expected "keras" or "torch", got ${JSON.stringify(form)}.`,
    );
  }
  if (form !== "torch") return form;
  if (torch === undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${name}: form: it is built as Keras does only; torchvision's form is not known here. Leave form out.`,
    );
  }
  if (weights !== "imagenet") return form;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${name}: the published weights are Keras's and belong to Keras's form of the network. For torchvision's form give a file of its weights: ` +
      `--base ${commandName} --weights <file>.safetensors, or weights: "random".`,
  );
}

/** The form that a file's names of tensors belong to. */
export function formOfFile(file: WeightFile | undefined): NetworkForm {
  return file !== undefined && isTorchNamed(file) ? "torch" : "keras";
}
