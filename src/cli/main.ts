import { Command, CommanderError } from "commander";
import { messageOf, PermafrostError } from "../base/errors.ts";
import { shellWord } from "../base/shellWord.ts";
import { packageVersion } from "../base/version.ts";
import type { CommandContext, CommandDefinition, CommandGroup } from "./command.ts";
import * as commands from "./commands/index.ts";
import { type ExitCode, exitCodes } from "./exitCodes.ts";
import { Output, type OutputStreams } from "./output.ts";
import { watchSignals } from "./signals.ts";

/**
 * Runs one command line and hands back the process's exit code.
 *
 * @param words - The arguments after `permafrost`.
 */
export async function main(words: readonly string[], streams: OutputStreams = process): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const program = createProgram(streams, async (definition, positional, options) => {
    code = await runCommand(definition, positional, options, words, streams);
  });
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    // The parser has already printed help, version or what was wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    throw error;
  }
}

type Action = (
  definition: CommandDefinition,
  positional: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
) => Promise<void>;

function createProgram(streams: OutputStreams, action: Action): Command {
  const program = new Command("permafrost")
    .description("Transfer learning for images: the frozen part of your network is computed once.")
    .version(packageVersion(), "-v, --version", "print the version")
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: (text, write) => write(text + dashHint(text)),
    })
    .helpCommand(false)
    .exitOverride()
    .addHelpText(
      "after",
      examplesText(["permafrost train photos/", "permafrost predict runs/photos new/*.jpg"]),
    );
  for (const definition of Object.values<CommandDefinition | CommandGroup>(commands)) {
    if (!("commands" in definition)) addCommand(program, definition, "permafrost", action);
    else addGroup(program, definition, action);
  }
  return program;
}

/** @param caller - The words before the command's own name. */
function addCommand(parent: Command, definition: CommandDefinition, caller: string, action: Action): void {
  const command = parent.command(definition.name).description(definition.summary).summary(definition.summary);
  definition.declare(command);
  command
    .option("--json", "print one JSON object a line on stdout, everything else on stderr")
    .option("--debug", "print the stack of an error")
    .addHelpText("after", examplesText(definition.examples))
    .showHelpAfterError(`(${caller} ${definition.name} --help shows what it takes)`)
    .action((...received: unknown[]) => action(definition, received.slice(0, -2), command.opts()));
}

function addGroup(
  program: Command,
  { name, summary, examples, commands }: CommandGroup,
  action: Action,
): void {
  const group = program
    .command(name)
    .description(summary)
    .summary(summary)
    .helpCommand(false)
    .addHelpText("after", examplesText(examples))
    .showHelpAfterError(`(permafrost ${name} --help shows what it takes)`);
  for (const definition of commands) addCommand(group, definition, `permafrost ${name}`, action);
}

async function runCommand(
  definition: CommandDefinition,
  positional: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  words: readonly string[],
  streams: OutputStreams,
): Promise<ExitCode> {
  const output = new Output(streams, options["json"] === true);
  const signals = watchSignals(output);
  const context: CommandContext = {
    output,
    signal: signals.signal,
    environment: process.env,
    commandLine: ["permafrost", ...words.map(shellWord)].join(" "),
  };
  try {
    return await definition.run(positional, options, context);
  } catch (error) {
    return report(error, output, options["debug"] === true, signals.received());
  } finally {
    signals.stop();
    output.close();
  }
}

function report(
  error: unknown,
  output: Output,
  debug: boolean,
  signal: NodeJS.Signals | undefined,
): ExitCode {
  const code = error instanceof PermafrostError ? error.code : "INTERNAL";
  output.error(`${messageOf(error)} [${code}]`);
  output.emit({ event: "error", code, message: messageOf(error) });
  if (debug && error instanceof Error) output.note(error.stack ?? "");
  else if (code === "INTERNAL")
    output.note("This is a fault of permafrost. Run again with --debug and report what it prints.");
  if (signal === "SIGTERM") return exitCodes.terminated;
  if (code === "INTERRUPTED") return exitCodes.interrupted;
  return code === "INVALID_ARGUMENT" || code === "UNKNOWN_NAME" ? exitCodes.usage : exitCodes.failed;
}

/** A path that begins with a dash looks like an option. */
function dashHint(text: string): string {
  const [, word] = /^error: unknown option '(-[^-'].*)'/.exec(text) ?? [];
  return word === undefined ? "" : `If ${word} is a file or folder, write ./${word}\n`;
}

function examplesText(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  $ ${example}`).join("\n")}`;
}
