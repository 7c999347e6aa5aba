import type { CommandGroup } from "../command.ts";
import { storeExport } from "./storeExport.ts";
import { storeImport } from "./storeImport.ts";
import { storeInfo } from "./storeInfo.ts";
import { storeList } from "./storeList.ts";
import { storePath } from "./storePath.ts";
import { storePrune } from "./storePrune.ts";
import { storeVerify } from "./storeVerify.ts";

export const store: CommandGroup = {
  name: "store",
  summary: "look at, check, clean and move the store of features",
  examples: [
    "permafrost store list",
    "permafrost store verify",
    "permafrost store prune --older-than 90 --dry-run",
  ],
  commands: [storeList, storeInfo, storeVerify, storePrune, storeExport, storeImport, storePath],
};
