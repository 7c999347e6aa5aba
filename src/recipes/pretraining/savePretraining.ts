import type { BaseNetwork } from "../../applications/index.ts";
import { packageVersion } from "../../base/version.ts";
import type { Model } from "../../models/functional.ts";
import { saveBundle } from "../../saving/saveBundle.ts";
import { bundleContents } from "../classifier/classifierBundle.ts";
import { dataDigest, type PreparedData } from "../data/prepareData.ts";
import { drawsName } from "../request/augmentation.ts";
import type { PretrainingRequest, PretrainingResult } from "./pretraining.ts";
import { sheetName } from "./reconstructionSheet.ts";

export interface SavedPretraining {
  readonly request: PretrainingRequest;
  readonly base: BaseNetwork;
  readonly model: Model;
  readonly found: PreparedData;
  readonly result: Omit<PretrainingResult, "seconds">;
  /** The last picture of originals and reconstructions. */
  readonly sheet: Uint8Array;
}

/** Writes the autoencoder as a bundle: the encoder as its base, the decoder in the place of a head. */
export async function savePretraining(saved: SavedPretraining): Promise<void> {
  const { request, base, model, found, result } = saved;
  const last = Object.fromEntries(
    Object.entries(result.history).map(([name, values]) => [name, values.at(-1) ?? Number.NaN]),
  );
  const { loss, optimizer, learningRate, epochs, batchSize, denoise = 0, mask = 0, augmentation } = request;
  const contents = bundleContents(model, base, {
    task: "reconstruction",
    classNames: [],
    embedBase: true,
    metrics: {
      train: { loss: last["loss"] },
      ...("val_loss" in last ? { validation: { loss: last["val_loss"] } } : {}),
    },
    run: {
      command: request.commandLine,
      versions: { permafrost: packageVersion(), node: process.versions.node },
      seed: request.seed,
      dataDigest: dataDigest(found),
      numericsClass: result.numericsClass,
      date: new Date().toISOString(),
      training: {
        pretraining: "autoencoder",
        initialWeights: request.initialWeights ?? base.weightSource?.name ?? "own",
        loss,
        optimizer,
        learningRate,
        epochs,
        batchSize,
        denoise,
        mask,
        augmentation: augmentation?.name ?? "none",
        draws: drawsName(augmentation?.draws),
      },
    },
  });
  await saveBundle(request.out, contents, { attachments: [{ name: sheetName, content: saved.sheet }] });
}
