import { batchId } from "./header.ts";
import type { Header } from "./header.ts";
import { IMAGES } from "./payload.ts";
import { comparePositions } from "./position.ts";
import { ProofError } from "./proof-error.ts";
import type { ChangeRecord } from "./record.ts";
import { withholdsEntries } from "./rules.ts";

/** Checks that a record may stand in the batch of this header. Throws HEADER_MISMATCH. */
export function verifyRecordBelongs(record: ChangeRecord, header: Header, place: string): void {
  for (const name of ["database", "schema", "table"] as const) {
    if (record[name] !== header[name]) {
      throw new ProofError("HEADER_MISMATCH", `${place}.${name}`, "expected the header's");
    }
  }
  if (!isWhereItBelongs(record)) {
    throw new ProofError(
      "HEADER_MISMATCH",
      `${place}.operation`,
      "expected POISON or GAP, as each is written, in the control chain and nowhere else",
    );
  }
  // By the record's own word, a writer could keep back what the rules do not, or hash what they leave out.
  const isCommitted = record.operation === "POISON" && !withholdsEntries(header.rules);
  if (isCommitted !== (record.raw !== null)) {
    throw new ProofError(
      "HEADER_MISMATCH",
      `${place}.raw`,
      "expected a commitment for POISON under rules that exclude no column, and for nothing else",
    );
  }
  if (!Object.hasOwn(header.operations, record.operation)) {
    throw new ProofError("HEADER_MISMATCH", `${place}.operation`, "expected one that the header counts");
  }
  const { position } = record;
  if (comparePositions(position, header.first_position) < 0 || comparePositions(position, header.last_position) > 0) {
    throw new ProofError("HEADER_MISMATCH", `${place}.position`, "expected one between the header's first and last");
  }
}

/** The control chain holds what belongs to no table, and nothing else does. Of a gap there is nothing that a record could commit to. */
function isWhereItBelongs(record: ChangeRecord): boolean {
  const { operation, table, reason } = record;
  const isGap = operation === "GAP";
  const isControl = isGap || operation === "POISON";
  const hasImage = IMAGES.some((part) => record[part] !== null);
  return isControl === (table === null) && isControl === (reason !== null) && !(isGap && hasImage);
}

/** Checks that a batch bears the name that its header gives it. Throws HEADER_MISMATCH. */
export function verifyBatchId(header: Header, id: string): void {
  const expected = batchId(header);
  if (id !== expected)
    throw new ProofError("HEADER_MISMATCH", "batch_id", `expected ${expected} from the header, got ${id}`);
}
