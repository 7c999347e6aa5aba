import type { Preprocessing } from "../applications/preprocessing.ts";
import type { Digest } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import { Runtime } from "../engine/runtime.ts";
import { serve, Transferring } from "../engine/thread.ts";
import type { PixelImage } from "../images/pixelImage.ts";
import type { EncodedProgram } from "../onnx/encodeProgram.ts";
import type { PrefixSignature } from "./prefix.ts";
import { PrefixRunner } from "./prefixRunner.ts";
import { type DrawSettings, ViewDraws } from "./viewDraws.ts";

/** What a thread needs before its first picture. */
export interface ExtractionJob {
  readonly signature: PrefixSignature;
  readonly preprocessing: Preprocessing;
  readonly batchSize: number;
  /** Missing where no view has a draw. */
  readonly draws?: DrawSettings;
  /** The encoded prefix; missing for a trivial one. */
  readonly model?: EncodedProgram;
}

/** A picture on its way to be sample `slot` of a batch. */
interface PlacedPicture {
  readonly slot: number;
  readonly image: PixelImage;
  /** SHA-256 of the file that it was decoded from. */
  readonly digest: Digest;
  /** Number of its draw; undefined: as it is. */
  readonly draw: number | undefined;
}

const started = Runtime.start();
// A failure is told to whoever calls; until then it must not end the thread.
started.catch(() => undefined);
const current: { runner?: PrefixRunner; draws?: ViewDraws; preprocessSeconds: number } = {
  preprocessSeconds: 0,
};

/** What a thread of the extraction answers. */
const handlers = {
  numericsClass: async () => (await started).numericsClass,
  load: async ({ signature, preprocessing, batchSize, draws, model }: ExtractionJob) => {
    const session = model === undefined ? undefined : await (await started).load(model);
    await current.runner?.close();
    if (draws !== undefined) current.draws = new ViewDraws(draws);
    current.runner = new PrefixRunner({
      signature,
      preprocessing,
      pipeline: draws?.pipeline ?? null,
      batchSize,
      ...(session === undefined ? {} : { session }),
    });
  },
  place: ({ slot, image, digest, draw }: PlacedPicture) => {
    const begin = performance.now();
    const drawn = draw === undefined ? null : (current.draws?.sample(digest, draw) ?? null);
    runner().place(slot, image, drawn);
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
