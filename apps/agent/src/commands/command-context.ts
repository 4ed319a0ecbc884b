import type { ExitCode } from "../exit-code.ts";
import { openLogFile } from "../report/log-file.ts";
import { createReporter } from "../report/reporter.ts";
import type { Report } from "../report/reporter.ts";
import type { Environment } from "../settings/process-variables.ts";
import type { Settings } from "../settings/settings.ts";

/** The parts of a process that the commands use. */
export interface Shell {
  readonly environment: Environment;
  /** The files from which variables came that the process was not started with. */
  readonly origins?: ReadonlyMap<string, string>;
  /** Why the files of the settings could not be used. No command runs then, but for its help. */
  readonly loadError?: unknown;
  readonly write: (line: string) => void;
  readonly writeError: (line: string) => void;
  /** Whether the output is a terminal. If not, `run` and `replay` write JSON lines. */
  readonly isTerminal: boolean;
  /**
   * Shows how far a long command is, in place of what it showed before. Does nothing unless the
   * standard error is a terminal.
   */
  readonly showProgress: (text: string) => void;
  /** Aborted once nobody reads the output any more. A command that only lists may end then. */
  readonly outputClosed: AbortSignal;
  /** Calls a function each time that the process is asked to open its log anew (SIGHUP). */
  readonly onReopen?: (reopen: () => void) => void;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
}

/** The context in which a command runs. */
export interface CommandContext {
  readonly shell: Shell;
  /** Whether `--json` was given. Known only once the command line is parsed. */
  readonly isJson: () => boolean;
  /** Sets the exit code, which is `yes` by default. */
  readonly setExit: (code: ExitCode) => void;
}

/**
 * Creates the reporter of a long-running command, which writes to the log file where the settings
 * name one. Throws BAD_SETTINGS for a file that cannot be opened.
 */
export function createCommandReporter(
  { shell, isJson }: CommandContext,
  { debug, logFile }: Pick<Settings, "debug" | "logFile">,
): Report {
  const now = (): Date => new Date();
  if (logFile === undefined) {
    const json = isJson() || !shell.isTerminal;
    return createReporter({ write: shell.write, json, debug, now });
  }
  const log = openLogFile(logFile, now);
  shell.onReopen?.(log.reopen);
  return createReporter({ write: log.write, json: true, debug, now });
}
