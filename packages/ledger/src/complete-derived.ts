import { verifyBatch } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { derivedDocuments, missingDerived } from "./derived-documents.ts";
import { codeOf, messageOf } from "./error-code.ts";
import { LedgerError } from "./ledger-error.ts";
import type { ChainName } from "./object-keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { readBatch } from "./read-batch.ts";
import { readHeaders } from "./read-headers.ts";
import { parseStored } from "./slots.ts";

/** A batch of which derived documents were missing. */
export type IncompleteBatch =
  /** The documents with these keys were missing, and stand now. */
  | { readonly kind: "completed"; readonly header: Header; readonly keys: readonly string[] }
  /** The documents cannot be made, since the batch is missing or damaged. */
  | { readonly kind: "damaged"; readonly header: Header; readonly error: LedgerError };

/** Options of `completeDerived`. */
export interface CompleteDerivedOptions {
  /** Yields the documents that would be created, and creates nothing. Default: false. */
  readonly dryRun?: boolean;
}

/**
 * Creates the missing derived documents of a whole chain, oldest batch first, and yields each batch
 * of which any were missing. A batch is verified before they are made. Documents that stand are
 * neither read nor replaced, so this does not find those that differ.
 *
 * Rejects as `readHeaders` does, so repair missing slots first, and with the store's errors. What
 * was created before stays, and completing again is safe.
 */
export async function* completeDerived(
  store: ObjectStore,
  chain: ChainName,
  { dryRun = false }: CompleteDerivedOptions = {},
): AsyncGenerator<IncompleteBatch> {
  for await (const header of readHeaders(store, chain)) {
    const keys = await missingDerived(store, header);
    if (keys.length === 0) continue;
    try {
      await createDerived(store, header, dryRun ? [] : keys);
    } catch (error) {
      if (codeOf(error) !== "LEDGER_DAMAGED") throw error;
      // The other batches can still be completed.
      yield { kind: "damaged", header, error: asLedgerError(error) };
      continue;
    }
    yield { kind: "completed", header, keys };
  }
}

/** Verifies a batch, and creates its derived documents with these keys. */
async function createDerived(store: ObjectStore, header: Header, keys: readonly string[]): Promise<void> {
  const batch = await readBatch(store, header);
  const { rows } = parseStored(batch.key, () => verifyBatch(batch));
  const records = rows.map(({ record }) => record);
  for (const { key, bytes } of derivedDocuments(header, records)) {
    if (!keys.includes(key)) continue;
    try {
      // A crash here leaves the document whole or missing, and completing again goes on from it.
      await store.create(key, bytes);
    } catch (error) {
      // Another writer created other bytes meanwhile. They stay: derived documents prove nothing.
      if (codeOf(error) !== "KEY_CONFLICT") throw error;
    }
  }
}

function asLedgerError(error: unknown): LedgerError {
  return error instanceof LedgerError ? error : new LedgerError("LEDGER_DAMAGED", messageOf(error), error);
}
