import { chainFolder, codeOf, listChains } from "@etrap/ledger";
import type { ObjectStore } from "@etrap/ledger";
import { AgentError } from "../agent-error.ts";
import { parseSourceFile, encodeSourceFile } from "./source-file.ts";

/** The half of a source's identity that its carrier holds. */
export interface IdentifiedSource {
  /** The name of the database. */
  readonly database: string;
  readonly identity: {
    /** The source id, undefined where the carrier holds none. */
    readonly id: string | undefined;
    /** Whether a position is committed in the carrier. */
    readonly committed: boolean;
  };
  /** Keeps a source id in the carrier. Rejects where another agent has set another one since. */
  setIdentity(id: string, signal: AbortSignal): Promise<void>;
}

/** What `checkIdentity` uses besides the source. */
export interface IdentityCheck {
  readonly store: ObjectStore;
  /** Whether to accept a source and a ledger that do not know each other (`--adopt-source`). */
  readonly adopt: boolean;
  readonly signal: AbortSignal;
}

/**
 * Checks that a source and a ledger belong together: both hold the same random id. The first start
 * makes it. Throws SOURCE_MISMATCH where one of them holds none or another one later: then it is
 * not the one that was used before, and entries that it counts as committed may be in no ledger.
 * With `adopt`, the ledger's id is taken for both. Rejects with LEDGER_DAMAGED for a file that
 * holds no id, and with the errors of the store and the source.
 */
export async function checkIdentity(source: IdentifiedSource, check: IdentityCheck): Promise<void> {
  const { identity } = source;
  const inLedger = await readId(check.store, source.database);
  if (inLedger !== undefined && inLedger === identity.id) return;
  if (!check.adopt) await refuseMismatch(source, check.store, inLedger);
  // The ledger's file can never change, so its id counts. A crash before the source has it leaves a
  // ledger whose first start is not over yet, unless changes are committed.
  const id = inLedger ?? (await createId(check.store, source.database, identity.id ?? randomId()));
  if (id !== identity.id) await source.setIdentity(id, check.signal);
}

/** Returns the key of the file that holds the source id of a database. */
export function sourceKey(database: string): string {
  const folder = chainFolder({ database, schema: null, table: null }).replace(/\/~\/$/, "");
  return `.etrap/sources/${folder}.json`;
}

async function refuseMismatch(
  { database, identity: { id, committed } }: IdentifiedSource,
  store: ObjectStore,
  inLedger: string | undefined,
): Promise<void> {
  const hasChains = await hasChain(store, database);
  if (id === undefined) {
    // Neither side knows the other. This is the first start, or the first one of a version that
    // keeps an id. A committed position without a chain was committed for another ledger.
    if (inLedger === undefined && (hasChains || !committed)) return;
    // The first start was cut after it had created the file, before anything was recorded.
    if (inLedger !== undefined && !hasChains && !committed) return;
  }
  throw new AgentError("SOURCE_MISMATCH", `${sourceKey(database)}: ${mismatch(id, inLedger)}; ${ADVICE}`);
}

const ADVICE =
  "check ETRAP_STORE_DIR and the connection to Redis; where both are right, start once with etrap run --adopt-source, which may leave out entries that were committed for another ledger";

function mismatch(id: string | undefined, inLedger: string | undefined): string {
  if (id !== undefined && inLedger !== undefined) return "expected the source id that Redis holds, got another one";
  if (id !== undefined)
    return "expected the source id that Redis holds, but this ledger has none: it is not the one that was recorded to before";
  if (inLedger !== undefined)
    return "expected Redis to hold this source id, but it holds none: it lost its data, or is another one";
  return "expected a ledger with chains of this database, since Redis has committed positions, but found none: it is not the one that was recorded to before";
}

async function hasChain(store: ObjectStore, database: string): Promise<boolean> {
  for await (const _ of listChains(store, { database })) return true;
  return false;
}

async function readId(store: ObjectStore, database: string): Promise<string | undefined> {
  const key = sourceKey(database);
  const bytes = await store.get(key);
  return bytes && parseSourceFile(bytes, key, database);
}

/** Creates the file and returns the id in it. Another agent may have created it with another id. */
async function createId(store: ObjectStore, database: string, id: string): Promise<string> {
  try {
    await store.create(sourceKey(database), encodeSourceFile({ database, id }));
    return id;
  } catch (error) {
    const created = codeOf(error) === "KEY_CONFLICT" ? await readId(store, database) : undefined;
    if (created === undefined) throw error;
    return created;
  }
}

function randomId(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("hex");
}
