import { PermafrostError } from "../base/errors.ts";
import { summarizeWeights } from "../formats/summary.ts";
import type { WeightFile } from "../formats/weightFile.ts";
import { input } from "../layers/index.ts";
import {
  type Application,
  type ApplicationOptions,
  BaseNetwork,
  checkInputShape,
  network,
  pooledMap,
  type WeightSource,
  weightSourceOf,
} from "./application.ts";
import { poolingNames } from "./catalogueRecord.ts";
import { embeddedWeights, readEmbeddedWeights } from "./embeddedWeights.ts";
import { smallRows } from "./mobileNetV3Blocks.ts";
import { evenForms } from "./mobileNetV3Forms.ts";
import { torchBlocks } from "./mobileNetV3Torch.ts";
import { blockPrefix, loadTorchvision } from "./mobileNetV3Weights.ts";
import { type Preprocessing, preprocessing } from "./preprocessing.ts";
import { formAskedFor, formOfFile } from "./torch/chooseForm.ts";
import { loadTorchWeights } from "./torch/loadTorchWeights.ts";
import { type PictureSize, torchPreprocessing } from "./torch/pictures.ts";
import { torchRemark } from "./torch/remark.ts";
import { readTimmConfig } from "./torch/timmConfig.ts";
import type { TorchForm } from "./torch/torchForm.ts";

const blocks = torchBlocks(smallRows);

const application: Application = {
  name: "mobileNetV3Small",
  commandName: "mobilenet_v3_small",
  weights: [
    {
      name: "embedded",
      origin: `npm:${embeddedWeights.package}`,
      sha256: embeddedWeights.sha256,
      licence: embeddedWeights.licence,
    },
  ],
  defaultSize: 224,
  minimumSize: 96,
  sizeMultiple: 32,
  hasTorchForm: true,
  blocks: [
    { name: "stem", firstLayer: "input_layer" },
    ...blocks.map(({ expanded }, index) => ({
      name: `block${index + 1}`,
      // The first block does not widen its 16 channels.
      firstLayer: `${blockPrefix(index)}${expanded === 16 ? "depthwise_pad" : "expand"}`,
    })),
    { name: "top", firstLayer: "conv_1" },
  ],
};

/**
 * MobileNetV3-Small (Howard et al. 2019, "Searching for MobileNetV3") without its classifier, in torchvision's form:
 * the same padding on all sides, BatchNormalization epsilon 0.001. Layers have Keras's names where they are the same.
 * Output [batch, height / 32, width / 32, 576], or [batch, 576] with pooling "avg".
 *
 * The embedded weights are a three-class fine-tune of torchvision's network, stored in float16. Inputs are made by
 * `preprocessing`: stretched to the size (bilinear), pixels / 255, ImageNet's mean and deviation.
 *
 * `weights`: also the path of a safetensors file of torchvision's or of timm's `mobilenetv3_small_100` (or `hf:<owner>/<repository>/<file>`);
 * then pictures are scaled and cropped as those weights expect.
 *
 * timm's other widths (`mobilenetv3_small_050` and `_075`) and Keras's own form, with Keras's weights, are `mobileNetV3SmallKeras`.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size that is no multiple of 32 from 96 up; NOT_FOUND or DIGEST_MISMATCH
 *   when the embedded weights are missing or damaged.
 */
export const mobileNetV3Small = network(application, build);

async function build(options: ApplicationOptions): Promise<BaseNetwork> {
  if (options.includeTop !== undefined && options.includeTop !== false) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "mobileNetV3Small: its classifier is not offered. Leave includeTop out and put your own head on the network.",
    );
  }
  if (options.weights === "imagenet") throw otherForm('no weights "imagenet".');
  const { weights } = options;
  return isPlace(weights) ? fromFile(weights, options) : byName(options);
}

const forms: readonly TorchForm<object>[] = evenForms(smallRows, 1024);
const [torchvisionForm] = forms;

