import { dense, globalAveragePooling2D } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import type { CatalogueApplication, Classifier } from "./catalogueApplication.ts";
import type { PublishedWeights } from "./chosenWeights.ts";

/** What a family says of one of its networks; what is left out is the same for nearly all of them. */
export type RecordFacts = Pick<
  CatalogueApplication,
  "name" | "commandName" | "scaling" | "published" | "stages"
> &
  Partial<Pick<CatalogueApplication, "kerasName" | "defaultSize" | "minimumSize">> & {
    /** The first layers of the blocks behind the first one, which begins with the input. */
    readonly blocks: readonly (readonly [name: string, firstLayer: string])[];
    /** Name of the first block. Default "stem". */
    readonly firstBlock?: string;
  };

/** The record of a network: 224 pixels, at least 32, the Keras name that of the command line, unless it says otherwise. */
export function catalogueRecord({
  blocks,
  firstBlock = "stem",
  ...facts
}: RecordFacts): CatalogueApplication {
  return {
    kerasName: facts.commandName,
    defaultSize: 224,
    minimumSize: 32,
    ...facts,
    weights: [],
    sizeMultiple: 1,
    blocks: [
      { name: firstBlock, firstLayer: "input_layer" },
      ...blocks.map(([name, firstLayer]) => ({ name, firstLayer })),
    ],
  };
}

/** Where Keras keeps its weights. */
const kerasFolder = "https://storage.googleapis.com/tensorflow/keras-applications/";

/** Two files, with the classifier and without, and their digests: MD5, or SHA-256 with its 64 digits. */
export interface PublishedPair {
  /** Below Keras's folder, "vgg16/"; or a whole address. */
  readonly folder: string;
  readonly licence: string;
  readonly files: readonly [top: string, noTop: string];
  readonly digests?: readonly [top: string, noTop: string];
}

export function publishedPair({ folder, licence, files, digests }: PublishedPair): PublishedWeights[] {
  return files.map((file, index) => ({
    file,
    origin: folder.startsWith("https:") ? folder : `${kerasFolder}${folder}`,
    includeTop: index === 0,
    ...digestMember(digests?.[index]),
    licence,
  }));
}

function digestMember(digest: string | undefined): Pick<PublishedWeights, "md5" | "sha256"> {
  if (digest === undefined) return {};
  return digest.length === 64 ? { sha256: digest } : { md5: digest };
}

/** The files of a name, as most of Keras's networks have them. */
export function kernelFiles(name: string): PublishedPair["files"] {
  const stem = `${name}_weights_tf_dim_ordering_tf_kernels`;
  return [`${stem}.h5`, `${stem}_notop.h5`];
}

/** A network of a family whose networks differ in their numbers of blocks alone. */
export interface DepthVariant {
  readonly name: string;
  /** Blocks in each stage. */
  readonly depths: readonly number[];
  readonly md5: PublishedPair["files"];
}

/** What such networks say alike: names, and files named after Keras's name. */
export function depthFacts(
  { name, md5 }: DepthVariant,
  { folder, licence }: Pick<PublishedPair, "folder" | "licence">,
): Pick<RecordFacts, "name" | "commandName" | "published"> & { readonly kerasName: string } {
  const kerasName = name.toLowerCase();
  const published = publishedPair({ folder, licence, files: kernelFiles(kerasName), digests: md5 });
  return { name, commandName: kerasName.replace(/v2$/, "_v2"), kerasName, published };
}

/** The names that most networks give their global poolings. */
export const poolingNames = { avg: "avg_pool", max: "max_pool" } as const;

/** The classifier of most networks: the mean of each channel, and one dense layer. */
export function averagedClassifier(map: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor {
  const x = globalAveragePooling2D({ name: poolingNames.avg }).apply(map);
  return dense({ units: classes, activation, name: "predictions" }).apply(x);
}
