import { LedgerError, readBatch } from "@etrap/ledger";
import type { ObjectReader } from "@etrap/ledger";
import { ProofError, verifyBatch } from "@etrap/proof";
import type { Header, VerifiedBatch } from "@etrap/proof";
import { plainMessage } from "../report/plain-message.ts";

/**
 * Reads a batch and verifies it. Throws a ProofError whose message begins with the key of
 * batch-data.json, LEDGER_DAMAGED where that is missing, and the errors of the store.
 */
export async function readVerified(reader: ObjectReader, header: Header): Promise<VerifiedBatch> {
  const stored = await readBatch(reader, header);
  try {
    return verifyBatch(stored);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const { code, place, cause } = error;
    const message = plainMessage(error).slice(`${place}: `.length);
    throw new ProofError(code, message, { place: `${stored.key}: ${place}`, cause });
  }
}

/** An error of one batch or slot, which says nothing about the others. */
export type Damage = ProofError | LedgerError;

/** Whether an error is about one batch or slot. */
export function isDamage(error: unknown): error is Damage {
  return error instanceof ProofError || error instanceof LedgerError;
}
