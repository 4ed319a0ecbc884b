import { LedgerError } from "../ledger-error.ts";
import type { ChainName } from "../object-keys.ts";
import type { ObjectReader, ObjectRemover } from "../object-store.ts";
import { DOCUMENTS } from "./audit-leftovers.ts";
import { auditLedger } from "./audit-ledger.ts";
import type { AuditCode } from "./finding.ts";

/** A folder of a batch that no slot names. */
export interface Leftover {
  /** Ends in `/`. */
  readonly folder: string;
  readonly code: Extract<AuditCode, "ORPHAN" | "WITHOUT_SLOT" | "UNKNOWN_BATCH">;
  readonly message: string;
  /**
   * Whether it can be removed: the slot of its number names another batch, and nothing is wrong
   * with the slots of its chain. Otherwise it may be on its way, or the only copy of what was in a
   * slot that somebody replaced.
   */
  readonly isRemovable: boolean;
}

/**
 * Finds the batches that no slot names, in byte order of their folders. Reads every slot. Rejects
 * with UNREADABLE where the store gives no answer: half a list would be wrong.
 */
export async function findLeftovers(
  reader: ObjectReader,
  includes?: (chain: ChainName) => boolean,
): Promise<Leftover[]> {
  const leftovers: Omit<Leftover, "isRemovable">[] = [];
  const faulty = new Set<string>();
  let unreadable: LedgerError | undefined;
  await auditLedger(reader, {
    headersOnly: true,
    ...(includes && { includes }),
    onEvent(event) {
      if (event.type !== "finding") return;
      const { code, key, message, severity } = event.finding;
      if (code === "ORPHAN" || code === "WITHOUT_SLOT" || code === "UNKNOWN_BATCH")
        leftovers.push({ folder: key, code, message });
      if (code === "UNREADABLE") unreadable ??= new LedgerError("UNREADABLE", `${key}: ${message}`);
      if (severity === "fault") faulty.add(chainOf(key));
    },
  });
  if (unreadable !== undefined) throw unreadable;
  return leftovers
    .map((leftover) => ({
      ...leftover,
      isRemovable: leftover.code === "ORPHAN" && !faulty.has(chainOf(leftover.folder)),
    }))
    .toSorted((one, other) => (one.folder < other.folder ? -1 : 1));
}

/** Returns the folder of the chain that a key belongs to. */
function chainOf(key: string): string {
  return key.split("/").slice(0, 2).join("/");
}

/**
 * Removes the documents of a leftover. Requires `isRemovable`. batch-data.json comes last: after a
 * crash, the rest still says which batch it was. Returns the keys in the folder that are no
 * documents of a batch, which are left.
 */
export async function removeLeftover(
  store: ObjectReader & ObjectRemover,
  { folder, isRemovable }: Leftover,
): Promise<string[]> {
  if (!isRemovable) throw new RangeError(`${folder}: expected a leftover that can be removed`);
  const others: string[] = [];
  const documents: string[] = [];
  for await (const key of store.list(folder)) (DOCUMENTS.has(key.slice(folder.length)) ? documents : others).push(key);
  const data = `${folder}batch-data.json`;
  for (const key of documents) if (key !== data) await store.remove(key);
  await store.remove(data);
  return others;
}
