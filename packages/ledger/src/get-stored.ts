import { codeOf, messageOf } from "./error-code.ts";
import { LedgerError } from "./ledger-error.ts";
import type { ObjectReader } from "./object-store.ts";

/**
 * Reads an object of the ledger. An object that no store creates is damage of the ledger, like any
 * other bytes that do not belong there. Rejects with LEDGER_DAMAGED, and with the store's errors.
 */
export async function getStored(reader: ObjectReader, key: string): Promise<Uint8Array | undefined> {
  try {
    return await reader.get(key);
  } catch (error) {
    if (codeOf(error) !== "DAMAGED") throw error;
    const message = messageOf(error);
    throw new LedgerError("LEDGER_DAMAGED", message.startsWith(key) ? message : `${key}: ${message}`, error);
  }
}
