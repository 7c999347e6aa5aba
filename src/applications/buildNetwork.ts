import { PermafrostError } from "../base/errors.ts";
import { input } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import {
  type Application,
  BaseNetwork,
  checkInputShape,
  pooledMap,
  type WeightSource,
} from "./application.ts";
import type {
  CatalogueApplication,
  CatalogueOptions,
  Classifier,
  NetworkParts,
} from "./catalogueApplication.ts";
import type { Preprocessing } from "./preprocessing.ts";
import type { PictureSize } from "./torch/pictures.ts";

/** What does not follow from the parts. */
interface BuiltFacts extends Partial<Pick<BaseNetwork, "form" | "remarks">> {
  picture(size: PictureSize): Preprocessing;
  readonly weightSource: WeightSource | null;
}

/** A network of the catalogue without its weights, of the parts that its family makes it of. */
export function buildNetwork(
  application: CatalogueApplication,
  options: CatalogueOptions,
  parts: NetworkParts,
  { picture, ...facts }: BuiltFacts,
): BaseNetwork {
  const { includeTop = true, pooling, seed = 0 } = options;
  const start = startOf(application, options);
  const map = parts.features(start.tensor);
  const pooled = parts.pooled ?? ((x, kind) => pooledMap(x, kind, parts.poolingNames));
  const outputs = includeTop ? parts.top(map, classifierOf(options)) : pooled(map, pooling);
  const [, height, width] = start.tensor.shape.map(Number);
  const variant = variantOf(options, parts);
  const name = options.name ?? parts.name?.(height!) ?? application.kerasName;
  return new BaseNetwork(
    { inputs: start.inputs, outputs, name, seed },
    {
      application: { ...application, blocks: blocksFrom(start.inputs[0]!.call.layer.name, application) },
      preprocessing: picture({ height: height!, width: width! }),
      pooling: includeTop ? undefined : pooling,
      ...(variant === undefined ? {} : { variant }),
      ...facts,
    },
  );
}

interface Start {
  readonly inputs: readonly SymbolicTensor[];
  readonly tensor: SymbolicTensor;
}

function startOf(application: Application, { inputShape, inputTensor }: CatalogueOptions): Start {
  if (inputTensor === undefined) {
    const tensor = input({ shape: checkInputShape(application, inputShape), name: "input_layer" });
    return { inputs: [tensor], tensor };
  }
  const shape = inputTensor.shape.slice(1).map(Number);
  checkInputShape(application, shape);
  if (inputShape === undefined || inputShape.join() === shape.join())
    return { inputs: sourcesOf(inputTensor), tensor: inputTensor };
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${application.name}: inputTensor has the shape [${shape.join(", ")}], inputShape says [${inputShape.join(", ")}]. Leave inputShape out.`,
  );
}

/** The inputs that a tensor is computed from. */
function sourcesOf(tensor: SymbolicTensor): readonly SymbolicTensor[] {
  const sources = new Set<SymbolicTensor>();
  const seen = new Set<SymbolicTensor>();
  const waiting = [tensor];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.call.inputs.length === 0) sources.add(next);
    waiting.push(...next.call.inputs);
  }
  return [...sources];
}

function classifierOf({ classes = 1000, classifierActivation = "softmax" }: CatalogueOptions): Classifier {
  return { classes, activation: classifierActivation };
}

function variantOf({ includeTop = true, inputTensor }: CatalogueOptions, parts: NetworkParts) {
  const ways = [
    ...(includeTop ? ["with its classifier"] : []),
    ...(inputTensor === undefined ? [] : ["on another tensor"]),
    ...(parts.variant === undefined ? [] : [parts.variant]),
  ];
  return ways.length === 0 ? undefined : ways.join(", ");
}

/** The first block begins with the input, whatever its name is. */
function blocksFrom(inputName: string, { blocks }: Application): Application["blocks"] {
  return blocks.map((block, index) => (index === 0 ? { ...block, firstLayer: inputName } : block));
}
