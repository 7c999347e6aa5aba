import { copyFile, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import path from "node:path";
import { explainWriteError, temporaryName, writeFileAtomic } from "../../base/files.ts";

/**
 * A repository's folder in the cache that Hugging Face's Python tools keep: contents in `blobs/` by their digests, what a branch or
 * tag means in `refs/`, and in `snapshots/<commit>/` the files by their names, as links to the contents.
 */
export class HubCache {
  readonly folder: string;

  constructor(cache: string, repository: string) {
    this.folder = path.join(cache, `models--${repository.replaceAll("/", "--")}`);
  }

  /** The commit that a branch or tag meant when it was last asked for; a commit means itself. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision;
    const text = await readFile(this.#ref(revision), "utf8").catch(() => "");
    return isCommit(text.trim()) ? text.trim() : undefined;
  }

  async noteCommit(revision: string, commit: string): Promise<void> {
    if (revision !== commit) await writeFileAtomic(this.#ref(revision), commit);
  }

  /** The file that was chosen as the model of a commit: of the files that are here, others may look as likely. */
  async modelOf(commit: string): Promise<string | undefined> {
    return (await readFile(this.#model(commit), "utf8").catch(() => "")) || undefined;
  }

  async noteModel(commit: string, file: string): Promise<void> {
    await writeFileAtomic(this.#model(commit), file);
  }

  /** The path of a file of a commit, if it is here. */
  async find(commit: string, file: string): Promise<string | undefined> {
    const place = this.#snapshot(commit, file);
    return (await stat(place).catch(() => undefined))?.isFile() === true ? place : undefined;
  }

  /** Names of the files of a commit that are here. */
  async filesOf(commit: string): Promise<readonly string[]> {
    const folder = this.#snapshot(commit, "");
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) =>
        path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"),
      );
  }

  blob(etag: string): string {
    return path.join(this.folder, "blobs", etag);
  }

  /** Gives a content its name in a commit. Where links are not to be had (Windows), it is copied. */
  async link(commit: string, file: string, etag: string): Promise<string> {
    const place = this.#snapshot(commit, file);
    const temporary = temporaryName(place);
    try {
      await mkdir(path.dirname(place), { recursive: true });
      await symlink(path.relative(path.dirname(place), this.blob(etag)), temporary).catch(() =>
        copyFile(this.blob(etag), temporary),
      );
      await rename(temporary, place);
    } catch (error) {
      await rm(temporary, { force: true });
      throw explainWriteError(error, place);
    }
    return place;
  }

  #ref(revision: string): string {
    return path.join(this.folder, "refs", ...revision.split("/"));
  }

  /** Python's tools look at the three other folders only. */
  #model(commit: string): string {
    return path.join(this.folder, "permafrost", commit);
  }

  #snapshot(commit: string, file: string): string {
    return path.join(this.folder, "snapshots", commit, ...file.split("/"));
  }
}

export function isCommit(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
