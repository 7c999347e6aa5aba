import type { GeneratorPipeline } from "../pipeline.ts";
import type { TransformParameters } from "../transformParameters.ts";

/**
 * Where each output pixel comes from:
 * source row = rr * row + rc * column + row0; source column = cr * row + cc * column + column0. In pixels.
 */
export interface AffineMap {
  readonly rr: number;
  readonly rc: number;
  readonly row0: number;
  readonly cr: number;
  readonly cc: number;
  readonly column0: number;
}

/** The upper two rows of a 3 x 3 matrix whose last row is 0 0 1. */
type Matrix = readonly [number, number, number, number, number, number];

/** What differs between the versions of Keras. */
interface Geometry {
  /** First matrix coordinate. */
  readonly first: "row" | "column";
  readonly shearUnit: number;
  /** The fixed point of rotation, shear and zoom: first and second coordinate. */
  readonly centre: (height: number, width: number) => readonly [number, number];
}

const degrees = Math.PI / 180;
const onePixelOff = (height: number, width: number) => [height / 2 + 0.5, width / 2 + 0.5] as const;

function geometryOf(compat: GeneratorPipeline["compat"]): Geometry {
  switch (compat) {
    case "keras-2.0.8":
      return { first: "row", shearUnit: 1, centre: onePixelOff };
    case "keras-2.2":
      return { first: "row", shearUnit: degrees, centre: onePixelOff };
    case "keras-3":
      // The height's centre is used for columns: right for square pictures only.
      return { first: "column", shearUnit: degrees, centre: (h, w) => [h / 2 - 0.5, w / 2 - 0.5] };
    case null:
      return { first: "column", shearUnit: degrees, centre: (h, w) => [w / 2 - 0.5, h / 2 - 0.5] };
  }
}

/**
 * Rotation, shift, shear and zoom of a draw in one matrix about the picture's centre, or undefined where the draw has none
 * of them: then a picture must stay untouched.
 *
 * M = R(theta) T(tx, ty) H(shear) Z(zx, zy), with factors that do nothing left out, as Keras multiplies them.
 */
export function affineMapOf(
  parameters: TransformParameters,
  compat: GeneratorPipeline["compat"],
  height: number,
  width: number,
): AffineMap | undefined {
  const geometry = geometryOf(compat);
  const factors = matrices(parameters, geometry);
  if (factors.length === 0) return undefined;
  const [first, second] = geometry.centre(height, width);
  const about = [translation(first, second), factors.reduce(multiply), translation(-first, -second)];
  const [a, b, e, c, d, f] = about.reduce(multiply);
  return geometry.first === "row"
    ? { rr: a, rc: b, row0: e, cr: c, cc: d, column0: f }
    : { rr: d, rc: c, row0: f, cr: b, cc: a, column0: e };
}

function matrices(parameters: TransformParameters, geometry: Geometry): Matrix[] {
  const { tx, ty, zx, zy } = parameters;
  const factors: Matrix[] = [];
  if (parameters.theta !== 0) {
    const theta = parameters.theta * degrees;
    factors.push([Math.cos(theta), -Math.sin(theta), 0, Math.sin(theta), Math.cos(theta), 0]);
  }
  if (tx !== 0 || ty !== 0) factors.push(translation(tx, ty));
  if (parameters.shear !== 0) {
    const shear = parameters.shear * geometry.shearUnit;
    factors.push([1, -Math.sin(shear), 0, 0, Math.cos(shear), 0]);
  }
  if (zx !== 1 || zy !== 1) factors.push([zx, 0, 0, 0, zy, 0]);
  return factors;
}

function translation(first: number, second: number): Matrix {
  return [1, 0, first, 0, 1, second];
}

function multiply(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[1] * n[3],
    m[0] * n[1] + m[1] * n[4],
    m[0] * n[2] + m[1] * n[5] + m[2],
    m[3] * n[0] + m[4] * n[3],
    m[3] * n[1] + m[4] * n[4],
    m[3] * n[2] + m[4] * n[5] + m[5],
  ];
}
