import type { Header } from "../format/header.ts";
import { ProofError } from "../proof-error.ts";
import type { ChangeRecord } from "../format/record.ts";

/** The members of a header that are a pure function of the records. */
export type RecordSummary = Pick<
  Header,
  "leaf_count" | "first_position" | "last_position" | "first_timestamp" | "last_timestamp" | "operations"
>;

/** Summarizes the records of a batch, in order. Throws BAD_ARGUMENT if there is none. */
export function summarizeRecords(records: readonly ChangeRecord[]): RecordSummary {
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined)
    throw new ProofError("BAD_ARGUMENT", "expected at least one record, got none", { place: "records" });
  const groups = Map.groupBy(records, ({ operation }) => operation);
  return {
    leaf_count: records.length,
    first_position: first.position,
    last_position: last.position,
    first_timestamp: first.timestamp,
    last_timestamp: last.timestamp,
    operations: Object.fromEntries(Array.from(groups, ([operation, members]) => [operation, members.length])),
  };
}
