import type { Command } from "commander";
import { AgentError } from "../agent-error.ts";
import { EXIT } from "../exit-code.ts";
import { addAdvice, toErrorInfo } from "../report/error-info.ts";
import { writeErrorInfo } from "../report/write-error-info.ts";
import { parsePeriod } from "./change-period.ts";
import type { PeriodOptions } from "./change-period.ts";
import type { CommandContext } from "./command-context.ts";
import { openStore, STORE_OPTION } from "./open-store.ts";
import type { StoreOptions } from "./open-store.ts";
import { proveChanges } from "./prove-changes.ts";
import type { Proved, Unread } from "./prove-changes.ts";

interface ProveOptions extends StoreOptions, PeriodOptions {
  readonly table: string;
  readonly where: readonly string[];
  readonly show?: readonly string[];
  readonly database?: string;
  readonly operation?: string;
  readonly out: string;
}

/** The operations of a row, by the names that records have. */
const OPERATIONS = ["INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE"] as const;

/** Adds the command `prove`. */
export function addProveCommand(program: Command, context: CommandContext): void {
  program
    .command("prove")
    .description("write a proof file for every change with these values")
    .requiredOption("--table <name>", "schema.table, or a table in public")
    .requiredOption("--where <column=value...>", "values to look for; a change must have all of them")
    .option("--database <name>", "database of the table, where several databases have it")
    .option("--on <day>", "only changes that were committed on this day (UTC), such as 2026-11-30")
    .option("--since <time>", "only changes from this time on, such as 2026-11-30T08:00Z")
    .option("--until <time>", "only changes before this time")
    .option("--operation <name>", `only changes of this operation: ${OPERATIONS.join(", ")}`)
    .option("--read-all", "read every batch, whatever headers and indices say about times", false)
    .option("--show <column...>", "columns that the proofs show; requires ETRAP_COMMITMENT=fields (default: all)")
    .option("--out <folder>", "folder for the proof files; made if it is missing", ".")
    .option(...STORE_OPTION)
    .addHelpText(
      "after",
      "\nExit codes: 0 proofs were written, 1 no change matches, 2 a batch of the table is damaged or a change may match.",
    )
    .action(async ({ table, database, where, show, out, ...options }: ProveOptions) => {
      const [period, operation] = [parsePeriod(options), parseOperation(options.operation)];
      const store = await openStore(context.shell, options);
      const query = { table, database, where, show, period, operation, readAll: options.readAll };
      writeProved(await proveChanges(store, query, out), context);
    });
}

function parseOperation(text: string | undefined): (typeof OPERATIONS)[number] | undefined {
  const operation = OPERATIONS.find((name) => name === text);
  if (text === undefined || operation !== undefined) return operation;
  throw new AgentError("BAD_ARGUMENT", `--operation: expected one of ${OPERATIONS.join(", ")}`);
}

function writeProved({ files, undecided, damages, unread }: Proved, context: CommandContext): void {
  const { shell, isJson, setExit } = context;
  for (const file of files) shell.write(isJson() ? JSON.stringify({ file }) : file);
  for (const damage of damages) {
    writeErrorInfo(addAdvice(toErrorInfo(damage)), { writeError: shell.writeError, json: isJson() });
  }
  for (const note of notesOn({ files, undecided, damages, unread })) {
    shell.writeError(isJson() ? JSON.stringify({ note }) : note);
  }
  // A batch that cannot be read may hold a matching change, so no answer is complete without it.
  // Nor is a "no" complete that leans on an index, which anyone who holds the store can change.
  const isOpen = files.length === 0 && (undecided > 0 || unread.byIndex > 0);
  if (damages.length > 0 || isOpen) setExit(EXIT.couldNotCheck);
  else if (files.length === 0) setExit(EXIT.no);
}

function notesOn({ files, undecided, damages, unread }: Proved): string[] {
  const others = files.length === 0 ? "" : "other ";
  const changes = `${undecided} ${others}${undecided === 1 ? "change" : "changes"}`;
  const hidden =
    undecided === 0
      ? []
      : [
          `${changes} of this table may match: the values in these columns are not recorded, omitted or undisclosed, or the change has no time`,
        ];
  const skipped = [...hidden, ...notesOnUnread(unread)];
  if (damages.length > 0) return [...skipped, "the damage above may hide other changes that match"];
  return files.length + undecided === 0 ? [...skipped, "no change of this table matches"] : skipped;
}

function notesOnUnread({ byHeader, byIndex }: Unread): string[] {
  return [
    ...(byHeader === 0 ? [] : [`${byHeader} batches were not read: their headers name no such operation or time`]),
    ...(byIndex === 0
      ? []
      : [
          `${byIndex} batches were not read: their indices name no such time, which proves nothing; --read-all reads them`,
        ]),
  ];
}
