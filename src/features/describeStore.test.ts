import { statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { filesOf, groupWith, openGroup, temporaryFolder, writeRows } from "../../test/support/featureRows.ts";
import { describeStore } from "./describeStore.ts";

describe("describeStore", () => {
  it("counts the packs of all groups and their bytes", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 5);
    await writeRows(await openGroup(folder, groupWith({ decode: "decode-2" })), 0, 5);
    const bytes = filesOf(folder).reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0);
    expect(await describeStore(folder)).toEqual({ packs: 2, bytes });
  });

  it("finds nothing where there is no store yet", async () => {
    expect(await describeStore(path.join(temporaryFolder(), "not", "yet"))).toEqual({ packs: 0, bytes: 0 });
  });

  it("says so when a file lies in the way", async () => {
    const file = path.join(temporaryFolder(), "file");
    writeFileSync(file, "");
    await expect(describeStore(file)).rejects.toMatchObject({ code: "NOT_READABLE" });
  });
});
