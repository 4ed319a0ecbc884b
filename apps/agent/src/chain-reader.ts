import { listChains } from "@etrap/batcher";
import type { ObjectStore } from "@etrap/batcher";
import { chainFolder, parseHeader, parseSlotKey, slotKey, verifyChain } from "@etrap/proof";
import type { ChainName, Header } from "@etrap/proof";
import { AgentError } from "./agent-error.ts";

/** The chains in a store, in byte order of their folders. Throws RECORD_DAMAGED for a folder that holds slots and is no chain's. */
export function readChains(store: ObjectStore): AsyncGenerator<ChainName> {
  const onStray = (folder: string): never => {
    throw new AgentError(
      "RECORD_DAMAGED",
      `${folder}: holds slots, and is no table's folder; move it out of the store`,
    );
  };
  return listChains(store, { onStray });
}

/** The headers of a chain, oldest first. Throws RECORD_DAMAGED for a missing slot and ProofError for one out of line: what lies behind cannot be told. */
export async function* readHeaders(store: ObjectStore, chain: ChainName): AsyncGenerator<Header> {
  let previous: Header | undefined;
  for (let seq = 0; ; seq += 1) {
    const bytes = await store.get(slotKey(chain, seq));
    if (bytes === undefined) return refuseSlotBehind(store, chain, seq);
    const header = readSlot(slotKey(chain, seq), bytes);
    verifyChain(previous === undefined ? [header] : [previous, header]);
    yield header;
    previous = header;
  }
}

/** A slot's header, which says what chain it belongs to: one that was moved would be proved under another table's name. */
function readSlot(key: string, bytes: Uint8Array): Header {
  const header = parseHeader(bytes);
  const own = slotKey(header, header.seq);
  if (own === key) return header;
  throw new AgentError("RECORD_DAMAGED", `${key}: expected the slot of this place, found that of ${own}`);
}

/** A hole is not the end: to stop there would say of what lies behind that it is not in the record. */
async function refuseSlotBehind(store: ObjectStore, chain: ChainName, seq: number): Promise<void> {
  const missing = slotKey(chain, seq);
  for await (const key of store.list(`${chainFolder(chain)}chain/`, missing)) {
    if (parseSlotKey(key) !== undefined)
      throw new AgentError("RECORD_DAMAGED", `${missing}: missing, though ${key} stands; run etrap repair`);
  }
}

/** A chain as people write it: `schema.table`, or the control chain of a database. */
export function chainLabel({ database, schema, table }: ChainName): string {
  return schema === null || table === null ? `control chain of ${database}` : `${schema}.${table}`;
}
