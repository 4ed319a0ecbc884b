import { comparePositions } from "../bytes/position.ts";
import { batchId } from "../format/header.ts";
import type { Header } from "../format/header.ts";
import { IMAGES } from "../format/payload.ts";
import type { ChangeRecord } from "../format/record.ts";
import { withholdsEntries } from "../format/rules.ts";
import { ProofError } from "../proof-error.ts";

/** Checks that a record can be in the batch of a header. Throws HEADER_MISMATCH. */
export function verifyRecordBelongs(record: ChangeRecord, header: Header, place: string): void {
  const refuse = (member: keyof ChangeRecord, message: string): never => {
    throw new ProofError("HEADER_MISMATCH", message, { place: `${place}.${member}` });
  };
  for (const name of ["database", "schema", "table"] as const) {
    if (record[name] !== header[name]) refuse(name, "expected the header's name, got another");
  }
  if (!isInRightChain(record)) {
    refuse("operation", "expected POISON or GAP, with a reason, in the control chain and in no other chain");
  }
  // The header decides. If the record decided, a writer could withhold bytes that the rules allow,
  // or commit to bytes that the rules exclude.
  const needsRaw = record.operation === "POISON" && !withholdsEntries(header.rules);
  if (needsRaw !== (record.raw !== null)) {
    refuse("raw", "expected a commitment if and only if this is POISON under rules that exclude no column");
  }
  if (!Object.hasOwn(header.operations, record.operation)) {
    refuse("operation", "expected an operation that the header counts");
  }
  const { position } = record;
  if (comparePositions(position, header.first_position) < 0 || comparePositions(position, header.last_position) > 0) {
    refuse("position", `expected a position from ${header.first_position} to ${header.last_position}, got ${position}`);
  }
}

/**
 * Whether a record is in the right kind of chain. POISON and GAP belong in the control chain and
 * have a reason; all others belong in a table's chain and have none. A GAP has no images, because
 * its entries are lost.
 */
function isInRightChain(record: ChangeRecord): boolean {
  const { operation, table, reason } = record;
  const isGap = operation === "GAP";
  const isControl = isGap || operation === "POISON";
  const hasImage = IMAGES.some((part) => record[part] !== null);
  return isControl === (table === null) && isControl === (reason !== null) && !(isGap && hasImage);
}

/** Checks that a batch id is the one that follows from the header. Throws HEADER_MISMATCH. */
export function verifyBatchId(header: Header, id: string): void {
  const expected = batchId(header);
  if (id !== expected) {
    throw new ProofError("HEADER_MISMATCH", `expected ${expected} from the header, got ${id}`, { place: "batch_id" });
  }
}
