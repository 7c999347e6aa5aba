import { readdirSync } from "node:fs";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { messageOf, PermafrostError } from "../base/errors.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { keyBytes } from "./key.ts";
import { KeyIndex } from "./keyIndex.ts";
import { MemoryWriter, memoryPlace } from "./memoryPack.ts";
import { OpenFiles } from "./openFiles.ts";
import { type OpenedPack, openPack, type Pack } from "./pack.ts";
import { isPackName, type RowFormat, rowBytes, rowChecksum } from "./packFormat.ts";
import { PackWriter } from "./packWriter.ts";
import { ResidentRows } from "./residentRows.ts";
import { decodeRows } from "./rowCodec.ts";
import { RowPlaces } from "./rowPlaces.ts";
import type { RowWriter } from "./rowWriter.ts";
import { markUsed } from "./useTime.ts";

/** A pack or a row that is not used, and why. */
export interface StoreProblem {
  readonly path: string;
  /** Missing where the whole pack is meant. */
  readonly row?: number;
  readonly reason: string;
}

export interface GroupOptions {
  /** Where its packs lie; left out: in memory only. */
  readonly home?: string;
  /** Whether new packs may be written there. */
  readonly writable: boolean;
  /** Packs found there. */
  readonly packs: readonly string[];
  /** What was wrong before any pack was opened. */
  readonly problems: readonly StoreProblem[];
  readonly packBytes: number;
  /** Bytes of new features that may be kept in memory where the disk does not take them. */
  readonly memoryLimit: number;
  /** Bytes of features that stay in memory once they were read. */
  readonly residentBytes: number;
}

/** What is known of a row's bytes. */
const unchecked = 0;
const intact = 1;
const damaged = 2;

/** Rows are checked in pieces of about this size. */
const pieceBytes = 4 * 2 ** 20;

/**
 * The rows of one group: an index in memory (under 75 bytes a row), features on disk, and the first of them that were read
 * in memory as well. Row numbers hold as long as the object does. Other processes may add packs at the same time; they are seen when the group is opened again, or when a row
 * that was found has gone: it may have been moved to another pack.
 */
export class StoreGroup {
  readonly shape: readonly number[];
  readonly #format: RowFormat;
  readonly #options: GroupOptions;
  readonly #files = new OpenFiles();
  readonly #index = new KeyIndex();
  readonly #places = new RowPlaces<Pack>();
  readonly #resident: ResidentRows;
  readonly #problems: StoreProblem[];
  readonly #seen = new Set<string>();
  readonly #used = new Set<Pack>();
  /** Packs that came after the opening: written by this run, or merged meanwhile. */
  readonly #added = new Set<string>();
  #states = new Uint8Array(0);
  #inMemory: boolean;

  /** Used by FeatureStore.group. */
  constructor(format: RowFormat, options: GroupOptions) {
    this.shape = format.shape;
    this.#format = format;
    this.#options = options;
    this.#resident = new ResidentRows(rowBytes(format), options.residentBytes);
    this.#problems = [...options.problems];
    this.#inMemory = options.home === undefined || !options.writable;
    for (const path of options.packs) this.#open(path);
  }

  /** Number of rows, damaged ones included. */
  get rows(): number {
    return this.#index.rows;
  }

  /** Packs and rows that were left out so far. */
  get problems(): readonly StoreProblem[] {
    return this.#problems;
  }

