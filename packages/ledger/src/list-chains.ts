import { chainFolder, parseChainFolder, parseSlotKey } from "./object-keys.ts";
import type { ChainName } from "./object-keys.ts";
import type { ObjectReader } from "./object-store.ts";

/** Options of `listChains`. */
export interface ListOptions {
  /** Lists only the chains of this database. Default: all. */
  readonly database?: string;
  /** Called with each folder that holds slots but does not belong to a chain. */
  readonly onStray?: (folder: string) => void;
}

/**
 * Lists the chains that have a slot, in byte order of their folders. A chain that lost its first
 * slots is listed too. Costs two requests per chain and reads no object. Rejects with the store's
 * errors.
 */
export async function* listChains(
  reader: ObjectReader,
  { database, onStray = () => undefined }: ListOptions = {},
): AsyncGenerator<ChainName> {
  const root = database === undefined ? "" : databaseFolder(database);
  for (let key = await firstKey(reader, root); key !== undefined;) {
    const folder = `${key.split("/").slice(0, 2).join("/")}/`;
    if (await hasSlot(reader, folder)) {
      const chain = parseChainFolder(folder);
      if (chain === undefined) onStray(folder);
      else yield chain;
    }
    // `0` follows `/` in byte order, so this skips every key of the folder.
    key = await firstKey(reader, root, `${folder.slice(0, -1)}0`);
  }
}

function databaseFolder(database: string): string {
  return chainFolder({ database, schema: null, table: null }).replace(/~\/$/, "");
}

/**
 * Returns the first key inside a folder of a folder. An object beside the folders must not hide
 * those that follow it.
 */
async function firstKey(reader: ObjectReader, prefix: string, after?: string): Promise<string | undefined> {
  for await (const key of reader.list(prefix, after)) if (key.split("/").length > 2) return key;
  return undefined;
}

async function hasSlot(reader: ObjectReader, folder: string): Promise<boolean> {
  for await (const key of reader.list(`${folder}chain/`)) if (parseSlotKey(key) !== undefined) return true;
  return false;
}
