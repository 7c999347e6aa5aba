import { PermafrostError } from "../../base/errors.ts";

/** A file in a model repository of Hugging Face: `hf:<owner>/<repository>[/<file>][@<revision>]`. */
export interface HubReference {
  readonly repository: string;
  /** Left out: the repository's model file. */
  readonly file?: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

const scheme = "hf:";

export function isHubReference(text: string): boolean {
  return text.startsWith(scheme);
}

/** @throws PermafrostError INVALID_ARGUMENT for a text of another form. */
export function parseHubReference(text: string): HubReference {
  const [, place = "", revision = "main"] = /^hf:([^@]+)(?:@([^@]+))?$/.exec(text) ?? [];
  const [owner = "", repository = "", ...file] = place.split("/");
  const isRepository = [owner, repository].every((name) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/.test(name));
  const isSafe = [...file, ...revision.split("/")].every(isSafeName);
  if (isRepository && isSafe && !`${owner}${repository}`.includes("--")) {
    const named = file.length === 0 ? {} : { file: file.join("/") };
    return { repository: `${owner}/${repository}`, ...named, revision };
  }
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${JSON.stringify(text)}: expected hf:<owner>/<repository>[/<file>][@<branch, tag or commit>], such as hf:timm/vit_tiny_patch16_224/model.onnx@main.`,
  );
}

/** A name that leads nowhere else, in an address and on disk. */
export function isSafeName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[\\:*?"<>|\p{Cc}]/u.test(name);
}

/** The reference as users write it. */
export function showHubReference({ repository, file, revision }: HubReference): string {
  return `${scheme}${repository}${file === undefined ? "" : `/${file}`}@${revision}`;
}
