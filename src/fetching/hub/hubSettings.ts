import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import type { Environment } from "../../base/cacheFolder.ts";
import { isPrivate, isSet, nonEmpty } from "../settings.ts";

/** Where Hugging Face's files are, by the variables that its own tools read. */
export interface HubSettings {
  /** HF_ENDPOINT, else https://huggingface.co; without a slash at its end. */
  readonly endpoint: string;
  /** HF_HUB_CACHE, else `hub` in HF_HOME, else in ~/.cache/huggingface. */
  readonly cache: string;
  /** HF_TOKEN, else the file that `hf auth login` writes; for the endpoint alone. */
  readonly token: string | undefined;
}

export async function hubSettings(environment: Environment): Promise<HubSettings> {
  const variable = (...names: readonly string[]) =>
    names.map((name) => nonEmpty(environment[name])).find((value) => value !== undefined);
  const cache = variable("XDG_CACHE_HOME") ?? path.join(homedir(), ".cache");
  const home = withHome(variable("HF_HOME") ?? path.join(cache, "huggingface"));
  const given = (variable("HF_ENDPOINT") ?? "https://huggingface.co").replace(/\/+$/, "");
  const endpoint = URL.canParse(given) ? given : `https://${given}`;
  return {
    endpoint,
    cache: path.resolve(
      withHome(variable("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") ?? path.join(home, "hub")),
    ),
    token: mayHaveToken(endpoint, environment)
      ? (variable("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") ??
        (await readToken(withHome(variable("HF_TOKEN_PATH") ?? path.join(home, "token")))))
      : undefined,
  };
}

/** A token is not sent where others can read it, nor against the user's will. */
function mayHaveToken(endpoint: string, environment: Environment): boolean {
  const isSafe = URL.canParse(endpoint) && isPrivate(new URL(endpoint));
  return isSafe && !isSet(environment["HF_HUB_DISABLE_IMPLICIT_TOKEN"]);
}

async function readToken(file: string): Promise<string | undefined> {
  return nonEmpty(await readFile(file, "utf8").catch(() => undefined));
}

function withHome(place: string): string {
  return place.replace(/^~(?=$|[\\/])/, homedir());
}
