import { type MessagePort, parentPort, type Transferable, Worker } from "node:worker_threads";
import { type ErrorCode, messageOf, PermafrostError } from "../base/errors.ts";
import { silenceTelemetry } from "./telemetry.ts";

/** The calls that a worker thread answers: one argument in, a promise out. */
export type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

export type ArgumentOf<H extends Handlers, Name extends keyof H> = Parameters<H[Name]>[0];
export type ResultOf<H extends Handlers, Name extends keyof H> =
  Awaited<ReturnType<H[Name]>> extends Transferring<infer Result> ? Result : Awaited<ReturnType<H[Name]>>;

interface Request {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}

/** Asks a thread to end once everything before it is answered. */
const closeRequest = "close";

interface SerializedError {
  readonly message: string;
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly stack: string | undefined;
}

type Response =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: SerializedError };

/** A handler's result whose buffers move to the caller instead of being copied. */
export class Transferring<Result> {
  readonly result: Result;
  readonly buffers: readonly Transferable[];

  constructor(result: Result, buffers: readonly Transferable[]) {
    this.result = result;
    this.buffers = buffers;
  }
}

/** A worker thread seen from the thread that started it. Calls are answered in the order in which they are made. */
export class Thread<H extends Handlers> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(result: never): void; reject(error: unknown): void }>();
  #nextId = 0;
  #failure: PermafrostError | undefined;
  #isClosing = false;

  /** @param entry - The thread's module, relative to the package's compiled code, without ending: "engine/poolThread". */
  constructor(entry: string) {
    silenceTelemetry();
    // src/ and dist/ lie side by side, so this finds the compiled module also when the caller runs from source (tests).
    this.#worker = new Worker(new URL(`../../dist/${entry}.js`, import.meta.url));
    this.#worker.on("message", (response: Response) => this.#settle(response));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("the thread has ended")));
    this.#letProcessEnd();
  }

  /** Calls a handler in the thread. `transfer` lists buffers that move there. */
  call<Name extends keyof H & string>(
    method: Name,
    argument: ArgumentOf<H, Name>,
    transfer: readonly Transferable[] = [],
  ): Promise<ResultOf<H, Name>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, method, argument } satisfies Request, transfer);
    });
  }

  /** Number of calls that have not been answered. */
  get pending(): number {
    return this.#waiting.size;
  }

  /**
   * Ends the thread when it has answered what is under way. A thread that is stopped inside ONNX Runtime would take the
   * whole process with it, so this is the only way to end one.
   */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return;
    this.#isClosing = true;
    this.#worker.ref();
    const exit = new Promise<void>((resolve) => this.#worker.once("exit", () => resolve()));
    this.#worker.postMessage(closeRequest);
    await exit;
  }

  /** An idle thread does not keep a finished script alive; one that somebody waits for to end does. */
  #letProcessEnd(): void {
    if (this.#waiting.size === 0 && !this.#isClosing) this.#worker.unref();
  }

  #settle(response: Response): void {
    const caller = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    this.#letProcessEnd();
    if ("error" in response) caller?.reject(revive(response.error));
    else caller?.resolve(response.result as never);
  }

  #fail(error: Error): void {
    this.#failure ??= new PermafrostError("ENGINE_FAILED", `A worker thread stopped: ${error.message}.`, {
      cause: error,
    });
    for (const caller of this.#waiting.values()) caller.reject(this.#failure);
    this.#waiting.clear();
  }
}

/** What answers calls: a worker thread, or `SameThread`. */
export type Answering<H extends Handlers> = Pick<Thread<H>, "call" | "pending" | "close">;

/** Answers calls in this worker thread, one after the other. */
export function serve(handlers: Handlers): void {
  const port = parentPort;
  if (port === null) throw new PermafrostError("INTERNAL", "internal: serve() belongs in a worker thread.");
  let last: Promise<void> = Promise.resolve();
  port.on("message", (request: Request | typeof closeRequest) => {
    last = last.then(() => (request === closeRequest ? port.close() : answer(port, handlers, request)));
  });
}

async function answer(port: MessagePort, handlers: Handlers, request: Request): Promise<void> {
  try {
    const result = await handlers[request.method]?.(request.argument as never);
    if (result instanceof Transferring) {
      port.postMessage({ id: request.id, result: result.result } satisfies Response, result.buffers);
    } else {
      port.postMessage({ id: request.id, result } satisfies Response);
    }
  } catch (error) {
    port.postMessage({ id: request.id, error: serialize(error) } satisfies Response);
  }
}

function serialize(error: unknown): SerializedError {
  const known = error instanceof PermafrostError;
  return {
    message: known ? error.message : `internal: ${messageOf(error)}`,
    code: known ? error.code : "INTERNAL",
    details: known ? error.details : {},
    stack: error instanceof Error ? error.stack : undefined,
  };
}

function revive(error: SerializedError): PermafrostError {
  const revived = new PermafrostError(error.code, error.message, { details: error.details });
  if (error.stack !== undefined) revived.stack = error.stack;
  return revived;
}
