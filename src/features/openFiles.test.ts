import { readSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/featureRows.ts";
import { OpenFiles } from "./openFiles.ts";

it("reads any number of files with few of them open", () => {
  const folder = temporaryFolder();
  const names = Array.from({ length: 9 }, (_, index) => path.join(folder, `${index}`));
  for (const [index, name] of names.entries()) writeFileSync(name, Uint8Array.of(index));
  const files = new OpenFiles(3);
  const descriptors = new Set<number>();
  for (let step = 0; step < 40; step++) {
    const index = (step * 5) % names.length;
    const descriptor = files.descriptor(names[index]!);
    const byte = new Uint8Array(1);
    readSync(descriptor, byte, 0, 1, 0);
    expect(byte[0]).toBe(index);
    descriptors.add(descriptor);
  }
  expect(descriptors.size).toBeLessThanOrEqual(4);
  files.close();
});

it("hands out the same descriptor while a file stays open", () => {
  const file = path.join(temporaryFolder(), "file");
  writeFileSync(file, "x");
  const files = new OpenFiles(2);
  expect(files.descriptor(file)).toBe(files.descriptor(file));
  files.close();
});
