import { bitCount, type Fingerprint, similarity } from "./fingerprint.ts";

/**
 * Largest hash distance of two images that count as the same picture, and their least similarity.
 *
 * Chosen on photographs (dogs and cats at 200 pixels and at their own sizes, ten classes at 64 pixels). Among 9 million
 * pairs, the copies had a similarity of 0.998 and more, different pictures within 10 bits at most 0.85.
 * Found of copies made on purpose: 97 to 100 % of those re-encoded at quality 30, halved, brightened by a quarter, blurred
 * or cut by 1 % a side; 77 to 90 % of those cut by 3 % a side; half or less when cut by 5 %, turned by 2 degrees or greyed;
 * none that are mirrored.
 */
const maxHashDistance = 10;
const minSimilarity = 0.9;

/** Below this contrast (standard deviation, of 255) a picture is a plain surface: its hash is noise and matches any. */
const minContrast = 4;

/** How many thumbnails one image is compared with at most; photographs meet a handful, scans of one form all others. */
const maxComparisons = 100;

export interface NearDuplicates {
  /**
   * Groups of two or more images that show the same picture, by rising index. A group is connected by pairs: its
   * outermost members may differ more from each other.
   */
  readonly groups: readonly (readonly number[])[];
  /** How many images looked like so many others that they were not compared with all of them. */
  readonly limited: number;
}

/**
 * Finds images that show the same picture.
 *
 * Candidates come from multi-index hashing (Norouzi, Punjani and Fleet 2012): two 64-bit hashes within 11 bits agree in one
 * of four 16-bit bands up to 2 bits, so looking up each band with up to 2 bits flipped misses nothing and touches
 * few others.
 */
export function nearDuplicates(fingerprints: readonly Fingerprint[]): NearDuplicates {
  const members = fingerprints.flatMap(({ contrast }, index) => (contrast >= minContrast ? [index] : []));
  const hashes = Uint16Array.from(fingerprints.flatMap(({ bands }) => [...bands]));
  const groups = new Groups(fingerprints.length);
  const compared = new Uint16Array(fingerprints.length);
  const visit = (index: number, other: number): boolean => {
    if (distance(hashes, index, other) > maxHashDistance || groups.areJoined(index, other)) return true;
    if (compared[index]! > maxComparisons || ++compared[index]! > maxComparisons) return false;
    if (similarity(fingerprints[index]!, fingerprints[other]!) >= minSimilarity) groups.join(index, other);
    return true;
  };
  for (let band = 0; band < 4; band++) visitCandidates(members, hashes, band, visit);
  return { groups: groups.list(), limited: compared.filter((count) => count > maxComparisons).length };
}

/**
 * Visits pairs whose hashes agree in one band up to two bits; the second index is the smaller one. A visit that returns
 * false ends those of its first index.
 */
function visitCandidates(
  members: readonly number[],
  hashes: Uint16Array,
  band: number,
  visit: (index: number, other: number) => boolean,
): void {
  const flips = flipMasks();
  const buckets = new Buckets(members, (index) => hashes[4 * index + band]!);
  for (const index of members) visitCandidatesOf(index);

  function visitCandidatesOf(index: number): void {
    const key = hashes[4 * index + band]!;
    for (const flip of flips) {
      const end = buckets.start((key ^ flip) + 1);
      for (let place = buckets.start(key ^ flip); place < end; place++) {
        const other = buckets.index(place);
        // Indices rise within a bucket.
        if (other >= index) break;
        if (!metInEarlierBand(hashes, index, other, band) && !visit(index, other)) return;
      }
    }
  }
}

function metInEarlierBand(hashes: Uint16Array, a: number, b: number, band: number): boolean {
  for (let earlier = 0; earlier < band; earlier++) {
    if (bitCount(hashes[4 * a + earlier]! ^ hashes[4 * b + earlier]!) <= 2) return true;
  }
  return false;
}

/** Bits in which the hashes of two images differ. */
function distance(hashes: Uint16Array, a: number, b: number): number {
  let bits = 0;
  for (let band = 0; band < 4; band++) bits += bitCount(hashes[4 * a + band]! ^ hashes[4 * b + band]!);
  return bits;
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

  areJoined(a: number, b: number): boolean {
    return this.rootOf(a) === this.rootOf(b);
  }

  join(a: number, b: number): void {
    const [first, second] = [this.rootOf(a), this.rootOf(b)];
    this.#parent[Math.max(first, second)] = Math.min(first, second);
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
