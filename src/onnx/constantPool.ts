import { sha256 } from "../base/digest.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Gives equal constants the same name, so that each is stored once. */
export class ConstantPool {
  readonly #byTensor = new Map<Tensor, string>();
  readonly #byContent = new Map<string, string>();

  /** The name of a constant with this content, and whether nobody asked for it before. */
  add(tensor: Tensor): { readonly name: string; readonly isNew: boolean } {
    const seen = this.#byTensor.get(tensor);
    if (seen !== undefined) return { name: seen, isNew: false };
    const key = contentKey(tensor);
    const equal = this.#byContent.get(key);
    const name = equal ?? `#constant${this.#byContent.size}`;
    this.#byTensor.set(tensor, name);
    this.#byContent.set(key, name);
    return { name, isNew: equal === undefined };
  }
}

function contentKey({ dtype, shape, data }: Tensor): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return `${dtype}[${shape.join()}]${sha256(bytes)}`;
}
