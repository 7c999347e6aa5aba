import type { EncodedProgram } from "../onnx/encodeProgram.ts";
import { ChainedSession } from "./chainedSession.ts";
import { numericsClass } from "./numerics.ts";
import { type LoadOptions, loadOrt, type Ort } from "./ort.ts";
import { selfTest, tryBlocks } from "./selfTest.ts";
import { ModelSession, type Session } from "./session.ts";

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

  /** @throws PermafrostError ENGINE_FAILED where models written for blocks of so many channels would give wrong numbers. */
  tryBlocks(channelBlock: number): Promise<void> {
    return tryBlocks(this.#ort, channelBlock);
  }

  /** One thread unless told otherwise. */
  load(program: EncodedProgram, options: Partial<LoadOptions> = {}): Promise<Session> {
    const load = (model: Uint8Array) =>
      ModelSession.load(this.#ort, model, { threads: 1, ...options, skipCopies: this.skipsCopies });
    return program instanceof Uint8Array ? load(program) : ChainedSession.load(program, load);
  }
}
