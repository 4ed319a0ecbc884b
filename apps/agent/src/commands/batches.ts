import type { Command } from "commander";
import type { CommandContext } from "./command-context.ts";
import { listBatches } from "./list-batches.ts";
import type { BatchQuery } from "./list-batches.ts";
import { openStore, STORE_OPTION } from "./open-store.ts";
import type { StoreOptions } from "./open-store.ts";
import { showBatch } from "./show-batch.ts";

/** Adds the commands `batches list` and `batches show`. */
export function addBatchesCommand(program: Command, context: CommandContext): void {
  const batches = program.command("batches").description("show the batches of the ledger");
  batches
    .command("list")
    .description("write a line for every batch, oldest first within each chain")
    .option("--table <name>", "schema.table, or a table in public (default: all, and the control chains)")
    .option("--database <name>", "only the chains of this database (default: all)")
    .option("--since <time>", "only batches that were sealed from this time on, such as 2026-11-30T08:00Z")
    .option("--limit <n>", "only the newest n of each chain")
    .option(...STORE_OPTION)
    .action(async (options: StoreOptions & BatchQuery) =>
      listBatches(await openStore(context.shell, options), options, context),
    );
  batches
    .command("show")
    .description("check a batch, and write what it holds, but no value of a row")
    .argument("<id>", "batch id, as batches list writes it")
    .option(...STORE_OPTION)
    .action(async (id: string, options: StoreOptions) =>
      showBatch(await openStore(context.shell, options), id, context),
    );
}
