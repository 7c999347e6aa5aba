// Runs a compiled example: npm run example -- <name> [arguments]
import { existsSync, readdirSync } from "node:fs";

const [name = "", ...words] = process.argv.slice(2);
const file = new URL(`../examples/dist/${name}.js`, import.meta.url);
if (name === "" || !existsSync(file)) {
  const names = readdirSync(new URL("../examples", import.meta.url))
    .filter((one) => one.endsWith(".ts"))
    .map((one) => one.slice(0, -3));
  console.error(`usage: npm run example -- <name> [arguments]. Names: ${names.join(", ")}.`);
  process.exit(2);
}
process.argv = [...process.argv.slice(0, 2), ...words];
await import(file.href);
