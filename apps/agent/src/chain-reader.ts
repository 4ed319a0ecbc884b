import type { ObjectStore } from "@etrap/batcher";
import {
  batchFolder,
  batchId,
  chainFolder,
  parseChainFolder,
  parseHeader,
  parseSlotKey,
  slotKey,
  verifyBatch,
  verifyChain,
} from "@etrap/proof";
import { encodeHeader } from "@etrap/proof/write";
import type { ChainName, Header, VerifiedBatch } from "@etrap/proof";
import { AgentError } from "./agent-error.ts";

/**
 * The chains in a store, in byte order of their folders: two requests for each. A folder with any slot is one, also where the first slots are
 * lost; none is read.
 */
export async function* listChains(store: ObjectStore): AsyncGenerator<ChainName> {
  for (let key = await firstKeyAfter(store); key !== undefined;) {
    const folder = `${key.split("/").slice(0, 2).join("/")}/`;
    if ((await firstSlot(store, folder)) !== undefined) yield readFolder(folder);
    // `~` comes after every name in a chain's folder.
    key = await firstKeyAfter(store, `${folder}~`);
  }
}

function readFolder(folder: string): ChainName {
  const chain = parseChainFolder(folder);
  if (chain !== undefined) return chain;
  throw new AgentError("RECORD_DAMAGED", `${folder}: holds slots, and is no table's folder; move it out of the store`);
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

/** Reads and checks the batch that a slot names. Throws ProofError, or RECORD_DAMAGED where it is missing. */
export async function readBatch(store: ObjectStore, header: Header): Promise<VerifiedBatch> {
  const folder = batchFolder(header, batchId(header));
  const key = `${folder}batch-data.json`;
  const batchData = await store.get(key);
  if (batchData === undefined) throw new AgentError("RECORD_DAMAGED", `${key}: missing, though a slot names it`);
  const payload = header.payload === "inline" ? undefined : await store.get(`${folder}payload.json`);
  return verifyBatch({ slot: encodeHeader(header), batchData, payload });
}

/** A chain as people write it: `schema.table`, or the control chain of a database. */
export function chainLabel({ database, schema, table }: ChainName): string {
  return schema === null || table === null ? `control chain of ${database}` : `${schema}.${table}`;
}

async function firstKeyAfter(store: ObjectStore, after?: string): Promise<string | undefined> {
  for await (const key of store.list("", after)) return key;
  return undefined;
}

/** A hole is not the end: to stop there would say of what lies behind that it is not in the record. */
async function refuseSlotBehind(store: ObjectStore, chain: ChainName, seq: number): Promise<void> {
  const missing = slotKey(chain, seq);
  const standing = await firstSlot(store, chainFolder(chain), missing);
  if (standing === undefined) return;
  throw new AgentError("RECORD_DAMAGED", `${missing}: missing, though ${standing} stands; run etrap repair`);
}

/** The key of the first slot in a chain's folder, after `after`. */
async function firstSlot(store: ObjectStore, folder: string, after?: string): Promise<string | undefined> {
  for await (const key of store.list(`${folder}chain/`, after)) if (parseSlotKey(key) !== undefined) return key;
  return undefined;
}
