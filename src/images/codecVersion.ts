import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** Version numbers of sharp and of the library under it, as sharp names them. */
type Versions = Readonly<Partial<Record<"sharp" | "vips", string>>>;

const require = createRequire(import.meta.url);

/**
 * The decoder and its version, for whatever must change when pixels may change. Read from the packages where they tell it:
 * loading the decoder takes a tenth of a second, and a program that finds all features in the store decodes nothing.
 */
export const codecVersion = codecName(
  packagedVersions() ?? (require("sharp") as { versions: Versions }).versions,
);

function codecName({ sharp, vips }: Versions): string {
  return `sharp-${sharp ?? "unknown"}-vips-${vips ?? "unknown"}`;
}

/** What the installed packages say; undefined where sharp was built here, for a libvips of the system, or was not found. */
function packagedVersions(): Versions | undefined {
  try {
    const folder = path.join(path.dirname(require.resolve("sharp")), "..");
    if (existsSync(path.join(folder, "src", "build"))) return undefined;
    const { version } = require(path.join(folder, "package.json")) as { version: string };
    const { vips } = require(`@img/sharp-libvips-${process.platform}-${process.arch}/versions`) as Versions;
    return vips === undefined ? undefined : { sharp: version, vips };
  } catch {
    return undefined;
  }
}
