#!/usr/bin/env node
import { existsSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";

// `permafrost ... | head`: the reader has gone; end as a process that SIGPIPE ended.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(128 + 13);
});

// From Node 22.1 on: compiled code is kept between runs, as Node's documentation describes.
module.enableCompileCache?.();

const entry = new URL("../dist/cli/main.js", import.meta.url);

if (existsSync(fileURLToPath(entry))) {
  const { main } = await import(entry.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error("permafrost has not been compiled yet. Run: npm run build");
  process.exitCode = 1;
}
