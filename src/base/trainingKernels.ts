/**
 * SIMD kernels over float32 arrays in WebAssembly memory (kernels/assembly, module "training").
 *
 * Pointers are byte offsets, `n` counts floats (any number, 0 included); nothing has to be aligned, but
 * multiples of 16 bytes are fastest. Scalars arrive as doubles; derived ones such as `1 - rho` are
 * computed in double and rounded to float32 once, as Keras does. All element arithmetic is float32.
 * Flags are 0 or 1. Arrays must not overlap unless they are the same one.
 */
export interface TrainingKernels {
  /** Keras SGD without momentum: w -= learningRate * g. */
  sgd(w: number, g: number, n: number, learningRate: number): void;

  /**
   * Keras SGD with momentum: m = momentum * m - learningRate * g, then w += m,
   * or with Nesterov w += momentum * m - learningRate * g.
   */
  sgdMomentum(
    w: number,
    g: number,
    m: number,
    n: number,
    learningRate: number,
    momentum: number,
    nesterov: number,
  ): void;

  /**
   * Keras RMSprop: v = rho * v + (1 - rho) * g^2, step = learningRate * g / sqrt(v + epsilon).
   *
   * @param average - Running mean of g for the centered form (v - average^2 under the root); 0 for the plain form.
   * @param m - Momentum buffer (m = momentum * m + step, w -= m); 0 for none (w -= step).
   * @param epsilonOutside - 1 for sqrt(v) + epsilon, as Keras before 2.11 and PyTorch have it.
   */
  rmsprop(
    w: number,
    g: number,
    v: number,
    average: number,
    m: number,
    n: number,
    learningRate: number,
    rho: number,
    momentum: number,
    epsilon: number,
    epsilonOutside: number,
  ): void;

  /**
   * Keras Adam: m += (g - m)(1 - beta1), v += (g^2 - v)(1 - beta2), w -= alpha * m / (sqrt(v) + epsilon).
   *
   * @param maximum - Running maximum of v for AMSGrad (used in place of v); 0 for plain Adam.
   * @param alpha - learningRate * sqrt(1 - beta2^t) / (1 - beta1^t), step t counted from 1. Keras computes it in
   *   float32, one rounding an operation; in double the first steps differ by 2e-5 of their length.
   */
  adam(
    w: number,
    g: number,
    m: number,
    v: number,
    maximum: number,
    n: number,
    alpha: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;

  /**
   * Keras Nadam: m += (g - m)(1 - beta1), v += (g^2 - v)(1 - beta2),
   * w -= (meanRate * m + gradientRate * g) / (sqrt(v * correction) + epsilon).
   *
   * @param meanRate - learningRate * u(t+1) / (1 - u(1) ... u(t+1)), u the momentum of a step.
   * @param gradientRate - learningRate * (1 - u(t)) / (1 - u(1) ... u(t)).
   * @param correction - 1 / (1 - beta2^t).
   */
  nadam(
    w: number,
    g: number,
    m: number,
    v: number,
    n: number,
    meanRate: number,
    gradientRate: number,
    correction: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;

  /** Keras Adagrad: a += g^2, w -= learningRate * g / sqrt(a + epsilon). */
  adagrad(w: number, g: number, a: number, n: number, learningRate: number, epsilon: number): void;

  /**
   * Keras Adadelta: v = rho * v + (1 - rho) g^2, move = sqrt(d + epsilon) * g / sqrt(v + epsilon),
   * d = rho * d + (1 - rho) move^2, w -= learningRate * move.
   */
  adadelta(
    w: number,
    g: number,
    v: number,
    d: number,
    n: number,
    learningRate: number,
    rho: number,
    epsilon: number,
  ): void;

  /** Keras Lion: w -= learningRate * sign(beta1 * m + (1 - beta1) g), m = beta2 * m + (1 - beta2) g. */
  lion(w: number, g: number, m: number, n: number, learningRate: number, beta1: number, beta2: number): void;

  /** sum += g. */
  accumulate(sum: number, g: number, n: number): void;

  /** g = (g + sum) / count, sum = 0. */
  takeMean(g: number, sum: number, n: number, count: number): void;

  /** Exponential moving average: average = old * average + fresh * w. */
  follow(average: number, w: number, n: number, old: number, fresh: number): void;

  /** to = from. */
  copy(to: number, from: number, n: number): void;

  /** Exchanges two arrays. */
  swap(a: number, b: number, n: number): void;

  /** Decoupled weight decay: w -= w * factor, where factor = weightDecay * learningRate. */
  decay(w: number, n: number, factor: number): void;

  /** x *= factor. */
  scale(x: number, n: number, factor: number): void;

  /** x = min(max(x, low), high); a NaN stays NaN. */
  clamp(x: number, n: number, low: number, high: number): void;

  /** Sum of x^2, products and sum in double; the order of addition depends on n alone. */
  sumOfSquares(x: number, n: number): number;

  /**
   * Inverted-dropout mask: element i is 1 / keep where word i of the Philox4x32-10 stream is below
   * keep * 2^32, else 0. Counter words: block number (low, high), step, stream. With step and stream 0 the words are
   * those of `new Random(...path)` with the same key, in order.
   *
   * @param keep - Probability of keeping an element, above 0, at most 1.
   * @param step - Counter word 2: take a new one for every mask.
   * @param stream - Counter word 3: take another one for every layer.
   */
  dropoutMask(
    mask: number,
    n: number,
    keep: number,
    key0: number,
    key1: number,
    step: number,
    stream: number,
  ): void;

  /**
   * Normal numbers of mean 0 (Box and Muller): elements 2i and 2i + 1 come from words 2i and 2i + 1 of the stream that
   * `dropoutMask` uses, the first for the distance from 0, the second for the angle.
   */
  normalNoise(
    noise: number,
    n: number,
    stddev: number,
    key0: number,
    key1: number,
    step: number,
    stream: number,
  ): void;
}
