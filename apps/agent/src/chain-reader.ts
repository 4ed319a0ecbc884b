import type { ObjectStore } from "@etrap/batcher";
import { batchFolder, batchId, parseHeader, slotKey, verifyBatch } from "@etrap/proof";
import type { ChainName, Header, VerifiedBatch } from "@etrap/proof";

/** The chains in a store, in byte order of their folders: two requests for each. */
export async function* listChains(store: ObjectStore): AsyncGenerator<ChainName> {
  for (let key = await firstKeyAfter(store); key !== undefined;) {
    const folder = key.split("/").slice(0, 2).join("/");
    const bytes = await store.get(`${folder}/chain/000000000000.json`);
    if (bytes !== undefined) yield parseHeader(bytes);
    // `~` comes after every name in a chain's folder.
    key = await firstKeyAfter(store, `${folder}/~`);
  }
}

/** The headers of a chain, oldest first. */
export async function* readHeaders(store: ObjectStore, chain: ChainName): AsyncGenerator<Header> {
  for (let seq = 0; ; seq += 1) {
    const bytes = await store.get(slotKey(chain, seq));
    if (bytes === undefined) return;
    yield parseHeader(bytes);
  }
}

/** Reads and checks the batch that a slot names. Throws ProofError. */
export async function readBatch(store: ObjectStore, header: Header): Promise<VerifiedBatch> {
  const slot = await store.get(slotKey(header, header.seq));
  const batchData = await store.get(`${batchFolder(header, batchId(header))}batch-data.json`);
  return verifyBatch({ slot: slot ?? new Uint8Array(), batchData: batchData ?? new Uint8Array() });
}

/** A chain as people write it: `schema.table`, or the control chain of a database. */
export function chainLabel({ database, schema, table }: ChainName): string {
  return schema === null || table === null ? `control chain of ${database}` : `${schema}.${table}`;
}

async function firstKeyAfter(store: ObjectStore, after?: string): Promise<string | undefined> {
  for await (const key of store.list("", after)) return key;
  return undefined;
}
