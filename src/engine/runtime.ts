import { numericsClass } from "./numerics.ts";
import { loadOrt, type Ort } from "./ort.ts";
import { selfTest } from "./selfTest.ts";
import { Session } from "./session.ts";

/** ONNX Runtime in this thread, tested and ready to load models. */
export class Runtime {
  readonly #ort: Ort;
  /** Whether outputs written in place are spared a second copy (see selfTest). */
  readonly skipsCopies: boolean;

  private constructor(ort: Ort, skipsCopies: boolean) {
    this.#ort = ort;
    this.skipsCopies = skipsCopies;
  }

  static async start(): Promise<Runtime> {
    const ort = await loadOrt();
    return new Runtime(ort, await selfTest(ort));
  }

  get version(): string {
    return this.#ort.version;
  }

  get numericsClass(): string {
    return numericsClass(this.#ort.version);
  }

  /** @param threads - Threads that one run of the model may use (default 1). */
  load(model: Uint8Array, threads = 1): Promise<Session> {
    return Session.load(this.#ort, model, { threads, skipCopies: this.skipsCopies });
  }
}
