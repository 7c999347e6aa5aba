/**
 * The few members of WebAssembly that this package uses. The DOM library declares them too, but a
 * Node package has no business with the rest of that library. The shapes follow it, so both can be
 * present in one program.
 */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    /** In pages of 64 KiB. */
    initial: number;
    maximum?: number;
    shared?: boolean;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    /** Adds pages of 64 KiB and returns the old number of pages. Existing views become empty. */
    grow(delta: number): number;
  }
  var Memory: { prototype: Memory; new (descriptor: MemoryDescriptor): Memory };

  interface Module {
    readonly [Symbol.toStringTag]?: string;
  }
  var Module: { prototype: Module; new (bytes: Uint8Array): Module };

  interface Instance {
    readonly exports: object;
  }
  var Instance: { prototype: Instance; new (module: Module, imports?: object): Instance };
}
