import { loadNetworkWeights } from "../modelFiles/loadWeights.ts";
import { type BaseNetwork, type Network, network } from "./application.ts";
import { buildNetwork } from "./buildNetwork.ts";
import type { CatalogueApplication, CatalogueOptions, NetworkParts } from "./catalogueApplication.ts";
import { openChosenWeights } from "./chosenWeights.ts";
import type { NamedWeights } from "./openNamedWeights.ts";
import { preprocessing } from "./preprocessing.ts";
import { formAskedFor, formOfFile } from "./torch/chooseForm.ts";
import { loadTorchWeights } from "./torch/loadTorchWeights.ts";
import { type PictureSize, torchPreprocessing } from "./torch/pictures.ts";
import { torchRemark } from "./torch/remark.ts";
import { readTimmConfig, type TimmConfig } from "./torch/timmConfig.ts";
import type { TorchForm } from "./torch/torchForm.ts";

/**
 * A network of the catalogue as its family describes it: what is known of it, and its parts for the options given.
 *
 * @param forms - Its other forms, where torchvision or timm have the network too.
 */
export function kerasNetwork<Options extends CatalogueOptions = CatalogueOptions>(
  record: CatalogueApplication,
  parts: (options: Options) => NetworkParts,
  forms: readonly TorchForm<Options>[] = [],
): Network<Options> {
  const application = forms.length === 0 ? record : { ...record, hasTorchForm: true };
  return network<Options>(application, (options) =>
    // Every option may be left out.
    catalogueNetwork(application, options as Options, parts(options as Options), forms),
  );
}

/**
 * A network of the catalogue in the form asked for, or in that of the file of weights.
 *
 * @throws PermafrostError INVALID_ARGUMENT for an input the network cannot take; NOT_FOUND or WEIGHTS_INVALID for weights, and all
 *   that `publishedFile` and `hubFile` throw.
 */
async function catalogueNetwork<Options extends CatalogueOptions>(
  application: CatalogueApplication,
  options: Options,
  parts: NetworkParts,
  forms: readonly TorchForm<Options>[],
): Promise<BaseNetwork> {
  const { published = application.published, scaling = application.scaling } = parts;
  // A variant may have files of its own.
  const unpublished = parts.published === undefined || published.length === 0 ? parts.variant : undefined;
  const asked = formAskedFor(application, options, forms);
  const opened = await openChosenWeights(
    { ...application, published, usual: application.published },
    options,
    unpublished,
  );
  try {
    const described = await readTimmConfig(opened?.config);
    const form =
      asked ?? (opened === undefined ? "keras" : formOfFile(application.name, forms, opened, described));
    if (form !== "keras") return await inTorchForm(application, options, form, { opened, described });
    const built = buildNetwork(application, options, parts, {
      picture: (size) => preprocessing(scaling, size),
      weightSource: opened?.source ?? null,
    });
    if (opened !== undefined) {
      await loadNetworkWeights(built, opened.file);
      parts.checkWeights?.(built, opened.source.name);
    }
    return built;
  } finally {
    await opened?.file.close();
  }
}

/** The weights of a network in another form than Keras's, and what stands beside them. */
interface TorchWeights {
  readonly opened: NamedWeights | undefined;
  readonly described: TimmConfig;
}

async function inTorchForm<Options extends CatalogueOptions>(
  application: CatalogueApplication,
  options: Options,
  form: TorchForm<Options>,
  { opened, described: { pictures } }: TorchWeights,
): Promise<BaseNetwork> {
  const picture = (size: PictureSize) => torchPreprocessing(pictures ?? form.pictures, size);
  const built = buildNetwork(application, options, form.parts(options), {
    picture,
    weightSource: opened?.source ?? null,
    form: form.name,
    ...(opened === undefined
      ? {}
      : { remarks: [torchRemark(application, opened.source.name, form, pictures)] }),
  });
  if (opened !== undefined) await loadTorchWeights(built, opened.file, form.namings);
  return built;
}
