import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { count } from "../text.ts";
import { declareStore, storeOf } from "./storeOption.ts";

export const storeImport: CommandDefinition = {
  name: "import",
  summary: "take over features that another machine has exported",
  examples: [
    "permafrost store import photos-features",
    "permafrost store import photos-features --trust-numerics --json",
  ],
  declare(command) {
    command
      .argument("<folder>", "folder that export has written, or any store")
      .option("--trust-numerics", "also take features of another engine or kind of processor");
    declareStore(command);
  },
  async run([folder], options, context) {
    const { output, signal } = context;
    const { Engine } = await import("../../engine/engine.ts");
    const { importFeatures } = await import("../../features/maintenance/importFeatures.ts");
    const engine = await Engine.start({ workers: 1 });
    const { numericsClass } = engine;
    await engine.close();
    const result = await importFeatures(
      await storeOf(options, context),
      { from: String(folder), numericsClass, trustNumerics: options["trustNumerics"] === true },
      { onProgress: output.onProgress, signal },
    );
    for (const { path, row, reason } of result.problems) {
      output.warn(`${path}${row === undefined ? "" : `, row ${row}`}: ${reason}; left out`);
    }
    for (const origin of result.trusted) {
      output.warn(`features of "${origin}" are taken for this machine's own; runs that use them say so.`);
    }
    output.print(
      `${count(result.rows)} new features in ${result.groups} groups; ${count(result.present)} were there already.`,
    );
    output.emit({ event: "store", ...result });
    return result.problems.length > 0 ? exitCodes.skipped : exitCodes.done;
  },
};
