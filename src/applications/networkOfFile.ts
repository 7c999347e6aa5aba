import { PermafrostError } from "../base/errors.ts";
import { openWeights } from "../formats/openWeights.ts";
import { summarizeWeights, torchFormNote } from "../formats/summary.ts";
import { isTorchNamed } from "../formats/torchNames.ts";
import { applications } from "./index.ts";
import { isKnownAs } from "./knownNetwork.ts";

/**
 * The base network that a file of weights belongs to, by its number of parameters; only headers are read.
 *
 * @returns its name on the command line.
 * @throws PermafrostError INVALID_ARGUMENT when it is that of no network that takes such files, or of several; as `openWeights`.
 */
export async function networkOfFile(place: string): Promise<string> {
  const file = await openWeights(place);
  const { couldBe, parameters, format } = summarizeWeights(file);
  await file.close();
  const names = couldBe.map((text) => text.replace(/ without its top$/, "").replace(torchFormNote, ""));
  const found = applications.filter(
    (one) =>
      (isTorchNamed(file) ? one.hasTorchForm === true : "published" in one) &&
      names.some((name) => isKnownAs(name, one)),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.commandName;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${place} (${format}): its ${parameters} parameters are those of ${found.length === 0 ? "no network that can be a base by its number of parameters alone" : `several networks: ${found.map(({ commandName }) => commandName).join(", ")}`}. ` +
      `Name the network: --base <name> --weights ${place}; permafrost bases lists them, permafrost inspect ${place} shows the file.`,
    { details: { path: place, parameters, couldBe } },
  );
}
