import { digest, digestBytes } from "../bytes/digest.ts";
import { borshString, littleEndian } from "../bytes/little-endian.ts";
import type { Outcome, OutcomeStatus } from "../receipts/outcome.ts";

/** Returns the leaf that commits to an outcome, as light clients compute it. */
export function outcomeLeaf(outcome: Outcome): Uint8Array {
  const hashes = [
    digestBytes(outcome.id),
    digest(partialOutcome(outcome)),
    ...outcome.logs.map((log) => digest(Buffer.from(log))),
  ];
  return digest(littleEndian(hashes.length, 4), ...hashes);
}

function partialOutcome({ executorId, gasBurnt, receiptIds, status, tokensBurnt }: Outcome): Uint8Array {
  return Buffer.concat([
    littleEndian(receiptIds.length, 4),
    ...receiptIds.map(digestBytes),
    littleEndian(gasBurnt, 8),
    littleEndian(tokensBurnt, 16),
    borshString(executorId),
    statusBytes(status),
  ]);
}

function statusBytes(status: OutcomeStatus): Uint8Array {
  switch (status.kind) {
    case "failure":
      return Uint8Array.of(1);
    case "value":
      return Buffer.concat([Uint8Array.of(2), littleEndian(status.value.length, 4), status.value]);
    case "receipt":
      return Buffer.concat([Uint8Array.of(3), digestBytes(status.receiptId)]);
  }
}
