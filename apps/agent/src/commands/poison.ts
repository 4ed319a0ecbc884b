import type { ObjectStore } from "@etrap/ledger";
import { batchId } from "@etrap/proof";
import type { ChangeRecord, Header } from "@etrap/proof";
import type { Command } from "commander";
import { EXIT } from "../exit-code.ts";
import { textOfReason } from "../report/code-meanings.ts";
import { addAdvice, toErrorInfo } from "../report/error-info.ts";
import { printable, printableJson } from "../report/printable.ts";
import { writeErrorInfo } from "../report/write-error-info.ts";
import type { CommandContext } from "./command-context.ts";
import { findChains } from "./find-chains.ts";
import { openStore, STORE_OPTION } from "./open-store.ts";
import type { StoreOptions } from "./open-store.ts";
import { readIntactBatches } from "./read-intact-batches.ts";

/** Adds the command `poison list`. */
export function addPoisonCommand(program: Command, context: CommandContext): void {
  program
    .command("poison")
    .description("show what could not be decoded, or was lost")
    .command("list")
    .description("write a line for every poison entry and every gap of the control chains, oldest first")
    .option("--database <name>", "only those of this database (default: all)")
    .option(...STORE_OPTION)
    .addHelpText(
      "after",
      "\nPoison is an entry that could not be decoded: it is in the ledger as it came. A gap stands for entries that were trimmed before they were read.\n\nExit codes: 0 the list is whole, 2 a batch of a control chain is damaged.\n\nExample:\n  etrap poison list --store s3://etrap-acme",
    )
    .action(async ({ database, ...options }: StoreOptions & { readonly database?: string }) =>
      listPoison(await openStore(context.shell, options), database, context),
    );
}

async function listPoison(store: ObjectStore, database: string | undefined, context: CommandContext): Promise<void> {
  const { shell, isJson, setExit } = context;
  const onDamage = (damage: unknown): void => {
    setExit(EXIT.couldNotCheck);
    writeErrorInfo(addAdvice(toErrorInfo(damage)), { writeError: shell.writeError, json: isJson() });
  };
  for await (const chain of findChains(store, { database })) {
    if (chain.table !== null) continue;
    for await (const { header, rows } of readIntactBatches(store, chain, { onDamage }))
      for (const { record } of rows) {
        if (shell.outputClosed.aborted) return;
        shell.write(isJson() ? printableJson(answerOf(header, record)) : printable(lineOf(header, record)));
      }
  }
}

function answerOf(header: Header, { operation, position, reason }: ChangeRecord): object {
  const { database, stream, sealed_at: sealedAt } = header;
  return { operation, database, stream, position, reason, batchId: batchId(header), sealedAt };
}

function lineOf(header: Header, { operation, position, reason }: ChangeRecord): string {
  const why = reason === null ? "" : `  ${textOfReason(reason)}`;
  const sealed = new Date(header.sealed_at).toISOString();
  return `${operation.padEnd(6)}  ${sealed}  ${position}  ${header.database}  ${header.stream}${why}  ${batchId(header)}`;
}
