import { readHeaders } from "@etrap/ledger";
import type { ObjectStore } from "@etrap/ledger";
import { batchId } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { AgentError } from "../agent-error.ts";
import { batchAnswer, sealedAtOf } from "../report/batch-answer.ts";
import { chainLabel } from "../report/chain-label.ts";
import { printable, printableJson } from "../report/printable.ts";
import type { CommandContext } from "./command-context.ts";
import { findChains, refuseUnknownChain } from "./find-chains.ts";
import type { ChainQuery } from "./find-chains.ts";
import { parseTime } from "./parse-time.ts";

/** Which batches to list. */
export interface BatchQuery extends ChainQuery {
  readonly since?: string;
  readonly limit?: string;
}

/**
 * Writes a line for every batch of the chains that match, until nobody reads the lines any more.
 * Throws BAD_ARGUMENT where no chain matches, and for a time or a number that is none.
 */
export async function listBatches(
  store: ObjectStore,
  { since, limit, ...query }: BatchQuery,
  { shell, isJson }: CommandContext,
): Promise<void> {
  const from = since === undefined ? 0 : parseTime("--since", since);
  const most = limit === undefined ? Number.POSITIVE_INFINITY : parseLimit(limit);
  await refuseUnknownChain(store, query);
  for await (const chain of findChains(store, query)) {
    // Without a limit, a line is written as soon as its slot is read.
    const newest: Header[] = [];
    for await (const header of readHeaders(store, chain)) {
      if (shell.outputClosed.aborted) return;
      if (header.sealed_at < from) continue;
      if (limit === undefined) write(header);
      else if (newest.push(header) > most) newest.shift();
    }
    for (const header of newest) write(header);
  }

  function write(header: Header): void {
    shell.write(isJson() ? printableJson(batchAnswer(header)) : printable(toLine(header)));
  }
}

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new AgentError("BAD_ARGUMENT", "--limit: expected a whole number from 1 on");
}

function toLine(header: Header): string {
  const changes = `${String(header.leaf_count).padStart(6)} changes`;
  const table = header.table === null ? "control chain" : chainLabel(header);
  return `${batchId(header)}  ${sealedAtOf(header)}  ${changes}  #${header.seq}  ${header.database}  ${table}`;
}
