/**
 * The error function in float64: its power series near 0, the continued fraction of its complement
 * (Abramowitz and Stegun 7.1.6 and 7.1.14) further out.
 */
export function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  const value = size < 2.5 ? series(size) : 1 - complement(size);
  return x < 0 ? -value : value;
}

/** 2 / sqrt(pi) e^(-x^2) sum over n of 2^n x^(2n+1) / (1 · 3 · ... · (2n+1)): all terms are positive. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** e^(-x^2) / sqrt(pi) times 1 / (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...)))), from the inside out. */
function complement(x: number): number {
  let tail = x;
  for (let n = 60; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}
