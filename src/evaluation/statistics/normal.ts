/** Below it a power series, above it a continued fraction converges within a few dozen terms. */
const seriesEnd = 2.5;
const terms = 120;

/** 1 - erf(x), exact to about 1e-15 of its value, also far out. */
function complementaryError(x: number): number {
  if (x < 0) return 2 - complementaryError(-x);
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < seriesEnd) {
    // erf(x) = 2/sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (2n+1)!! (Abramowitz and Stegun 7.1.6).
    let term = x;
    let sum = x;
    for (let n = 1; n < terms && term > sum * Number.EPSILON; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - 2 * scale * sum;
  }
  // Abramowitz and Stegun 7.1.14, from the inside out.
  let rest = 0;
  for (let n = terms; n > 0; n--) rest = n / 2 / (x + rest);
  return scale / (x + rest);
}

/** The chance that a standard normal number is at most x. */
export function normalCdf(x: number): number {
  return complementaryError(-x / Math.SQRT2) / 2;
}

/**
 * The number below which a standard normal number stays with chance p.
 *
 * @param p - 0 to 1; the ends give minus and plus infinity.
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (!(p > 0)) return p === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (p === 0.5) return 0;
  // Abramowitz and Stegun 26.2.23 is right to 5e-4; Halley's method triples the digits in each step.
  const t = Math.sqrt(-2 * Math.log(p));
  let x =
    -t + (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 3; step++) {
    const error = (normalCdf(x) - p) * Math.sqrt(2 * Math.PI) * Math.exp((x * x) / 2);
    x -= error / (1 + (x * error) / 2);
  }
  return x;
}
