import { Command, CommanderError } from "commander";
import { addAnchorsCommand } from "./commands/anchors.ts";
import { addAuditCommand } from "./commands/audit.ts";
import { addBatchesCommand } from "./commands/batches.ts";
import type { CommandContext, Shell } from "./commands/command-context.ts";
import { addConfigCommand } from "./commands/config.ts";
import { addCopyCommand } from "./commands/copy.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addInitCommand } from "./commands/init.ts";
import { addOrphansCommand } from "./commands/orphans.ts";
import { addPoisonCommand } from "./commands/poison.ts";
import { addProveCommand } from "./commands/prove.ts";
import { addRepairCommand } from "./commands/repair.ts";
import { addReplayCommand } from "./commands/replay.ts";
import { addRunCommand } from "./commands/run.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addVerifyCommand } from "./commands/verify.ts";
import { EXIT } from "./exit-code.ts";
import type { ExitCode } from "./exit-code.ts";
import { addAdvice, toErrorInfo } from "./report/error-info.ts";
import { writeErrorInfo } from "./report/write-error-info.ts";
import { VERSION } from "./version.ts";

const COMMANDS = [
  addRunCommand,
  addReplayCommand,
  addBatchesCommand,
  addAnchorsCommand,
  addAuditCommand,
  addConfigCommand,
  addCopyCommand,
  addOrphansCommand,
  addPoisonCommand,
  addProveCommand,
  addRepairCommand,
  addVerifyCommand,
  addInitCommand,
  addDoctorCommand,
  addStatusCommand,
];

/** The codes of errors that a different command line or environment avoids. */
const USAGE_CODES: ReadonlySet<string> = new Set(["BAD_SETTINGS", "BAD_ARGUMENT", "BAD_LOCATION", "NOT_DISCLOSABLE"]);

/**
 * Runs a command line without the name of the program. Never rejects: an error is written, and
 * decides the exit code.
 */
export async function runCommandLine(args: readonly string[], shell: Shell): Promise<ExitCode> {
  let exit: ExitCode = EXIT.yes;
  const program = createProgram(shell, isJsonLine(args));
  const context: CommandContext = {
    shell,
    isJson: () => program.opts<{ json?: boolean }>().json === true,
    setExit: (code) => {
      exit = code;
    },
  };
  for (const addCommand of COMMANDS) addCommand(program, context);
  program.hook("preAction", () => {
    if (shell.loadError !== undefined) throw shell.loadError;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.yes : reportUsage(error, shell, isJsonLine(args));
    }
    return reportError(error, context);
  }
}

function createProgram({ write, writeError }: Shell, json: boolean): Command {
  return new Command("etrap")
    .description("A tamper-evident history for PostgreSQL that anyone can verify.")
    .version(VERSION)
    .option("--json", "write JSON lines instead of text")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => write(text.trimEnd()),
      // The help of a command line without a command. Its error is reported in `reportUsage`.
      writeErr: (text) => {
        if (!json) writeError(text.trimEnd());
      },
      outputError: () => undefined,
    })
    .addHelpText("after", "\nExit codes: 0 yes, 1 no, 2 could not check, 3 usage, 4 a pending proof.");
}

/** Whether a command line asks for JSON, even if it cannot be parsed. */
function isJsonLine(args: readonly string[]): boolean {
  return args.includes("--json");
}

/** Writes the problem of a command line that cannot be parsed, and returns the exit code. */
function reportUsage({ code, message }: CommanderError, { writeError }: Shell, json: boolean): ExitCode {
  // Without a command, commander writes the help and gives a message for itself alone.
  const noCommand = code === "commander.help";
  if (noCommand && !json) return EXIT.usage;
  const problem = noCommand ? "expected a command" : message.replace(/^error: /, "").replaceAll("\n", " ");
  writeErrorInfo({ code: "BAD_ARGUMENT", message: `${problem}; see etrap --help` }, { writeError, json });
  return EXIT.usage;
}

/** Writes the error that ended a command, and returns the exit code. */
function reportError(error: unknown, { shell, isJson }: CommandContext): ExitCode {
  const info = addAdvice(toErrorInfo(error));
  writeErrorInfo(info, { writeError: shell.writeError, json: isJson() });
  if (USAGE_CODES.has(info.code)) return EXIT.usage;
  const verdict = error instanceof Error && "verdict" in error ? error.verdict : undefined;
  return verdict === "tampered" ? EXIT.no : EXIT.couldNotCheck;
}
