import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { table } from "../text.ts";
import { declareTrainingOptions, trainingRequest } from "../trainingOptions.ts";

export const draws: CommandDefinition = {
  name: "draws",
  summary: "show every draw of one image: the numbers, and the pictures on a page",
  examples: [
    "permafrost draws photos/ --augment book --image cat.7.jpg --out sheet.html",
    "permafrost draws photos/ --augment strong --draws pool:5 --image cats/cat.7.jpg --json",
  ],
  declare(command) {
    command
      .argument("<folder>", "class folders, train/validation/test folders, or a manifest")
      .requiredOption("--image <name>", "file name of an image in it")
      .option("--out <file>", "HTML page with the pictures");
    declareTrainingOptions(command);
  },
  async run([folder], options, context) {
    const { output } = context;
    const { drawPictures, drawSheet } = await import("../../recipes/drawSheet.ts");
    const { drawSheetPage, numbersOf } = await import("../../recipes/drawSheetPage.ts");
    const training = await trainingRequest(String(folder), options, context);
    const sheet = await drawSheet({ training, image: String(options["image"]) });
    output.print(
      table(
        ["draw", "epochs", "what it does"],
        sheet.views.map(({ number, epochs, draw }) => [
          number === undefined ? "as it is" : String(number),
          epochs.length > 6 ? `${epochs.slice(0, 6).join(" ")} ... (${epochs.length})` : epochs.join(" "),
          draw === undefined
            ? ""
            : numbersOf(draw)
                .map((pair) => pair.join(" "))
                .join(", "),
        ]),
      ),
    );
    const page = options["out"];
    if (typeof page === "string") {
      const { writeFileAtomic } = await import("../../base/files.ts");
      await writeFileAtomic(page, drawSheetPage(sheet, await drawPictures(sheet, training)));
      output.print(`Page: ${page}`);
    }
    output.emit({ event: "draws", ...sheet, ...(typeof page === "string" ? { page } : {}) });
    return exitCodes.done;
  },
};
