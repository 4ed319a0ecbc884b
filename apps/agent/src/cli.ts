import { openFsStore } from "@etrap/storage-fs";
import type { FsStore } from "@etrap/storage-fs";
import { Command, CommanderError } from "commander";
import { chooseDatabase } from "./choose-database.ts";
import { listBatches } from "./commands/list-batches.ts";
import { prove } from "./commands/prove.ts";
import { repair } from "./commands/repair.ts";
import { replayCapture } from "./commands/replay.ts";
import { runAgent } from "./commands/run.ts";
import { verifyFile } from "./commands/verify.ts";
import { describeError, withAdvice } from "./describe-error.ts";
import type { ErrorDescription } from "./describe-error.ts";
import { EXIT } from "./exit-code.ts";
import type { ExitCode } from "./exit-code.ts";
import { createReporter } from "./reporter.ts";
import type { Report } from "./reporter.ts";
import { printable, printableJson } from "./printable.ts";
import { describeVariables, parseSettings } from "./settings.ts";
import type { Environment, Settings } from "./settings.ts";
import { VERSION } from "./writer.ts";

/** What a command gets from the process it runs in. */
export interface Shell {
  readonly environment: Environment;
  readonly write: (line: string) => void;
  readonly writeError: (line: string) => void;
  /** Whether a person reads along; otherwise `run` and `replay` write JSON lines. */
  readonly isTerminal: boolean;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
}

const USAGE_CODES: ReadonlySet<string> = new Set(["BAD_SETTINGS", "BAD_ARGUMENT", "NOT_DISCLOSABLE"]);

/** Runs one command line, given without the program's name. Never rejects: what went wrong is written, and said by the exit code. */
export async function runCommandLine(args: readonly string[], shell: Shell): Promise<ExitCode> {
  let exit: ExitCode = EXIT.yes;
  const program = createProgram(shell, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.yes : EXIT.usage;
    return explain(error, shell, program.opts<{ json?: boolean }>().json === true);
  }
}

function createProgram(shell: Shell, setExit: (code: ExitCode) => void): Command {
  const { write } = shell;
  const program = new Command("etrap")
    .description("A tamper-evident history for PostgreSQL that a stranger can check.")
    .version(VERSION)
    .option("--json", "JSON lines instead of text")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => write(text.trimEnd()),
      writeErr: (text) => shell.writeError(text.trimEnd()),
    })
    .addHelpText("after", "\nExit codes: 0 yes, 1 no, 2 could not check (a pending proof too), 3 usage.");
  const isJson = (): boolean => program.opts<{ json?: boolean }>().json === true;
  const reporterFor = ({ debug }: Settings): Report =>
    createReporter({ write, json: isJson() || !shell.isTerminal, debug, now: () => new Date() });

  program
    .command("run")
    .description("record changes from Redis until asked to stop")
    .addHelpText("after", describeVariables())
    .action(async () => {
      const settings = parseSettings(shell.environment);
      await runAgent(settings, reporterFor(settings), shell.signal);
    });
  program
    .command("replay")
    .description("record the changes of a capture file (JSON lines of stream entries)")
    .argument("<file>")
    .option("--database <name>", "the database that the file is of; with ETRAP_DATABASES_FILE one of those in it")
    .addHelpText("after", describeVariables())
    .action(async (file: string, options: { database?: string }) => {
      const settings = parseSettings(shell.environment);
      const database = chooseDatabase(settings, options.database);
      await replayCapture({ file, settings, database }, reporterFor(settings), shell.signal);
    });
  program
    .command("batches")
    .description("what the record holds")
    .command("list")
    .description("a line for every batch")
    .option(...STORE_OPTION)
    .action(async (options: StoreOptions) => listBatches(await openStore(shell, options), write, isJson()));
  program
    .command("prove")
    .description("write a proof file for every change with these values")
    .requiredOption("--table <name>", "schema.table, or a table in public")
    .requiredOption("--where <column=value...>", "values to look for, all of which must hold")
    .option("--database <name>", "where several databases have the table")
    .option(
      "--show <column...>",
      "columns that the proofs show, where the record has ETRAP_COMMITMENT=fields (default: all)",
    )
    .option("--out <folder>", "where the files go", ".")
    .option(...STORE_OPTION)
    .action(
      async (
        options: StoreOptions & { table: string; where: string[]; show?: string[]; database?: string; out: string },
      ) => {
        const query = { table: options.table, database: options.database, where: options.where, show: options.show };
        const { files, undecided } = await prove(await openStore(shell, options), query, options.out);
        for (const file of files) write(isJson() ? JSON.stringify({ file }) : file);
        if (undecided > 0)
          shell.writeError(
            `${undecided} ${files.length === 0 ? "" : "other "}changes of this table may have these values: they do not show enough to tell`,
          );
        else if (files.length === 0) shell.writeError("no such change in the batches of this table");
        if (files.length === 0) setExit(undecided > 0 ? EXIT.couldNotCheck : EXIT.no);
      },
    );
  program
    .command("repair")
    .description("restore the slots that the store lost, from the batches that the next ones name")
    .option("--table <name>", "schema.table, or a table in public (default: all, and the control chains)")
    .option("--database <name>", "of this database (default: all)")
    .option("--dry-run", "only tell which are missing", false)
    .option(...STORE_OPTION)
    .action(async (options: StoreOptions & { table?: string; database?: string; dryRun: boolean }) => {
      const onRefusal = (error: Error): void => writeFailure(describeError(error), shell, isJson());
      setExit(await repair(await openStore(shell, options), options, { write, json: isJson(), onRefusal }));
    });
  program
    .command("verify")
    .description("check a proof file")
    .argument("<file>")
    .action(async (file: string) => setExit(await verifyFile(file, write, isJson())));
  return program;
}

const STORE_OPTION = ["--store <folder>", "the folder that holds the record (default: ETRAP_STORE_DIR)"] as const;

interface StoreOptions {
  readonly store?: string;
}

async function openStore({ environment }: Shell, { store }: StoreOptions): Promise<FsStore> {
  return openFsStore({ root: store ?? parseSettings(environment).storeDir });
}

/** The faults of the settings come a line each, and are our own words; whatever else a message quotes may be a stranger's. */
function linesOf(message: string): string {
  return message.split("\n  ").map(printable).join("\n  ");
}

/** Writes an error that ends a command, and gives the exit code. */
function explain(error: unknown, shell: Shell, json: boolean): ExitCode {
  const verdict = error instanceof Error && "verdict" in error ? error.verdict : undefined;
  const description = withAdvice(describeError(error));
  writeFailure(description, shell, json);
  if (USAGE_CODES.has(description.code)) return EXIT.usage;
  return verdict === "tampered" ? EXIT.no : EXIT.couldNotCheck;
}

/** Writes an error as one clear line, with its code. */
function writeFailure({ code, message }: ErrorDescription, { writeError }: Shell, json: boolean): void {
  writeError(json ? printableJson({ error: code, message }) : `etrap: ${linesOf(message)} (${code})`);
}
