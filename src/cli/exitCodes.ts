/** What the process tells its caller. Documented in docs/cli.md. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** A misspelt option, a missing argument, a value out of range. */
  usage: 2,
  /** Finished, but some files were skipped; each is named. */
  skipped: 3,
  /** Stopped by Ctrl-C (128 + SIGINT). */
  interrupted: 130,
  /** Stopped by SIGTERM (128 + SIGTERM). */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
