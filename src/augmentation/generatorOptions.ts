import type { PixelScaling } from "../applications/preprocessing.ts";
import { booleanFrom, checkNames, invalid, numberFrom, oneOf, pairFrom } from "./checks.ts";
import type { FloatImage } from "./floatImage.ts";
import type { NumberRange } from "./numberRange.ts";
import {
  type Compat,
  compatVersions,
  type FillMode,
  fillModes,
  type GeneratorPipeline,
  type ShiftRange,
} from "./pipeline.ts";

/**
 * A user's own step for one picture. A function that always does the same may say what by a `key`; one that only scales the
 * values of each channel may say how by `scaling`, and then shares stored features with whatever scales in the same way.
 */
export type PreprocessingFunction = ((image: FloatImage) => FloatImage) & {
  readonly key?: string;
  readonly scaling?: PixelScaling;
};

/** The arguments of Keras's ImageDataGenerator, in camelCase, with its defaults. */
export interface ImageDataGeneratorOptions {
  /** Subtract the mean of each channel over the data given to `fit`. Default false, as all switches. */
  readonly featurewiseCenter?: boolean;
  /** Subtract each image's own mean. */
  readonly samplewiseCenter?: boolean;
  /** Divide by the deviation of each channel over the data given to `fit`; switches featurewiseCenter on. */
  readonly featurewiseStdNormalization?: boolean;
  /** Divide by each image's own deviation; switches samplewiseCenter on. */
  readonly samplewiseStdNormalization?: boolean;
  /** Decorrelate all values (small pictures only); switches featurewiseCenter on and featurewise deviation off. */
  readonly zcaWhitening?: boolean;
  /** Default 1e-6. */
  readonly zcaEpsilon?: number;
  /** Degrees to either side. Default 0. */
  readonly rotationRange?: number;
  /** Below 1 a fraction of the width; a whole number n: up to n - 1 whole pixels; a list: pixels to choose from. Default 0. */
  readonly widthShiftRange?: ShiftRange;
  /** As widthShiftRange, of the height. */
  readonly heightShiftRange?: ShiftRange;
  /** Factors of brightness, low and high; 1 leaves as it is. Default none. */
  readonly brightnessRange?: NumberRange | null;
  /** Degrees to either side (with compat "keras-2.0.8" radians). Default 0. */
  readonly shearRange?: number;
  /** z: factors from 1 - z to 1 + z; or low and high. Above 1 the content shrinks. Each direction has its own. Default 0. */
  readonly zoomRange?: number | NumberRange;
  /** Added to all channels, up to so much to either side, in units of the pixels. Default 0. */
  readonly channelShiftRange?: number;
  /** What lies outside a picture. Default "nearest". */
  readonly fillMode?: FillMode;
  /** The value outside for fillMode "constant". Default 0. */
  readonly cval?: number;
  readonly horizontalFlip?: boolean;
  readonly verticalFlip?: boolean;
  /** Factor on all values after the transforms; null or 0: none. Default null. */
  readonly rescale?: number | null;
  /** Called with each picture after resizing and transforms, before rescaling; keeps the shape. */
  readonly preprocessingFunction?: PreprocessingFunction | null;
  /** Names what preprocessingFunction does, unless the function itself has a `key`. Without it features of such pictures are not kept. */
  readonly preprocessingFunctionKey?: string;
  readonly dataFormat?: "channels_last" | null;
  /** Part of the data for subset "validation", between 0 and 1. Default 0: none. */
  readonly validationSplit?: number;
  /** 0: nearest pixel, 1: bilinear. Default 1 (with compat "keras-2.0.8" 0). */
  readonly interpolationOrder?: 0 | 1;
  readonly dtype?: "float32" | null;
  /** Reproduce a version of Keras with its mistakes and NumPy's old random numbers. Default null: neither. */
  readonly compat?: Compat | null;
}

