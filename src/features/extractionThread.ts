import type { Preprocessing } from "../applications/preprocessing.ts";
import { PermafrostError } from "../base/errors.ts";
import { Runtime } from "../engine/runtime.ts";
import { serve, Transferring } from "../engine/thread.ts";
import type { PixelImage } from "../images/pixelImage.ts";
import type { PrefixSignature } from "./prefix.ts";
import { PrefixRunner } from "./prefixRunner.ts";

/** What a thread needs before its first picture. */
export interface ExtractionJob {
  readonly signature: PrefixSignature;
  readonly preprocessing: Preprocessing;
  readonly batchSize: number;
  /** The encoded prefix; missing for a trivial one. */
  readonly model?: Uint8Array;
}

const started = Runtime.start();
// A failure is told to whoever calls; until then it must not end the thread.
started.catch(() => undefined);
const current: { runner?: PrefixRunner; preprocessSeconds: number } = { preprocessSeconds: 0 };

/** What a thread of the extraction answers. */
const handlers = {
  numericsClass: async () => (await started).numericsClass,
  load: async ({ signature, preprocessing, batchSize, model }: ExtractionJob) => {
    const session = model === undefined ? undefined : await (await started).load(model);
    await current.runner?.close();
    current.runner = new PrefixRunner({
      signature,
      preprocessing,
      batchSize,
      ...(session === undefined ? {} : { session }),
    });
  },
  /** To be called before the thread is ended: ending it while ONNX Runtime is at work would end the process. */
  finish: async () => {
    await started;
    await current.runner?.close();
    delete current.runner;
  },
  place: ({ slot, image }: { slot: number; image: PixelImage }) => {
    const begin = performance.now();
    runner().place(slot, image);
    current.preprocessSeconds += (performance.now() - begin) / 1000;
  },
  run: async ({ count }: { count: number }) => {
    const begin = performance.now();
    const features = await runner().run(count);
    const { preprocessSeconds } = current;
    current.preprocessSeconds = 0;
    return new Transferring(
      { features, preprocessSeconds, forwardSeconds: (performance.now() - begin) / 1000 },
      [features.buffer],
    );
  },
};

export type ExtractionHandlers = typeof handlers;

function runner(): PrefixRunner {
  if (current.runner === undefined)
    throw new PermafrostError("INTERNAL", "internal: the thread has no prefix loaded.");
  return current.runner;
}

serve(handlers);
