import { chainFolder, parseChainFolder, parseSlotKey } from "@etrap/proof";
import type { ChainName } from "@etrap/proof";
import type { ObjectStore } from "./ports.ts";

/** The chains of a database that have a slot, whichever it is, in byte order of their folders: two requests for each. */
export async function* listChains(store: ObjectStore, database: string): AsyncGenerator<ChainName> {
  const root = chainFolder({ database, schema: null, table: null }).replace(/~\/$/, "");
  for (let key = await firstKey(store, root); key !== undefined;) {
    const folder = `${key.split("/").slice(0, 2).join("/")}/`;
    const chain = parseChainFolder(folder);
    if (chain !== undefined && (await hasSlot(store, folder))) yield chain;
    // `~` comes after every name in a chain's folder.
    key = await firstKey(store, root, `${folder}~`);
  }
}

async function firstKey(store: ObjectStore, prefix: string, after?: string): Promise<string | undefined> {
  for await (const key of store.list(prefix, after)) return key;
  return undefined;
}

async function hasSlot(store: ObjectStore, folder: string): Promise<boolean> {
  for await (const key of store.list(`${folder}chain/`)) if (parseSlotKey(key) !== undefined) return true;
  return false;
}
