/**
 * SIMD kernels over 8-bit RGB pictures in WebAssembly memory (kernels/assembly, module "images").
 *
 * Pointers are byte offsets. Rows are packed, 3 bytes a pixel. The kernels read and write whole vectors:
 * keep 16 bytes free behind every array, and one row and 16 bytes behind the source of a resampling.
 */
export interface ImageKernels {
  /**
   * Resamples along rows.
   *
   * @param windows - For each output pixel two int32: first source byte of its window in the row, number of tap pairs.
   * @param taps - For each output pixel `pairs` slots of 4 int16: upper parts of two coefficients, lower parts of
   *   both; a coefficient is upper * 4096 + lower and has 22 fraction bits.
   */
  resampleRows(
    source: number,
    target: number,
    sourceStride: number,
    rows: number,
    width: number,
    windows: number,
    taps: number,
    pairs: number,
  ): void;

  /** Resamples along columns: the same tables, where a window begins at a source byte of the whole picture. */
  resampleColumns(
    source: number,
    target: number,
    stride: number,
    height: number,
    windows: number,
    taps: number,
    pairs: number,
  ): void;

  /** Picks pixels: `columns` holds a byte offset in the row for each output pixel. One output row. */
  gatherPixels(row: number, target: number, width: number, columns: number): void;

  /**
   * RGB bytes, [height, width, 3], to float32 planes, [3, height, width]: value * factor + offset a channel, rounded to
   * float32 after each operation.
   *
   * Works on four pixels at a time: every plane needs room for a multiple of four.
   */
  normalize(
    source: number,
    pixels: number,
    redPlane: number,
    greenPlane: number,
    bluePlane: number,
    redFactor: number,
    greenFactor: number,
    blueFactor: number,
    redOffset: number,
    greenOffset: number,
    blueOffset: number,
  ): void;

  /**
   * Warps [height, width, 3] bytes into float32 planes of the same size and scales them: value * factor + offset. Source
   * coordinates are double: row = rr * row + rc * column + row0, column = cr * row + cc * column + column0.
   *
   * @param mode - What lies outside: 0 nearest, 1 constant (`fill`), 2 reflect, 3 wrap; SciPy's rules.
   * @param order - 0 nearest pixel, 1 bilinear.
   * @param mirrored - 1: the warped picture is flipped left to right.
   * @param upsideDown - 1: and top to bottom.
   */
  warpAffine(
    source: number,
    width: number,
    height: number,
    redPlane: number,
    greenPlane: number,
    bluePlane: number,
    rr: number,
    rc: number,
    row0: number,
    cr: number,
    cc: number,
    column0: number,
    mode: number,
    fill: number,
    order: number,
    mirrored: number,
    upsideDown: number,
    redFactor: number,
    greenFactor: number,
    blueFactor: number,
    redOffset: number,
    greenOffset: number,
    blueOffset: number,
  ): void;
}
