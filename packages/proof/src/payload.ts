import * as v from "valibot";
import type { OpenedEntry } from "./entry.ts";
import { commitToEntry, openedEntrySchema } from "./entry.ts";
import type { OpenedImage } from "./image.ts";
import { commitToImage, openedImageSchema } from "./image.ts";
import { ProofError } from "./proof-error.ts";
import type { ChangeRecord } from "./record.ts";

/** The values and salts behind a record's commitments; null where the record has none. */
export interface Payload {
  readonly key: OpenedImage | null;
  readonly before: OpenedImage | null;
  readonly after: OpenedImage | null;
  readonly entry: OpenedEntry | null;
}

export const payloadSchema: v.GenericSchema<unknown, Payload> = v.strictObject({
  key: v.nullable(openedImageSchema),
  before: v.nullable(openedImageSchema),
  after: v.nullable(openedImageSchema),
  entry: v.nullable(openedEntrySchema),
});

/** Checks that the payload is the one that the record commits to. Throws COMMITMENT_MISMATCH at the first part that is not. */
export function verifyPayload(record: ChangeRecord, payload: Payload, place: string): void {
  for (const part of ["key", "before", "after"] as const) {
    const image = payload[part];
    checkCommitment(record[part], image && commitToImage(image), `${place}.${part}`);
  }
  checkCommitment(record.raw, payload.entry && commitToEntry(payload.entry), `${place}.entry`);
}

function checkCommitment(expected: string | null, actual: string | null, place: string): void {
  if (expected === actual) return;
  throw new ProofError(
    "COMMITMENT_MISMATCH",
    place,
    `expected what the record commits to (${expected}), got ${actual}`,
  );
}
