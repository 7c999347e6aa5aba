import type { GeneratorPipeline, ShiftRange } from "./pipeline.ts";
import type { RandomSource } from "./randomSource.ts";

/** What one draw does to a picture: the record of Keras's `get_random_transform`, in its units. */
export interface TransformParameters {
  /** Degrees. */
  readonly theta: number;
  /** Pixels along the first matrix coordinate: columns, but rows with compat "keras-2.0.8" and "keras-2.2". */
  readonly tx: number;
  /** Pixels along the second matrix coordinate. */
  readonly ty: number;
  /** Degrees; radians with compat "keras-2.0.8". */
  readonly shear: number;
  /** Above 1 the content shrinks. */
  readonly zx: number;
  readonly zy: number;
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
  /** Added to all channels, or to each its own ("keras-2.0.8"); null for none. */
  readonly channelShiftIntensity: number | readonly number[] | null;
  /** Factor; null for none. */
  readonly brightness: number | null;
}

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export const identityParameters: TransformParameters = {
  theta: 0,
  tx: 0,
  ty: 0,
  shear: 0,
  zx: 1,
  zy: 1,
  flipHorizontal: false,
  flipVertical: false,
  channelShiftIntensity: null,
  brightness: null,
};

/**
 * Samples one transform in Keras's order: rotation, height shift, width shift, shear, zooms, flips, channel shift,
 * brightness. Numbers are taken only for what is switched on, but both flips take one in any case.
 *
 * The three versions of Keras differ as keras-parity tells: in 2.0.8 a shift is always a fraction, the channel shift
 * comes before the flips with one number a channel, and a flip that is off takes none.
 */
export function sampleTransform(
  pipeline: GeneratorPipeline,
  shape: ImageShape,
  random: RandomSource,
): TransformParameters {
  const isFirstEra = pipeline.compat === "keras-2.0.8";
  const symmetric = (range: number) => (range === 0 ? 0 : random.uniform(-range, range));
  const shift = (range: ShiftRange, size: number) =>
    isFirstEra && typeof range === "number" ? symmetric(range) * size : sampleShift(range, size, random);
  const flip = (isOn: boolean) => (isOn || !isFirstEra) && random.float() < 0.5 && isOn;

  const theta = symmetric(pipeline.rotationRange);
  const byHeight = shift(pipeline.heightShiftRange, shape.height);
  const byWidth = shift(pipeline.widthShiftRange, shape.width);
  const shear = symmetric(pipeline.shearRange);
  const [low, high] = pipeline.zoomRange;
  const zooms = low !== 1 || high !== 1;
  const zx = zooms ? random.uniform(low, high) : 1;
  const zy = zooms ? random.uniform(low, high) : 1;
  const range = pipeline.channelShiftRange;
  const channelShifts =
    isFirstEra && range !== 0
      ? Array.from({ length: shape.channels }, () => random.uniform(-range, range))
      : null;
  const flipHorizontal = flip(pipeline.horizontalFlip);
  const flipVertical = flip(pipeline.verticalFlip);
  const channelShift = !isFirstEra && range !== 0 ? random.uniform(-range, range) : null;
  const brightness = pipeline.brightnessRange === null ? null : random.uniform(...pipeline.brightnessRange);
  // Keras adds the height's shift to its first coordinate, which in its present form is the column.
  const [tx, ty] = pipeline.compat === null ? [byWidth, byHeight] : [byHeight, byWidth];
  return {
    theta,
    tx,
    ty,
    shear,
    zx,
    zy,
    flipHorizontal,
    flipVertical,
    channelShiftIntensity: channelShifts ?? channelShift,
    brightness,
  };
}

/** A whole number n: 0 to n - 1 pixels and a sign. A list: one of it and a sign. Else uniform; below 1 a fraction of the size. */
function sampleShift(range: ShiftRange, size: number, random: RandomSource): number {
  const greatest = typeof range === "number" ? range : Math.max(...range);
  if (range === 0 || greatest === Number.NEGATIVE_INFINITY) return 0;
  let shift: number;
  if (typeof range === "number" && !Number.isInteger(range)) {
    shift = random.uniform(-range, range);
  } else {
    const magnitude =
      typeof range === "number" ? random.integer(range) : range[random.integer(range.length)]!;
    const sign = random.integer(2) === 0 ? -1 : 1;
    // Plus zero: a shift of -0 would be another draw than one of 0.
    shift = magnitude * sign + 0;
  }
  return greatest < 1 ? shift * size : shift;
}
