import { messageOf } from "../../base/errors.ts";
import { keyBytes } from "../../features/key.ts";
import type { RowWriter } from "../../features/rowWriter.ts";
import type { StoreGroup } from "../../features/storeGroup.ts";
import { sizeOf } from "../../tensor/tensor.ts";

/**
 * New features on their way into a store: in memory until the pack that they are written to is finished. When the disk
 * refuses, they stay in memory as far as there is room, and are forgotten after use beyond that.
 */
export class UnpackedFeatures {
  /** What did not go as it should, in sentences for the user. */
  readonly warnings: string[] = [];
  readonly #group: StoreGroup;
  /** By their keys in hexadecimal. */
  readonly #features = new Map<string, Float32Array>();
  #writer: RowWriter;
  #packedRows: number;
  #bytesWritten = 0;
  #writeSeconds = 0;
  #keeps = true;

  constructor(group: StoreGroup) {
    this.#group = group;
    this.#writer = group.writer();
    this.#packedRows = group.rows;
  }

  /** Bytes of the packs that are finished. */
  get bytesWritten(): number {
    return this.#bytesWritten + this.#writer.bytesWritten;
  }

  /** Seconds spent on handing rows to the store. */
  get writeSeconds(): number {
    return this.#writeSeconds;
  }

  /** A feature that is in no finished pack. */
  get(name: string): Float32Array | undefined {
    return this.#features.get(name);
  }

  /** To be called before each batch of work: what could not be kept beyond its use is forgotten. */
  makeRoom(): void {
    if (!this.#keeps) this.#features.clear();
  }

  /** @param features - [names.length, ...shape] */
  async add(names: readonly string[], features: Float32Array): Promise<void> {
    const size = sizeOf(this.#group.shape);
    for (const [at, name] of names.entries()) {
      this.#features.set(name, features.subarray(at * size, (at + 1) * size));
    }
    if (this.#keeps) await this.#write(() => this.#writer.append(keysNamed(names), features));
  }

  /** All that was added is in the store then. */
  async finishPack(): Promise<void> {
    await this.#write(() => this.#writer.close());
  }

  async #write(task: () => Promise<void>): Promise<void> {
    const begin = performance.now();
    try {
      await task();
    } catch (error) {
      this.warnings.push(messageOf(error));
      if (this.#group.inMemory) this.#keeps = false;
      else await this.#keepInMemory();
    }
    this.#writeSeconds += (performance.now() - begin) / 1000;
    this.#forgetPacked();
  }

  async #keepInMemory(): Promise<void> {
    this.warnings.push("New features are kept in memory, for this run only.");
    this.#bytesWritten += this.#writer.bytesWritten;
    this.#group.keepInMemory();
    this.#writer = this.#group.writer();
    try {
      for (const [name, feature] of this.#features) await this.#writer.append(keysNamed([name]), feature);
    } catch {
      this.#keeps = false;
    }
  }

  #forgetPacked(): void {
    if (this.#group.rows === this.#packedRows) return;
    this.#packedRows = this.#group.rows;
    for (const name of [...this.#features.keys()]) {
      if (this.#group.find(keysNamed([name]))[0]! >= 0) this.#features.delete(name);
    }
  }
}

/** The key at a place, in hexadecimal. */
export function nameAt(keys: Uint8Array, at: number): string {
  return Buffer.from(keys.subarray(at * keyBytes, (at + 1) * keyBytes)).toString("hex");
}

function keysNamed(names: readonly string[]): Uint8Array {
  return Buffer.from(names.join(""), "hex");
}