/** @throws PermafrostError for Keras's form, which is another network here. */
function askedForm(options: ApplicationOptions): TorchForm<object> | undefined {
  const asked = formAskedFor(application, { ...options, weights: "random" }, forms);
  if (asked === "keras") throw otherForm('form: "keras" is not this network.');
  return asked;
}

/** With the embedded weights, or random ones. */
async function byName(options: ApplicationOptions): Promise<BaseNetwork> {
  const source = weightSourceOf(application, options.weights);
  const form = askedForm(options) ?? torchvisionForm!;
  if (source !== null && form !== torchvisionForm)
    throw otherForm(`The embedded weights belong to torchvision's form, not to form: "${form.name}".`);
  const base = networkOf(options, form, {
    source,
    preprocessing: (size) =>
      form === torchvisionForm ? preprocessing("torch", size) : torchPreprocessing(form.pictures, size),
  });
  if (source !== null) loadTorchvision(base, await readEmbeddedWeights(), form.namings[0]!);
  return base;
}

async function fromFile(place: string, options: ApplicationOptions): Promise<BaseNetwork> {
  // Loaded only here: its own weights come with the package.
  const { openFileWeights } = await import("./openNamedWeights.ts");
  const opened = await openFileWeights(place, options.fetching);
  try {
    const described = await readTimmConfig(opened.config);
    const form = askedForm(options) ?? formOfFile(application.name, forms, opened, described);
    if (form === "keras") throw notTorch(place, opened.file);
    const { pictures } = described;
    const base = networkOf(options, form, {
      source: opened.source,
      preprocessing: (size) => torchPreprocessing(pictures ?? form.pictures, size),
      remarks: [torchRemark(application, place, form, pictures)],
    });
    await loadTorchWeights(base, opened.file, form.namings);
    return base;
  } finally {
    await opened.file.close();
  }
}

/** Names of weights are plain words. */
function isPlace(weights: string | null | undefined): weights is string {
  return typeof weights === "string" && /[./\\:]/.test(weights);
}

/** Where its weights are from, and what belongs to them. */
interface Origin {
  readonly source: WeightSource | null;
  readonly remarks?: readonly string[];
  preprocessing(size: PictureSize): Preprocessing;
}

/** The network without its weights. */
function networkOf(options: ApplicationOptions, form: TorchForm<object>, origin: Origin): BaseNetwork {
  const { source: weightSource, remarks = [] } = origin;
  const { name = "MobileNetV3Small", seed = 0, pooling, inputShape } = options;
  const shape = checkInputShape(application, inputShape);
  const [height, width] = shape;
  const inputs = input({ shape, name: "input_layer" });
  const outputs = pooledMap(form.parts({}).features(inputs), pooling, poolingNames);
  return new BaseNetwork(
    { inputs, outputs, name, seed },
    {
      application,
      pooling,
      weightSource,
      remarks,
      preprocessing: origin.preprocessing({ height, width }),
      form: form === torchvisionForm ? undefined : form.name,
    },
  );
}

function notTorch(place: string, file: WeightFile): PermafrostError {
  const { couldBe } = summarizeWeights(file);
  const isOther = couldBe.length > 0 && !couldBe.some((text) => text.startsWith("MobileNetV3Small"));
  return new PermafrostError(
    "WEIGHTS_INVALID",
    `${place}: its tensors do not have torchvision's names, and mobileNetV3Small has torchvision's form. ` +
      (isOther
        ? `It has as many weights as ${couldBe.join(" or ")}: name its network with --base.`
        : "Weights with Keras's names belong to mobileNetV3SmallKeras (--base mobilenet_v3_small_keras), which pads and normalizes differently."),
    { details: { path: place } },
  );
}

function otherForm(problem: string): PermafrostError {
  return new PermafrostError(
    "UNKNOWN_NAME",
    `mobileNetV3Small: ${problem} Known weights: embedded, or null for random ones. This network has torchvision's form, or timm's with a file of timm's; ` +
      "Keras's weights belong to Keras's form of it, which pads and normalizes differently: mobileNetV3SmallKeras.",
  );
}
