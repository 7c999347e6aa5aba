import { expect, it } from "vitest";
import { lastEvent } from "../support/runCli.ts";
import { small, workplace } from "../support/workplace.ts";

const mixed = ["photos", ...small, "--epochs", "2", "--batch-size", "4", "--mixup", "0.4", "--cutmix", "1"];

it("trains with mixup and cutmix, says that nothing is stored, and has nothing to verify", async () => {
  const place = await workplace("mixing", 6);
  const plan = await place.run(["plan", ...mixed]);
  expect(plan.stdout).toContain("mixup and cutmix mix the pictures of a batch anew in every step");
  const run = await place.run(["train", ...mixed, "--out", "bundle", "--json"]);
  expect(run.code).toBe(0);
  expect(lastEvent(run, "result")["cut"]).toContain("no prefix: mixup and cutmix");
  const verified = await place.run(["verify", ...mixed, "--json"]);
  expect(lastEvent(verified, "error")).toMatchObject({ code: "INVALID_ARGUMENT" });
});
