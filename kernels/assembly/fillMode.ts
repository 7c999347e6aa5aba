// What lies outside a picture, by SciPy's rules; the same as src/augmentation/transforms/fillMode.ts.

/** Stands for a coordinate outside, where the fill value is to be taken. */
export const outside: f64 = -1;

/** Brings a coordinate into the picture. Mode 0: the edge goes on, 1: `outside`, 2: reflected, 3: wrapped. */
// @ts-ignore: decorator
@inline
export function intoPicture(coordinate: f64, length: i32, mode: i32): f64 {
  const last = <f64>(length - 1);
  if (coordinate >= 0 && coordinate <= last) return coordinate;
  if (mode == 0) return coordinate < 0 ? 0 : last;
  if (mode == 1) return outside;
  return mode == 2 ? reflected(coordinate, <f64>length) : wrapped(coordinate, last);
}

function reflected(coordinate: f64, length: f64): f64 {
  if (length <= 1) return 0;
  const period = 2 * length;
  if (coordinate < 0) {
    const c = coordinate < -period ? coordinate + period * Math.trunc(-coordinate / period) : coordinate;
    return c < -length ? c + period : -c - 1;
  }
  const c = coordinate - period * Math.trunc(coordinate / period);
  return c >= length ? period - c - 1 : c;
}

function wrapped(coordinate: f64, period: f64): f64 {
  if (period <= 0) return 0;
  return coordinate < 0
    ? coordinate + period * (Math.trunc(-coordinate / period) + 1)
    : coordinate - period * Math.trunc(coordinate / period);
}

/** The pixel that stands for a neighbour at most one beyond the edge. */
// @ts-ignore: decorator
@inline
export function nearIndex(index: i32, length: i32): i32 {
  return index < 0 ? 0 : index >= length ? length - 1 : index;
}
