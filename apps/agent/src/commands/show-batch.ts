import { batchDataKey, batchFolder, createSlots, readHeaders } from "@etrap/ledger";
import type { ChainName, ObjectStore } from "@etrap/ledger";
import { batchId, parseBatchData } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { AgentError } from "../agent-error.ts";
import { batchLines, factsOfBatch, factsOfRow } from "../report/batch-text.ts";
import { printable, printableJson } from "../report/printable.ts";
import type { CommandContext } from "./command-context.ts";
import { findChains } from "./find-chains.ts";
import { isDamage, readVerified } from "./read-verified.ts";

/**
 * Verifies a batch and writes its header, its changes, and what is missing in them. Writes no value
 * of a row. Throws BAD_ARGUMENT where no slot names the batch, and the errors of `readVerified`.
 */
export async function showBatch(store: ObjectStore, id: string, { shell, isJson }: CommandContext): Promise<void> {
  const batch = await readVerified(store, await findHeader(store, id));
  const lines = isJson()
    ? [factsOfBatch(batch), ...batch.rows.map(factsOfRow)].map(printableJson)
    : batchLines(batch).map(printable);
  for (const line of lines) {
    if (shell.outputClosed.aborted) return;
    shell.write(line);
  }
}

async function findHeader(store: ObjectStore, id: string): Promise<Header> {
  const chains = await Array.fromAsync(findChains(store));
  const found = await findByData(store, chains, id);
  if (found !== undefined) return found;
  // The folder of a batch tells its chain. Where the folder is lost, a slot still names the batch.
  for (const isSearched of [hasFolder, async () => true]) {
    for (const chain of chains) {
      if (!(await isSearched(store, batchFolder(chain, id)))) continue;
      for await (const header of readHeaders(store, chain)) if (batchId(header) === id) return header;
    }
  }
  throw new AgentError("BAD_ARGUMENT", `${id}: expected the id of a batch in the ledger; see etrap batches list`);
}

/**
 * Finds the header through the batch itself, which states its number: one slot is read instead of a
 * whole chain. Undefined where the batch cannot be read, or the slot of its number names another.
 */
async function findByData(store: ObjectStore, chains: readonly ChainName[], id: string): Promise<Header | undefined> {
  for (const chain of chains) {
    try {
      const bytes = await store.get(batchDataKey(chain, id));
      if (bytes === undefined) continue;
      const header = await createSlots(store, chain).read(parseBatchData(bytes).header.seq);
      if (header !== undefined && batchId(header) === id) return header;
    } catch (error) {
      // The batch is damaged. The walk through its chain says how.
      if (!isDamage(error)) throw error;
    }
  }
  return undefined;
}

async function hasFolder(store: ObjectStore, folder: string): Promise<boolean> {
  for await (const _ of store.list(folder)) return true;
  return false;
}
