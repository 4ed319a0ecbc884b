import type { Command } from "commander";
import { EXIT } from "../exit-code.ts";
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
    .option("--out <folder>", "folder for the proof files", ".")
    .option(...STORE_OPTION)
    .action(async ({ table, database, where, show, out, ...options }: ProveOptions) => {
      const store = await openStore(context.shell, options);
      writeProved(await proveChanges(store, { table, database, where, show }, out), context);
    });
}

function writeProved({ files, undecided }: Proved, { shell, isJson, setExit }: CommandContext): void {
  for (const file of files) shell.write(isJson() ? JSON.stringify({ file }) : file);
  if (undecided > 0) {
    const changes = `${undecided} ${files.length === 0 ? "" : "other "}${undecided === 1 ? "change" : "changes"}`;
    shell.writeError(
      `${changes} of this table may match: the values in these columns are not recorded, omitted or undisclosed`,
    );
  } else if (files.length === 0) {
    shell.writeError("no change of this table matches");
  }
  if (files.length === 0) setExit(undecided > 0 ? EXIT.couldNotCheck : EXIT.no);
}
