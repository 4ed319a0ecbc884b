import type { Command } from "commander";
import { EXIT } from "../exit-code.ts";
import { addAdvice, toErrorInfo } from "../report/error-info.ts";
import { writeErrorInfo } from "../report/write-error-info.ts";
import type { CommandContext } from "./command-context.ts";
import { openStore, STORE_OPTION } from "./open-store.ts";
import type { StoreOptions } from "./open-store.ts";
import { proveChanges } from "./prove-changes.ts";
import type { Proved } from "./prove-changes.ts";

interface ProveOptions extends StoreOptions {
  readonly table: string;
  readonly where: readonly string[];
  readonly show?: readonly string[];
  readonly database?: string;
  readonly out: string;
}

/** Adds the command `prove`. */
export function addProveCommand(program: Command, context: CommandContext): void {
  program
    .command("prove")
    .description("write a proof file for every change with these values")
    .requiredOption("--table <name>", "schema.table, or a table in public")
    .requiredOption("--where <column=value...>", "values to look for; a change must have all of them")
    .option("--database <name>", "database of the table, where several databases have it")
    .option("--show <column...>", "columns that the proofs show; requires ETRAP_COMMITMENT=fields (default: all)")
    .option("--out <folder>", "folder for the proof files; made if it is missing", ".")
    .option(...STORE_OPTION)
    .addHelpText(
      "after",
      "\nExit codes: 0 proofs were written, 1 no change matches, 2 a batch of the table is damaged or a change may match.",
    )
    .action(async ({ table, database, where, show, out, ...options }: ProveOptions) => {
      const store = await openStore(context.shell, options);
      writeProved(await proveChanges(store, { table, database, where, show }, out), context);
    });
}

function writeProved({ files, undecided, damages }: Proved, context: CommandContext): void {
  const { shell, isJson, setExit } = context;
  for (const file of files) shell.write(isJson() ? JSON.stringify({ file }) : file);
  for (const damage of damages) {
    writeErrorInfo(addAdvice(toErrorInfo(damage)), { writeError: shell.writeError, json: isJson() });
  }
  for (const note of notesOn({ files, undecided, damages })) {
    shell.writeError(isJson() ? JSON.stringify({ note }) : note);
  }
  // A batch that cannot be read may hold a matching change, so no answer is complete without it.
  if (damages.length > 0 || (files.length === 0 && undecided > 0)) setExit(EXIT.couldNotCheck);
  else if (files.length === 0) setExit(EXIT.no);
}

function notesOn({ files, undecided, damages }: Proved): string[] {
  const others = files.length === 0 ? "" : "other ";
  const changes = `${undecided} ${others}${undecided === 1 ? "change" : "changes"}`;
  const hidden =
    undecided === 0
      ? []
      : [`${changes} of this table may match: the values in these columns are not recorded, omitted or undisclosed`];
  if (damages.length > 0) return [...hidden, "the damage above may hide other changes that match"];
  return files.length + undecided === 0 ? ["no change of this table matches"] : hidden;
}
