import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** The system's own way to show a file to the user. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["explorer.exe"],
};

/** Shows a page in the user's browser; resolves to false where there is none. */
export function openPage(file: string): Promise<boolean> {
  const [program, ...words] = openers[process.platform] ?? ["xdg-open"];
  return new Promise((resolve) => {
    const address = pathToFileURL(path.resolve(file)).href;
    const child = spawn(program, [...words, address], { detached: true, stdio: "ignore" });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
