import { readHeaders } from "@etrap/ledger";
import type { ObjectStore } from "@etrap/ledger";
import { batchId } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { batchAnswer, sealedAtOf } from "../report/batch-answer.ts";
import { chainLabel } from "../report/chain-label.ts";
import { printable, printableJson } from "../report/printable.ts";
import type { CommandContext } from "./command-context.ts";
import { findChains, refuseUnknownChain } from "./find-chains.ts";
import type { ChainQuery } from "./find-chains.ts";

/**
 * Writes a line for every batch of the chains that match, until nobody reads the lines any more.
 * Throws BAD_ARGUMENT where no chain matches.
 */
export async function listBatches(
  store: ObjectStore,
  query: ChainQuery,
  { shell, isJson }: CommandContext,
): Promise<void> {
  await refuseUnknownChain(store, query);
  for await (const chain of findChains(store, query)) {
    for await (const header of readHeaders(store, chain)) {
      if (shell.outputClosed.aborted) return;
      shell.write(isJson() ? printableJson(batchAnswer(header)) : printable(toLine(header)));
    }
  }
}

function toLine(header: Header): string {
  const changes = `${String(header.leaf_count).padStart(6)} changes`;
  const table = header.table === null ? "control chain" : chainLabel(header);
  return `${batchId(header)}  ${sealedAtOf(header)}  ${changes}  #${header.seq}  ${header.database}  ${table}`;
}