const optionNames = [
  ...["featurewiseCenter", "samplewiseCenter", "featurewiseStdNormalization", "samplewiseStdNormalization"],
  ...[
    "zcaWhitening",
    "zcaEpsilon",
    "rotationRange",
    "widthShiftRange",
    "heightShiftRange",
    "brightnessRange",
  ],
  ...["shearRange", "zoomRange", "channelShiftRange", "fillMode", "cval", "horizontalFlip", "verticalFlip"],
  ...["rescale", "preprocessingFunction", "preprocessingFunctionKey", "dataFormat", "validationSplit"],
  ...["interpolationOrder", "dtype", "compat"],
] as const satisfies readonly (keyof ImageDataGeneratorOptions)[];

/**
 * The random part of a generator's options, checked and with defaults filled in.
 *
 * @throws PermafrostError INVALID_ARGUMENT for unknown options, values that make no sense, and options that the version of
 *   Keras in `compat` did not have.
 */
export function resolvePipeline(options: ImageDataGeneratorOptions): GeneratorPipeline {
  checkNames("ImageDataGenerator", options, optionNames);
  const compat = oneOf("compat", options.compat ?? null, [null, ...compatVersions]);
  const isFirstEra = compat === "keras-2.0.8";
  const order = options.interpolationOrder ?? (isFirstEra ? 0 : 1);
  const pipeline: GeneratorPipeline = {
    kind: "generator",
    compat,
    rotationRange: numberFrom("rotationRange", options.rotationRange ?? 0),
    widthShiftRange: shiftRange("widthShiftRange", options.widthShiftRange),
    heightShiftRange: shiftRange("heightShiftRange", options.heightShiftRange),
    shearRange: numberFrom("shearRange", options.shearRange ?? 0),
    zoomRange: zoomRange(options.zoomRange ?? 0),
    channelShiftRange: numberFrom("channelShiftRange", options.channelShiftRange ?? 0),
    brightnessRange:
      options.brightnessRange == null ? null : pairFrom("brightnessRange", options.brightnessRange),
    horizontalFlip: booleanFrom("horizontalFlip", options.horizontalFlip ?? false),
    verticalFlip: booleanFrom("verticalFlip", options.verticalFlip ?? false),
    fillMode: oneOf("fillMode", options.fillMode ?? "nearest", fillModes),
    cval: numberFrom("cval", options.cval ?? 0),
    interpolationOrder: oneOf("interpolationOrder", order, [0, 1]),
  };
  refuseLaterOptions(pipeline);
  return pipeline;
}

function shiftRange(where: string, value: ShiftRange | undefined): ShiftRange {
  if (Array.isArray(value)) {
    if (value.length === 0) throw invalid(where, "a number or a list of at least one number", value);
    return value.map((entry, i) => numberFrom(`${where}[${i}]`, entry));
  }
  return numberFrom(where, value ?? 0, 0);
}

function zoomRange(value: number | NumberRange): NumberRange {
  return typeof value === "number"
    ? [1 - numberFrom("zoomRange", value), 1 + value]
    : pairFrom("zoomRange", value);
}

/** What Keras 2.0.8 did not have must not be mixed with what it did differently. */
function refuseLaterOptions(pipeline: GeneratorPipeline): void {
  if (pipeline.compat !== "keras-2.0.8") return;
  const advice = 'Take compat "keras-2.2" or "keras-3", or leave compat out.';
  if (pipeline.brightnessRange !== null) {
    throw invalid("brightnessRange", "none, since Keras 2.0.8 had none", pipeline.brightnessRange, advice);
  }
  if (pipeline.interpolationOrder !== 0) {
    throw invalid(
      "interpolationOrder",
      "0, the only one of Keras 2.0.8",
      pipeline.interpolationOrder,
      advice,
    );
  }
  for (const name of ["widthShiftRange", "heightShiftRange"] as const) {
    const range = pipeline[name];
    if (typeof range !== "number") throw invalid(name, "a number with Keras 2.0.8", range, advice);
  }
}
