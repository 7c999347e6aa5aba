import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** A file's content by its path, or `link("../target")` for a symbolic link. */
export type Tree = Readonly<Record<string, string | Uint8Array | Link>>;

export interface Link {
  readonly link: string;
}

/** A symbolic link; the target is relative to the folder of the link. */
export function link(target: string): Link {
  return { link: target };
}

/**
 * Writes files below a new folder that is removed when the test ends. A path that ends in "/" is an empty folder.
 *
 * @returns The folder's absolute path.
 */
export async function temporaryTree(tree: Tree): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), "permafrost-test-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(tree)) {
    const target = path.join(root, name);
    await mkdir(name.endsWith("/") ? target : path.dirname(target), { recursive: true });
    if (name.endsWith("/")) continue;
    if (typeof content === "object" && "link" in content) await symlink(content.link, target);
    else await writeFile(target, content);
  }
  return root;
}
