import { stat } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../../base/errors.ts";
import { manifestName } from "../../saving/manifest.ts";

/** What a training that ends early leaves behind. */
export interface EarlyEnd {
  /** Folder that the bundle was meant for. */
  readonly out: string;
  readonly epochs: number;
}

/** Whether a folder holds a bundle. */
export async function holdsBundle(folder: string): Promise<boolean> {
  return await stat(path.join(folder, manifestName)).then(
    () => true,
    () => false,
  );
}

/** Says of an interrupted training what is kept; any other error is handed back as it is. */
export async function explainInterruption(error: unknown, { out, epochs }: EarlyEnd): Promise<unknown> {
  if (!(error instanceof PermafrostError) || error.code !== "INTERRUPTED") return error;
  const { epoch } = error.details;
  const what =
    typeof epoch === "number"
      ? `training: stopped as asked in epoch ${epoch + 1} of ${epochs}. All features and the last checkpoint are kept; the same command goes on from there.`
      : error.message;
  const fate = (await holdsBundle(out))
    ? `The bundle in ${out} is that of an earlier run, as it was.`
    : `No bundle was written to ${out}.`;
  return new PermafrostError("INTERRUPTED", `${what} ${fate}`, { details: error.details, cause: error });
}

/** Whether training stopped on a loss that is no number, with at least one good epoch behind it. */
export function isLossNan(error: unknown): error is PermafrostError {
  return error instanceof PermafrostError && error.code === "LOSS_NAN";
}

/** The LOSS_NAN error with the place of the weights of the last good epoch. */
export function lossNanKept(failure: PermafrostError, { out }: EarlyEnd, saved: boolean): PermafrostError {
  const fate = saved
    ? `They are saved as the bundle ${out}.`
    : `${out} holds the bundle of an earlier run, which was left as it was; choose another --out to have them saved.`;
  return new PermafrostError("LOSS_NAN", `${failure.message} ${fate}`, {
    details: failure.details,
    cause: failure,
  });
}
