/** The names of a chain. Schema and table are null in the control chain of a database. */
export interface ChainName {
  readonly database: string;
  readonly schema: string | null;
  readonly table: string | null;
}

/** The number of digits of `seq` in a slot's key. */
const SEQ_DIGITS = 12;
const SLOT_KEY = new RegExp(`^([^/]+/[^/]+/)chain/(\\d{${SEQ_DIGITS}})\\.json$`);
const CHAIN_FOLDER = /^([\w%-]+)\/(?:~|(?:([\w%-]+)\.)?([\w%-]+))\/$/;
const encoder = new TextEncoder();

/**
 * Returns the folder of a chain, ending in `/`. No two chains share one, and no name leads out of
 * it.
 */
export function chainFolder({ database, schema, table }: ChainName): string {
  if (schema === null || table === null) return `${encodeName(database)}/~/`;
  const folder = schema === "public" ? encodeName(table) : `${encodeName(schema)}.${encodeName(table)}`;
  return `${encodeName(database)}/${folder}/`;
}

/**
 * Returns the chain of a folder, the inverse of `chainFolder`. Undefined where the folder is no
 * chain's.
 */
export function parseChainFolder(folder: string): ChainName | undefined {
  const [, database, schema, table] = CHAIN_FOLDER.exec(folder) ?? [];
  if (database === undefined) return undefined;
  try {
    const chain = decodeNames(database, schema, table);
    return chainFolder(chain) === folder ? chain : undefined;
  } catch {
    // The percent-encoded bytes are not UTF-8.
    return undefined;
  }
}

function decodeNames(database: string, schema = "public", table?: string): ChainName {
  const name = decodeURIComponent(database);
  if (table === undefined) return { database: name, schema: null, table: null };
  return { database: name, schema: decodeURIComponent(schema), table: decodeURIComponent(table) };
}

/** Returns the key of a slot. Requires 0 ≤ seq < 10¹². */
export function slotKey(chain: ChainName, seq: number): string {
  return `${chainFolder(chain)}chain/${String(seq).padStart(SEQ_DIGITS, "0")}.json`;
}

/**
 * Returns the folder and seq in a slot's key, the inverse of `slotKey`. Undefined for any other
 * key, such as an editor's backup beside a slot. Use `parseChainFolder` to find out whether the
 * folder is a chain's.
 */
export function parseSlotKey(key: string): { readonly folder: string; readonly seq: number } | undefined {
  const [, folder, digits] = SLOT_KEY.exec(key) ?? [];
  return folder === undefined ? undefined : { folder, seq: Number(digits) };
}

/** Returns the folder of a batch, ending in `/`. */
export function batchFolder(chain: ChainName, batchId: string): string {
  return `${chainFolder(chain)}${batchId}/`;
}

/** Returns the key of a batch's batch-data.json. */
export function batchDataKey(chain: ChainName, batchId: string): string {
  return `${batchFolder(chain, batchId)}batch-data.json`;
}

/** Returns the key of a batch's payload.json. */
export function payloadKey(chain: ChainName, batchId: string): string {
  return `${batchFolder(chain, batchId)}payload.json`;
}

/** Returns the key of a batch's anchor.json. */
export function anchorKey(chain: ChainName, batchId: string): string {
  return `${batchFolder(chain, batchId)}anchor.json`;
}

/**
 * Percent-encodes every byte outside `A-Z a-z 0-9 _ -`. The dot is encoded too, since it separates
 * schema and table.
 */
function encodeName(name: string): string {
  return Array.from(encoder.encode(name), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}
