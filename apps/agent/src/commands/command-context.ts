import type { ExitCode } from "../exit-code.ts";
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

/** Creates the reporter of a long-running command. */
export function createCommandReporter({ shell, isJson }: CommandContext, { debug }: Settings): Report {
  const json = isJson() || !shell.isTerminal;
  return createReporter({ write: shell.write, json, debug, now: () => new Date() });
}