  /** Numerics classes other than the group's own whose rows were used: imported on the user's word. */
  get origins(): readonly string[] {
    return [...new Set([...this.#used].flatMap(({ origin }) => origin ?? []))];
  }

  /** Packs that this run has read or written. */
  get usedPacks(): ReadonlySet<string> {
    return new Set([...this.#added, ...[...this.#used].map((pack) => pack.place)]);
  }

  /** Whether new rows stay in memory and are gone after this run. */
  get inMemory(): boolean {
    return this.#inMemory;
  }

  /** From now on new rows are kept in memory: the disk has refused them. */
  keepInMemory(): void {
    this.#inMemory = true;
  }

  /** Row numbers of keys, [n, 32]; -1 where there is no row or a damaged one. */
  find(keys: Uint8Array): Int32Array {
    const usable = (row: number): boolean => this.#states[row] !== damaged;
    return Int32Array.from({ length: keys.length / keyBytes }, (_, at) => this.#index.find(keys, at, usable));
  }

  /** Takes new rows; they are found after `close`, those of full packs before. */
  writer(): RowWriter {
    const { home, packBytes, memoryLimit } = this.#options;
    if (this.#inMemory || home === undefined) {
      return new MemoryWriter(this.#format, { limit: memoryLimit, onPack: (pack) => this.#adopt(pack) });
    }
    return new PackWriter(home, this.#format, { packBytes, onPack: (path) => this.#add(path) });
  }

  /**
   * Reads features, [rows.length, ...shape], in the order asked for. A row is held against its checksum when it is read first.
   *
   * @throws PermafrostError STORE_DAMAGED naming the row; it counts as missing from then on.
   */
  readRows(rows: ArrayLike<number>, into: Float32Array): void {
    const length = sizeOf(this.shape);
    if (into.length < rows.length * length) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `feature store: expected room for ${rows.length} rows of ${length} numbers, got ${into.length}.`,
      );
    }
    const { dtype } = this.#format;
    if (dtype === "float32") {
      this.#readStored(rows, new Uint8Array(into.buffer, into.byteOffset, rows.length * length * 4));
    } else {
      const stored = new Uint8Array(rows.length * rowBytes(this.#format));
      this.#readStored(rows, stored);
      decodeRows(dtype, stored, into);
    }
  }

  #readStored(rows: ArrayLike<number>, bytes: Uint8Array): void {
    const absent = this.#resident.copy(rows, bytes);
    if (absent.length === 0) return;
    for (const { row, count, at } of this.#places.runs(rows, absent)) {
      this.#readRun(row, count, at, bytes);
      if (this.#resident.hasRoom && this.#places.find(row).item.place !== memoryPlace) {
        this.#keep(row, count, at, bytes);
      }
    }
  }

  #keep(row: number, count: number, at: number, bytes: Uint8Array): void {
    const size = rowBytes(this.#format);
    for (let index = 0; index < count; index++) {
      this.#resident.add(row + index, bytes.subarray((at + index) * size, (at + index + 1) * size));
    }
  }

  /**
   * Holds rows against their checksums, unless that was done before. Damaged ones become misses and problems.
   *
   * @returns How many were damaged.
   */
  async verify(rows: ArrayLike<number>): Promise<number> {
    const size = rowBytes(this.#format);
    const todo = Int32Array.from(rows).filter((row) => this.#states[row] === unchecked);
    const piece = Math.max(1, Math.min(todo.length, Math.floor(pieceBytes / size)));
    const buffer = new Uint8Array(piece * size);
    let found = 0;
    for (let first = 0; first < todo.length; first += piece) {
      const part = todo.subarray(first, first + piece);
      for (const run of this.#places.runs(part)) {
        found += this.#checkRun(run.row, run.count, buffer.subarray(0, run.count * size));
      }
      await nextTurn();
    }
    if (found > 0) this.refresh();
    return found;
  }

  close(): void {
    this.#files.close();
  }

  #add(path: string): void {
    if (this.#seen.has(path)) return;
    this.#added.add(path);
    this.#open(path);
  }

  #open(path: string): void {
    this.#seen.add(path);
    try {
      this.#adopt(openPack(path, this.#format, this.#files));
    } catch (error) {
      this.#problems.push({ path, reason: messageOf(error) });
    }
  }

  /** Opens packs that have appeared since: another process may have merged some that are gone now. */
  refresh(): void {
    const { home } = this.#options;
    if (home === undefined) return;
    for (const name of listNames(home).filter(isPackName)) {
      this.#add(path.join(home, name));
    }
  }

  #adopt({ pack, keys, indexIntact }: OpenedPack): void {
    const first = this.#index.rows;
    this.#index.add(keys);
    this.#places.add(pack.rows, pack);
    if (this.#states.length < this.#index.rows) {
      const larger = new Uint8Array(Math.ceil(this.#index.rows * 1.25));
      larger.set(this.#states.subarray(0, first));
      this.#states = larger;
    }
    if (!indexIntact) this.#checkEach(first, pack);
  }

  /** Keys or checksums of the pack are not as written: only rows that agree with both are kept. */
  #checkEach(first: number, pack: Pack): void {
    const reason =
      "its keys or checksums are not as written; each row was checked and only good ones are used";
    this.#problems.push({ path: pack.place, reason });
    const buffer = new Uint8Array(rowBytes(this.#format));
    for (let row = first; row < first + pack.rows; row++) this.#checkRun(row, 1, buffer);
  }

  #readRun(row: number, count: number, at: number, bytes: Uint8Array): void {
    const size = rowBytes(this.#format);
    const target = bytes.subarray(at * size, (at + count) * size);
    const known = this.#problems.length;
    const bad = this.#checkRun(row, count, target);
    if (bad === 0) return;
    this.refresh();
    if (this.#readMoved(row, count, target)) {
      // What was only moved is no problem.
      this.#problems.length = known;
      return;
    }
    throw new PermafrostError(
      "STORE_DAMAGED",
      `${this.#places.find(row).item.place}: ${bad} of ${count} rows from row ${row - this.#places.find(row).first} on do not agree with their checksums. They are not used; run again to compute them anew.`,
    );
  }

  /** Reads the damaged ones among rows from where else the store holds them. */
  #readMoved(row: number, count: number, target: Uint8Array): boolean {
    const size = rowBytes(this.#format);
    for (let index = 0; index < count; index++) {
      if (this.#states[row + index] !== damaged) continue;
      const moved = this.find(this.#index.key(row + index))[0]!;
      if (moved < 0) return false;
      if (this.#checkRun(moved, 1, target.subarray(index * size, (index + 1) * size)) > 0) return false;
    }
    return true;
  }

  /** Reads rows that lie together and checks those not checked before. Hands back how many are damaged. */
  #checkRun(row: number, count: number, into: Uint8Array): number {
    const { item: pack, first } = this.#places.find(row);
    try {
      pack.read(row - first, into);
    } catch (error) {
      for (let each = row; each < row + count; each++) this.#markDamaged(each, messageOf(error));
      return count;
    }
    this.#noteUse(pack);
    const size = rowBytes(this.#format);
    let bad = 0;
    for (let index = 0; index < count; index++) {
      if (this.#states[row + index] === unchecked) {
        const sum = rowChecksum(
          this.#index.key(row + index),
          into.subarray(index * size, (index + 1) * size),
        );
        if (sum === pack.checksums[row + index - first]) this.#states[row + index] = intact;
        else this.#markDamaged(row + index, "its bytes do not agree with its checksum");
      }
      if (this.#states[row + index] === damaged) bad++;
    }
    return bad;
  }

  #noteUse(pack: Pack): void {
    if (this.#used.has(pack)) return;
    this.#used.add(pack);
    if (this.#options.writable) markUsed(pack.place);
  }

  #markDamaged(row: number, reason: string): void {
    const { item: pack, first } = this.#places.find(row);
    if (this.#states[row] !== damaged) this.#problems.push({ path: pack.place, row: row - first, reason });
    this.#states[row] = damaged;
  }
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
