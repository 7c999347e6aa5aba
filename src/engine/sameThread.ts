import { type Answering, type ArgumentOf, type Handlers, type ResultOf, Transferring } from "./thread.ts";

/**
 * Handlers that answer in this thread, one call after the other: for a worker thread whose own work needs them. Buffers that a call
 * gives away stay where they are.
 */
export class SameThread<H extends Handlers> implements Answering<H> {
  readonly #handlers: H;
  readonly #release: () => Promise<void>;
  #last: Promise<unknown> = Promise.resolve();
  #pending = 0;

  /** @param release - Lets go of what the handlers hold. */
  constructor(handlers: H, release: () => Promise<void>) {
    this.#handlers = handlers;
    this.#release = release;
  }

  call<Name extends keyof H & string>(
    method: Name,
    argument: ArgumentOf<H, Name>,
  ): Promise<ResultOf<H, Name>> {
    this.#pending++;
    const answer = this.#last.then(async () => {
      try {
        const result = await this.#handlers[method]!(argument as never);
        return (result instanceof Transferring ? result.result : result) as ResultOf<H, Name>;
      } finally {
        this.#pending--;
      }
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  get pending(): number {
    return this.#pending;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#release();
  }
}
