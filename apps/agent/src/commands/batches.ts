import { readHeaders } from "@etrap/ledger";
import type { ObjectStore } from "@etrap/ledger";
import { batchId } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import type { Command } from "commander";
import { chainLabel } from "../report/chain-label.ts";
import { printable, printableJson } from "../report/printable.ts";
import type { CommandContext } from "./command-context.ts";
import { findChains } from "./find-chains.ts";
import { openStore, STORE_OPTION } from "./open-store.ts";
import type { StoreOptions } from "./open-store.ts";

/** Adds the command `batches list`. */
export function addBatchesCommand(program: Command, { shell, isJson }: CommandContext): void {
  program
    .command("batches")
    .description("show the batches of the ledger")
    .command("list")
    .description("write a line for every batch, oldest first within each chain")
    .option(...STORE_OPTION)
    .action(async (options: StoreOptions) => listBatches(await openStore(shell, options), shell.write, isJson()));
}

async function listBatches(store: ObjectStore, write: (line: string) => void, json: boolean): Promise<void> {
  for await (const chain of findChains(store)) {
    for await (const header of readHeaders(store, chain)) {
      write(json ? printableJson(toAnswer(header)) : printable(toLine(header)));
    }
  }
}

function toAnswer(header: Header): object {
  const { database, schema, table, seq, leaf_count, operations, merkle_root } = header;
  return {
    batchId: batchId(header),
    database,
    schema,
    table,
    seq,
    changes: leaf_count,
    operations,
    merkleRoot: merkle_root,
    sealedAt: sealedAtOf(header),
  };
}

function toLine(header: Header): string {
  const changes = `${String(header.leaf_count).padStart(6)} changes`;
  return `${batchId(header)}  ${sealedAtOf(header)}  ${changes}  #${header.seq}  ${chainLabel(header)}`;
}

function sealedAtOf({ sealed_at }: Header): string {
  return new Date(sealed_at).toISOString();
}
