import type { FillMode } from "../pipeline.ts";

/** Stands for a coordinate that lies outside where the fill value is to be taken. */
export const outside = -1;

/**
 * Brings a source coordinate into the picture by SciPy's rules (`scipy.ndimage.affine_transform`).
 *
 * nearest: the edge goes on. constant: `outside`, without blending across the edge. reflect: d c b a | a b c d | d c b a; the result
 * may lie half a pixel beyond the edge, see `reflectIndex`. wrap: period length - 1, so 1 2 3 4 goes on as 2 3 4.
 *
 * @param coordinate - In pixels; 0 is the centre of the first.
 */
export function intoPicture(coordinate: number, length: number, mode: FillMode): number {
  const last = length - 1;
  if (coordinate >= 0 && coordinate <= last) return coordinate;
  switch (mode) {
    case "nearest":
      return coordinate < 0 ? 0 : last;
    case "constant":
      return outside;
    case "reflect":
      return reflect(coordinate, length);
    case "wrap":
      return wrap(coordinate, length);
  }
}

function reflect(coordinate: number, length: number): number {
  if (length <= 1) return 0;
  const period = 2 * length;
  if (coordinate < 0) {
    const c = coordinate < -period ? coordinate + period * Math.trunc(-coordinate / period) : coordinate;
    return c < -length ? c + period : -c - 1;
  }
  const c = coordinate - period * Math.trunc(coordinate / period);
  return c >= length ? period - c - 1 : c;
}

function wrap(coordinate: number, length: number): number {
  if (length <= 1) return 0;
  const period = length - 1;
  return coordinate < 0
    ? coordinate + period * (Math.trunc(-coordinate / period) + 1)
    : coordinate - period * Math.trunc(coordinate / period);
}

/** The pixel that stands for a neighbour at most one pixel beyond the edge. */
export function reflectIndex(index: number, length: number): number {
  return index < 0 ? 0 : index >= length ? length - 1 : index;
}
