import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { groupDigest } from "../../src/features/key.ts";
import { groupWith, openGroup, rowsOf, temporaryFolder } from "../support/featureRows.ts";

const documentation = readFileSync(new URL("../../docs/store-format.md", import.meta.url), "utf8");
const pythons = [process.env["PERMAFROST_PYTHON"] ?? "python3", "/usr/bin/python3"];

it("lets Python read features with the lines that the documentation shows", async ({ skip }) => {
  const python = pythons.find((each) => spawnSync(each, ["-c", "import numpy"]).status === 0);
  if (python === undefined) return skip(`needs ${pythons.join(" or ")} with NumPy (set PERMAFROST_PYTHON)`);
  const folder = temporaryFolder();
  const group = groupWith({ cut: [2, 3] });
  const opened = await openGroup(folder, group, { packBytes: 1000 });
  const { keys, features } = rowsOf(0, 40, 6);
  const writer = opened.writer();
  await writer.append(keys, features);
  await writer.close();

  const code = /```python\n([\s\S]*?)```/.exec(documentation)![1]!;
  expect(code.trim().split("\n").length).toBeLessThanOrEqual(12);
  const script = path.join(folder, "read.py");
  const report =
    "print(json.dumps({key: [list(row.shape), row.ravel().tolist()] for key, row in features.items()}))";
  writeFileSync(script, `${code}\n${report}\n`);
  const run = spawnSync(python, [script, path.join(folder, "features-v1", groupDigest(group))], {
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  const read = JSON.parse(run.stdout) as Record<string, [number[], number[]]>;
  expect(Object.keys(read)).toHaveLength(40);
  for (let row = 0; row < 40; row++) {
    const key = Buffer.from(keys.subarray(row * 32, row * 32 + 32)).toString("hex");
    expect(read[key]).toEqual([[2, 3], [...features.subarray(row * 6, row * 6 + 6)]]);
  }
});
