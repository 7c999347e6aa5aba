import type { Command } from "commander";
import type { ExitCode } from "./exitCodes.ts";
import type { Output } from "./output.ts";

/** What every command is given to work with. */
export interface CommandContext {
  readonly output: Output;
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The command line as the user typed it, for the run's record. */
  readonly commandLine: string;
}

/**
 * A command: how it is spelt, and what it does. `run` imports what it needs when it is called,
 * so that `--help` loads no engine.
 */
export interface CommandDefinition {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Two or more command lines that work, shown under --help. */
  readonly examples: readonly string[];
  /** Declares arguments and options. `--json` and `--debug` are added to every command. */
  declare(command: Command): void;
  /** @param positional - The declared arguments, in order. @param options - The declared options, by camelCase name. */
  run(
    positional: readonly unknown[],
    options: Readonly<Record<string, unknown>>,
    context: CommandContext,
  ): Promise<ExitCode>;
}

/** Several commands under one name, such as `permafrost store list`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly string[];
  readonly commands: readonly CommandDefinition[];
}
