import { expect, it } from "vitest";
import { optimizers } from "../../optimizers/index.ts";
import { optimizerNames } from "./trainingDefaults.ts";

it("offers every optimizer there is", () => {
  expect([...optimizerNames].sort()).toEqual(Object.keys(optimizers).sort());
});
