import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** The system's own way to show a file to the user. */
const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["explorer.exe"],
};

/** An opener that finds no browser says so within this time, in milliseconds. */
const patience = 3000;

/** Shows a page in the user's browser; resolves to false where there is none. */
export function openPage(file: string): Promise<boolean> {
  const [program, ...words] = openers[process.platform] ?? ["xdg-open"];
  return new Promise((resolve) => {
    const address = pathToFileURL(path.resolve(file)).href;
    const child = spawn(program, [...words, address], { detached: true, stdio: "ignore" });
    const answer = (isShown: boolean) => {
      clearTimeout(timer);
      child.unref();
      resolve(isShown);
    };
    // Some openers stay as long as the browser does.
    const timer = setTimeout(() => answer(true), patience);
    child.once("error", () => answer(false));
    // Explorer ends with 1 when all went well.
    child.once("exit", (code) => answer(code === 0 || process.platform === "win32"));
  });
}
