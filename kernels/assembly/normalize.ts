/**
 * Packed RGB bytes to three float32 planes: plane = value * factor + offset, one rounding after each operation.
 * Four pixels at a time; the planes must have room for a multiple of four.
 */
export function normalize(
  source: usize, pixels: i32, redPlane: usize, greenPlane: usize, bluePlane: usize,
  redFactor: f32, greenFactor: f32, blueFactor: f32, redOffset: f32, greenOffset: f32, blueOffset: f32,
): void {
  const af = f32x4.splat(redFactor), ao = f32x4.splat(redOffset);
  const bf = f32x4.splat(greenFactor), bo = f32x4.splat(greenOffset);
  const cf = f32x4.splat(blueFactor), co = f32x4.splat(blueOffset);
  for (let i = 0; i < pixels; i += 4) {
    const four = v128.load(source);
    const at = <usize>i << 2;
    const red = i8x16.swizzle(four, i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1));
    const green = i8x16.swizzle(four, i8x16(1, -1, -1, -1, 4, -1, -1, -1, 7, -1, -1, -1, 10, -1, -1, -1));
    const blue = i8x16.swizzle(four, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
    v128.store(redPlane + at, f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(red), af), ao));
    v128.store(greenPlane + at, f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(green), bf), bo));
    v128.store(bluePlane + at, f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(blue), cf), co));
    source += 12;
  }
}
