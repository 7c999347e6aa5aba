import { PermafrostError } from "../../base/errors.ts";
import { isTorchNamed } from "../../formats/torchNames.ts";
import { type Application, type NetworkForm, networkForms } from "../application.ts";
import type { NamedWeights } from "../openNamedWeights.ts";
import type { TimmConfig } from "./timmConfig.ts";
import { formOwners, type TorchForm } from "./torchForm.ts";

/** What is asked of a network. */
interface FormOptions {
  readonly form?: NetworkForm;
  readonly weights?: string | null;
}

/**
 * The form that a user or a bundle names; undefined: the file of weights decides.
 *
 * @param forms - Those that the network has beside Keras's.
 * @throws PermafrostError INVALID_ARGUMENT for a form that the network does not have, or another than Keras's with Keras's published weights.
 */
export function formAskedFor<Form extends Pick<TorchForm<never>, "name">>(
  { name, commandName }: Application,
  { form, weights = "imagenet" }: FormOptions,
  forms: readonly Form[],
): Form | "keras" | undefined {
  if (form === undefined || form === "keras") return form;
  const found = forms.find((one) => one.name === form);
  if (found === undefined) throw noSuchForm(name, form, forms);
  if (weights !== "imagenet") return found;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${name}: the published weights are Keras's and belong to Keras's form of the network. For ${formOwners[form]} give a file of its weights: ` +
      `--base ${commandName} --weights <file>.safetensors, or weights: "random".`,
  );
}

/**
 * The form that a file's names of tensors belong to. timm has two networks with the same names, which pad in different ways: its own
 * ("efficientnet_b0") and one that it took over from TensorFlow ("tf_efficientnet_b0"). Its config.json beside the file tells them
 * apart, else the file's place.
 *
 * @throws PermafrostError WEIGHTS_INVALID where that is not clear, or where the network does not have the form here.
 */
export function formOfFile<Form extends Pick<TorchForm<never>, "name" | "namings">>(
  name: string,
  forms: readonly Form[],
  { file, source }: NamedWeights,
  { architecture }: TimmConfig,
): Form | "keras" {
  const [first] = forms;
  if (first === undefined || !isTorchNamed(file)) return "keras";
  const fitting = forms.filter(({ namings }) =>
    namings.some(({ stem }) => file.tensors.has(`${stem}.weight`)),
  );
  const isTorchvision = fitting.every((one) => one.name === "torch");
  if (isTorchvision) return fitting[0] ?? first;
  const timmForm = [architecture, source.name, file.path].map(formOfName).find((one) => one !== undefined);
  if (timmForm === undefined) throw unclear(name, source.name);
  return fitting.find((one) => one.name === timmForm) ?? notHere(name, source.name, timmForm);
}

/** The last architecture of timm's that a text names. */
function formOfName(text: string | undefined): "timm" | "tf" | undefined {
  const found = [...(text ?? "").matchAll(/(?<![a-z])(tf_)?(?:efficientnet|mobilenet)(?:v\d)?_/g)].at(-1);
  if (found === undefined) return undefined;
  return found[1] === undefined ? "timm" : "tf";
}

function noSuchForm(
  name: string,
  form: NetworkForm,
  forms: readonly Pick<TorchForm<never>, "name">[],
): PermafrostError {
  const known = ["keras", ...forms.map((one) => one.name)].map((one) => JSON.stringify(one)).join(" or ");
  const why = networkForms.includes(form) ? ` It is not built in ${formOwners[form]} here.` : "";
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${name}: form: expected ${known}, got ${JSON.stringify(form)}.${why} Or leave form out.`,
  );
}

function unclear(name: string, place: string): PermafrostError {
  return new PermafrostError(
    "WEIGHTS_INVALID",
    `${place}: timm has two networks with these names of tensors, which pad differently: its own ("efficientnet_b0", "mobilenetv3_large_100") and ` +
      `those it took over from TensorFlow ("tf_efficientnet_b0"). Which one it is stands in the config.json of its repository: put that beside the file, ` +
      `give the file the model's name again, or build ${name} with form "timm" or "tf".`,
    { details: { path: place } },
  );
}

function notHere(name: string, place: string, form: "timm" | "tf"): never {
  throw new PermafrostError(
    "WEIGHTS_INVALID",
    `${place}: its weights are those of ${formOwners[form]}, in which ${name} is not built here: it pads or normalizes differently.`,
    { details: { path: place, form } },
  );
}
