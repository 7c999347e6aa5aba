import { bitCount, type Fingerprint, hashDistance, similarity } from "./fingerprint.ts";

/**
 * Largest hash distance of two images that count as the same picture, and their least similarity.
 *
 * Chosen on photographs (dogs and cats at 200 pixels and at their own sizes, ten classes at 64 pixels). Among 9 million
 * pairs, the copies had a similarity of 0.998 and more, different pictures within 10 bits at most 0.85.
 */
const maxHashDistance = 10;
const minSimilarity = 0.9;

/** Below this contrast (standard deviation, of 255) a picture is a plain surface: its hash is noise and would match any other surface. */
const minContrast = 4;

/**
 * Groups of images that show the same picture, each in rising order of index; images alone in their group are left out.
 * A group is connected by pairs: its outermost members may differ more from each other.
 *
 * Candidates come from multi-index hashing (Norouzi, Punjani and Fleet 2012): two 64-bit hashes within 11 bits agree in one
 * of four 16-bit bands up to 2 bits, so looking up each band with up to 2 bits flipped misses nothing and touches
 * few others. Time grows with n, not with n squared, until n passes some 100,000.
 */
export function nearDuplicateGroups(fingerprints: readonly Fingerprint[]): number[][] {
  const members = fingerprints.flatMap(({ contrast }, index) => (contrast >= minContrast ? [index] : []));
  const groups = new Groups(fingerprints.length);
  const flips = flipMasks();
  for (let band = 0; band < 4; band++) {
    const bandOf = (index: number) => fingerprints[index]!.bands[band]!;
    const buckets = new Buckets(members, bandOf);
    for (const index of members) {
      for (const flip of flips) {
        const key = bandOf(index) ^ flip;
        for (let place = buckets.start(key); place < buckets.start(key + 1); place++) {
          const other = buckets.index(place);
          if (other < index)
            groups.joinIf(other, index, () => isSamePicture(fingerprints[other]!, fingerprints[index]!));
        }
      }
    }
  }
  return groups.list();
}

function isSamePicture(a: Fingerprint, b: Fingerprint): boolean {
  return hashDistance(a, b) <= maxHashDistance && similarity(a, b) >= minSimilarity;
}

/** The 137 words of 16 bits with at most two ones. */
function flipMasks(): number[] {
  return Array.from({ length: 1 << 16 }, (_, mask) => mask).filter((mask) => bitCount(mask) <= 2);
}

/** Indices by a 16-bit key, sorted by counting. */
class Buckets {
  readonly #starts = new Uint32Array((1 << 16) + 1);
  readonly #indices: Uint32Array;

  constructor(indices: readonly number[], keyOf: (index: number) => number) {
    for (const index of indices) this.#starts[keyOf(index) + 1]! += 1;
    for (let key = 0; key < 1 << 16; key++) this.#starts[key + 1]! += this.#starts[key]!;
    const next = this.#starts.slice();
    this.#indices = new Uint32Array(indices.length);
    for (const index of indices) this.#indices[next[keyOf(index)]!++] = index;
  }

  /** Where the indices with this key begin; they end where those of the next key begin. */
  start(key: number): number {
    return this.#starts[key]!;
  }

  index(place: number): number {
    return this.#indices[place]!;
  }
}

/** Disjoint sets with path halving (Tarjan and van Leeuwen 1984); the smallest index is the root. */
class Groups {
  readonly #parent: Uint32Array;

  constructor(size: number) {
    this.#parent = Uint32Array.from({ length: size }, (_, index) => index);
  }

  rootOf(index: number): number {
    let current = index;
    while (this.#parent[current] !== current) {
      this.#parent[current] = this.#parent[this.#parent[current]!]!;
      current = this.#parent[current]!;
    }
    return current;
  }

  /** Joins the groups of two indices if a condition holds; it is not asked where they are one group already. */
  joinIf(a: number, b: number, condition: () => boolean): void {
    const first = this.rootOf(a);
    const second = this.rootOf(b);
    if (first !== second && condition()) this.#parent[Math.max(first, second)] = Math.min(first, second);
  }

  list(): number[][] {
    const byRoot = new Map<number, number[]>();
    for (let index = 0; index < this.#parent.length; index++) {
      if (this.#parent[index] === index) byRoot.set(index, [index]);
      else byRoot.get(this.rootOf(index))!.push(index);
    }
    return [...byRoot.values()].filter((group) => group.length > 1);
  }
}
