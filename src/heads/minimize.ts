/** A function's value at a point; its gradient is written into the second argument. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimizeOptions {
  /** Stop where no part of the gradient is larger. Default 1e-6. */
  readonly tolerance?: number;
  /** Default 1,000. */
  readonly iterations?: number;
}

export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Steps that the curvature is remembered of. */
const memory = 10;

interface Step {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  readonly rho: number;
}

/** The lowest point of a smooth convex function, downhill from a start (L-BFGS; Liu and Nocedal 1989). */
export function minimize(
  objective: Objective,
  start: Float64Array,
  { tolerance = 1e-6, iterations = 1000 }: MinimizeOptions = {},
): Minimum {
  let point: Float64Array = start.slice();
  let gradient: Float64Array = new Float64Array(point.length);
  let value = objective(point, gradient);
  const steps: Step[] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (largest(gradient) <= tolerance) return { point, value, iterations: iteration, converged: true };
    const direction = downhill(gradient, steps);
    const found = lineSearch(objective, { point, value, gradient }, direction, steps.length === 0);
    // Rounding is all that is left.
    if (found === undefined) return { point, value, iterations: iteration, converged: false };
    const moved = found.point.map((x, at) => x - point[at]!);
    const turned = found.gradient.map((g, at) => g - gradient[at]!);
    const curvature = dot(moved, turned);
    if (curvature > 0) steps.push({ moved, turned, rho: 1 / curvature });
    if (steps.length > memory) steps.shift();
    ({ point, value, gradient } = found);
  }
  return { point, value, iterations, converged: largest(gradient) <= tolerance };
}

/** Minus the inverse curvature, as the last steps have shown it, times the gradient. */
function downhill(gradient: Float64Array, steps: readonly Step[]): Float64Array {
  const direction = gradient.map((g) => -g);
  const shares = new Float64Array(steps.length);
  for (let at = steps.length - 1; at >= 0; at--) {
    const { moved, turned, rho } = steps[at]!;
    shares[at] = rho * dot(moved, direction);
    addScaled(direction, turned, -shares[at]!);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.turned, last.turned));
    for (let at = 0; at < direction.length; at++) direction[at]! *= scale;
  }
  for (const [at, { moved, turned, rho }] of steps.entries()) {
    addScaled(direction, moved, shares[at]! - rho * dot(turned, direction));
  }
  return direction;
}

interface Place {
  readonly point: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** A step along a direction that lowers the value enough and flattens the slope (Wolfe 1969), by doubling and halving. */
function lineSearch(
  objective: Objective,
  from: Place,
  direction: Float64Array,
  isFirst: boolean,
): Place | undefined {
  const slope = dot(from.gradient, direction);
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let size = isFirst ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
  for (let trial = 0; trial < 50; trial++) {
    const point = from.point.map((x, at) => x + size * direction[at]!);
    const gradient = new Float64Array(point.length);
    const value = objective(point, gradient);
    if (!(value <= from.value + 1e-4 * size * slope)) high = size;
    else if (dot(gradient, direction) < 0.9 * slope) low = size;
    else return { point, value, gradient };
    size = Number.isFinite(high) ? (low + high) / 2 : 2 * size;
  }
  return undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

function addScaled(into: Float64Array, values: Float64Array, scale: number): void {
  for (let at = 0; at < into.length; at++) into[at]! += scale * values[at]!;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
