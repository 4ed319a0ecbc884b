/** The names that make up a chain's folder; schema and table are null in the control chain. */
export interface ChainName {
  readonly database: string;
  readonly schema: string | null;
  readonly table: string | null;
}

/** The digits of `seq` in a slot's name. */
const SEQ_DIGITS = 12;
const SLOT_KEY = new RegExp(`^([^/]+/[^/]+/)chain/(\\d{${SEQ_DIGITS}})\\.json$`);
const encoder = new TextEncoder();

/** The folder of a chain, ending in `/`. No two chains share one, and no name climbs out of it. */
export function chainFolder({ database, schema, table }: ChainName): string {
  if (schema === null || table === null) return `${encodeName(database)}/~/`;
  const folder = schema === "public" ? encodeName(table) : `${encodeName(schema)}.${encodeName(table)}`;
  return `${encodeName(database)}/${folder}/`;
}

/** The chain that has this folder, undefined where none has: `chainFolder` the other way. */
export function parseChainFolder(folder: string): ChainName | undefined {
  const [isFolder, database, schema = "public", table] =
    /^([\w%-]+)\/(?:~|(?:([\w%-]+)\.)?([\w%-]+))\/$/.exec(folder) ?? [];
  if (isFolder === undefined || database === undefined) return undefined;
  try {
    const chain =
      table === undefined
        ? { database: decodeURIComponent(database), schema: null, table: null }
        : {
            database: decodeURIComponent(database),
            schema: decodeURIComponent(schema),
            table: decodeURIComponent(table),
          };
    return chainFolder(chain) === folder ? chain : undefined;
  } catch {
    // Bytes that are no UTF-8.
    return undefined;
  }
}

/** The key of a chain's slot. Requires 0 ≤ seq < 10¹². */
export function slotKey(chain: ChainName, seq: number): string {
  return `${chainFolder(chain)}chain/${String(seq).padStart(SEQ_DIGITS, "0")}.json`;
}

/**
 * `slotKey` the other way: the folder and the number in a slot's key; undefined for any other key, such as an editor's backup beside a slot.
 * Whether the folder is a chain's is for `parseChainFolder` to say.
 */
export function parseSlotKey(key: string): { readonly folder: string; readonly seq: number } | undefined {
  const [, folder, digits] = SLOT_KEY.exec(key) ?? [];
  return folder === undefined ? undefined : { folder, seq: Number(digits) };
}

/** The folder of a batch, ending in `/`. */
export function batchFolder(chain: ChainName, batchId: string): string {
  return `${chainFolder(chain)}${batchId}/`;
}

/** Every byte of a name outside `A-Z a-z 0-9 _ -` is percent-encoded, the dot too. */
function encodeName(name: string): string {
  return Array.from(encoder.encode(name), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}
