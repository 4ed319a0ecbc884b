import { chainFolder, parseChainFolder, parseSlotKey } from "@etrap/proof";
import type { ChainName } from "@etrap/proof";
import type { ObjectStore } from "../ports.ts";

/** Which chains to list. */
export interface ListOptions {
  /** Only this database's. Default: all. */
  readonly database?: string;
  /** Takes every folder that holds slots and is no chain's. */
  readonly onStray?: (folder: string) => void;
}

/**
 * The chains that have a slot, whichever it is, in byte order of their folders: two requests for each, and none is read. So a chain that lost
 * its first slots is one still.
 */
export async function* listChains(
  store: ObjectStore,
  { database, onStray = () => undefined }: ListOptions = {},
): AsyncGenerator<ChainName> {
  const root = database === undefined ? "" : databaseFolder(database);
  for (let key = await firstKey(store, root); key !== undefined;) {
    const folder = `${key.split("/").slice(0, 2).join("/")}/`;
    if (await hasSlot(store, folder)) {
      const chain = parseChainFolder(folder);
      if (chain === undefined) onStray(folder);
      else yield chain;
    }
    // `0` follows `/`: behind every key in the folder, whatever is in it.
    key = await firstKey(store, root, `${folder.slice(0, -1)}0`);
  }
}

function databaseFolder(database: string): string {
  return chainFolder({ database, schema: null, table: null }).replace(/~\/$/, "");
}

/** The first key in a folder of a folder. An object that stands beside the folders would hide those between its name and the next. */
async function firstKey(store: ObjectStore, prefix: string, after?: string): Promise<string | undefined> {
  for await (const key of store.list(prefix, after)) if (key.split("/").length > 2) return key;
  return undefined;
}

async function hasSlot(store: ObjectStore, folder: string): Promise<boolean> {
  for await (const key of store.list(`${folder}chain/`)) if (parseSlotKey(key) !== undefined) return true;
  return false;
}
