import { batchId, headerDigest } from "@etrap/proof";
import { JsonRpcProvider } from "near-api-js";
import { setTimeout as sleep } from "node:timers/promises";
import { readLedger } from "../fixtures/read-ledger.ts";
import type { RecordedChain } from "../fixtures/read-ledger.ts";
import type { Pipeline } from "./start-pipeline.ts";

/** A batch as the ledger's files or the contract show it. */
interface ShownBatch {
  readonly id: string;
  readonly seq: number;
  readonly root: string;
  readonly digest: string;
}

/** Resolves once every batch has an anchor.json. */
export async function untilAnchored({ etrap }: Pipeline): Promise<void> {
  for (;;) {
    const { exit, output } = await etrap("anchors", "list");
    if (exit === 0) return;
    // 1: batches wait. Anything else is an error that does not go away.
    if (exit !== 1) throw new Error(output);
    await sleep(500);
  }
}

/** Returns the batches in the ledger's files, by chain. */
export function storedBatches({ ledger }: Pipeline): Map<string, ShownBatch[]> {
  const chains = readLedger(ledger).map((chain): [string, ShownBatch[]] => [
    textOf(chain),
    chain.batches.map(({ header }) => {
      return { id: batchId(header), seq: header.seq, root: header.merkle_root, digest: headerDigest(header) };
    }),
  ]);
  return new Map(chains);
}

/** Returns the tokens of these chains in the contract, by chain, oldest first. */
export async function mintedBatches({ ledger, localnet, contractId }: Pipeline): Promise<Map<string, ShownBatch[]>> {
  const provider = new JsonRpcProvider({ url: localnet.url });
  const tokens = new Map<string, ShownBatch[]>();
  for (const chain of readLedger(ledger)) tokens.set(textOf(chain), await tokensOf(provider, contractId, chain));
  return tokens;
}

interface Page {
  readonly batches: readonly {
    readonly token_id: string;
    readonly metadata: { readonly extra: string };
    readonly batch_summary: { readonly merkle_root: string };
  }[];
  readonly next: string | null;
}

async function tokensOf(
  provider: JsonRpcProvider,
  contractId: string,
  { database, schema, table }: RecordedChain,
): Promise<ShownBatch[]> {
  const found: ShownBatch[] = [];
  let before: string | null = null;
  do {
    const args = { database, schema, table, limit: 100, ...(before !== null && { before }) };
    const page = (await provider.callFunction({ contractId, method: "get_batches_by_table", args })) as unknown as Page;
    for (const { token_id: id, metadata, batch_summary } of page.batches) {
      const { seq, header_digest: digest } = JSON.parse(metadata.extra) as { seq: number; header_digest: string };
      found.push({ id, seq, root: batch_summary.merkle_root, digest });
    }
    before = page.next;
  } while (before !== null);
  return found.toSorted((one, other) => one.seq - other.seq);
}

function textOf({ database, schema, table }: RecordedChain): string {
  return JSON.stringify([database, schema, table]);
}
