import type { Row } from "../format/batch-data.ts";
import { commitToEntry } from "../format/entry.ts";
import { commitToImage } from "../format/image.ts";
import type { Commitment } from "../format/image.ts";
import { IMAGES } from "../format/payload.ts";
import { ProofError } from "../proof-error.ts";

/**
 * Checks that each part of a payload opens the record's commitment, and that images are opened by
 * the header's kind of commitment. Throws COMMITMENT_MISMATCH at the first part that does not.
 */
export function verifyPayload({ record, payload }: Row, commitment: Commitment, place: string): void {
  for (const part of IMAGES) {
    const image = payload[part];
    if (image === null) continue;
    if ("fields" in image !== (commitment === "fields")) {
      const message = `expected an image that opens a ${commitment} commitment, got the other kind`;
      throw new ProofError("COMMITMENT_MISMATCH", message, { place: `${place}.${part}` });
    }
    checkCommitment(record[part], commitToImage(image), `${place}.${part}`);
  }
  if (payload.entry !== null) checkCommitment(record.raw, commitToEntry(payload.entry), `${place}.entry`);
}

function checkCommitment(expected: string | null, actual: string, place: string): void {
  if (expected === actual) return;
  const message = `expected the record's commitment ${expected}, got the commitment ${actual}`;
  throw new ProofError("COMMITMENT_MISMATCH", message, { place });
}
