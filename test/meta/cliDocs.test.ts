import { readFileSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import type { CommandDefinition, CommandGroup } from "../../src/cli/command.ts";
import * as commands from "../../src/cli/commands/index.ts";
import { exitCodes } from "../../src/cli/exitCodes.ts";

const text = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");

/** Sections by command name. */
const sections = new Map(
  text
    .split(/^## permafrost /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")), section]),
);

function flagsOf({ name, declare }: CommandDefinition): string[] {
  const command = new Command(name);
  declare(command);
  return command.options.map((option) => option.flags);
}

const all = Object.values<CommandDefinition | CommandGroup>(commands);

describe("docs/cli.md", () => {
  it.each(all.map((definition) => [definition.name, definition] as const))(
    "tells of %s with each of its options, and of its examples",
    (name, definition) => {
      const section = sections.get(name) ?? "";
      expect(section).toContain(`permafrost ${name}`);
      const sharesTrain = section.includes("takes the options of `train`");
      const told = sharesTrain ? section + (sections.get("train") ?? "") : section;
      for (const each of "commands" in definition ? definition.commands : [definition]) {
        if ("commands" in definition) expect(section).toContain(`permafrost ${name} ${each.name}`);
        for (const flags of flagsOf(each)) expect(told).toContain(`\`${flags}\``);
      }
      expect(section.match(/^\$ permafrost /gm)?.length).toBeGreaterThanOrEqual(2);
    },
  );

  it("names no command that does not exist", () => {
    expect([...sections.keys()].sort()).toEqual(all.map(({ name }) => name).sort());
  });

  it("tells of every exit code", () => {
    for (const code of Object.values(exitCodes)) expect(text).toContain(`\n| ${code} | `);
  });
});
