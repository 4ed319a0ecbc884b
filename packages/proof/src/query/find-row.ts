import type { Row } from "../format/batch-data.ts";
import { disclosedValues, isImage, undisclosedColumns } from "../format/image.ts";
import type { Image, OpenedImage } from "../format/image.ts";
import { IMAGES } from "../format/payload.ts";
import type { ImageName } from "../format/payload.ts";
import type { ChangeRecord } from "../format/record.ts";
import { ProofError } from "../proof-error.ts";
import type { VerifiedBatch } from "../verify/verify-batch.ts";
import { equalValues } from "../verify/verify-equal.ts";

/** The known values of a row, in canonical form: its whole key, or some of its columns. */
export type RowQuery = { readonly kind: "key" | "columns"; readonly values: Image };

/** The changes of a row in a batch. */
export interface FoundRows {
  /** Leaf indices of the changes that show the row, in an image that the query asks about. */
  readonly matches: readonly number[];
  /**
   * Leaf indices of the changes that may be of the row but do not show enough to tell. If there is
   * one, nobody can say "not in the ledger".
   */
  readonly undecided: readonly number[];
}

/** Whether a change is of the row. */
export type Match = "yes" | "no" | "cannot tell";

/**
 * Finds the changes of a row in a verified batch. A `key` query matches a change whose key has
 * these columns and no others; a `columns` query matches a change with an image that has all of
 * these columns. Values are compared as canonical text, so `1.0` does not match `1.00`. Throws
 * BAD_ARGUMENT for another kind, for a query without columns, and for values that no record can
 * hold.
 */
export function findRow(batch: VerifiedBatch, query: RowQuery): FoundRows {
  const answers = batch.rows.map(rowMatcher(query));
  const indicesOf = (answer: Match): number[] => answers.flatMap((each, index) => (each === answer ? [index] : []));
  return { matches: indicesOf("yes"), undecided: indicesOf("cannot tell") };
}

/**
 * Returns a function that matches one change against a query. The contract is that of `findRow`.
 */
export function rowMatcher(query: RowQuery): (row: Row) => Match {
  const { kind, values } = query;
  if ((kind !== "key" && kind !== "columns") || !isImage(values) || Object.keys(values).length === 0) {
    const message = 'expected the kind "key" or "columns", and at least one canonical value';
    throw new ProofError("BAD_ARGUMENT", message, { place: "query" });
  }
  const parts: readonly ImageName[] = kind === "key" ? ["key"] : IMAGES;
  return (row) => {
    const answers = parts.map((part) => matchPart(row, part, { kind, values }));
    return (["yes", "cannot tell"] as const).find((answer) => answers.includes(answer)) ?? "no";
  };
}

function matchPart(row: Row, part: ImageName, { kind, values }: RowQuery): Match {
  const { record, payload } = row;
  const image = payload[part];
  const omitted = Object.keys(record.omitted?.[part] ?? {});
  if (image !== null) return matchImage({ image, omitted }, values, kind === "key");
  const isHidden = record[part] !== null || omitted.length > 0;
  const mayMatch = kind === "key" ? isRowChange(record) : part === "before" && mayHaveBeen(row, values);
  return isHidden || mayMatch ? "cannot tell" : "no";
}

/**
 * Whether a record is a change of one row. If the table has no key, that may be any row. Poison and
 * gaps are not row changes; search the control chain for them.
 */
function isRowChange({ operation, table }: ChangeRecord): boolean {
  return operation !== "TRUNCATE" && table !== null;
}

/**
 * Whether the unrecorded row before a change may have had these values. PostgreSQL does not record
 * it without REPLICA IDENTITY FULL. The key shows some of its columns, because a change of the key
 * is recorded as a DELETE and an INSERT.
 */
function mayHaveBeen({ record: { operation }, payload: { key } }: Row, wanted: Image): boolean {
  const hadRow = operation === "UPDATE" || operation === "DELETE";
  const shown = key === null ? {} : disclosedValues(key);
  const differs = ([name, value]: [string, Image[string]]): boolean =>
    Object.hasOwn(shown, name) && !equalValues(shown[name], value);
  return hadRow && !Object.entries(wanted).some(differs);
}

/** An opened image, and the columns that were left out of it. */
interface RecordedImage {
  readonly image: OpenedImage;
  readonly omitted: readonly string[];
}

function matchImage({ image, omitted }: RecordedImage, wanted: Image, isWhole: boolean): Match {
  const shown = disclosedValues(image);
  const unknown = new Set([...undisclosedColumns(image), ...omitted]);
  const names = Object.keys(wanted);
  if (isWhole && names.length !== new Set([...Object.keys(shown), ...unknown]).size) return "no";
  const answers = names.map((name): Match => {
    if (Object.hasOwn(shown, name)) return equalValues(shown[name], wanted[name]) ? "yes" : "no";
    return unknown.has(name) ? "cannot tell" : "no";
  });
  return (["no", "cannot tell"] as const).find((answer) => answers.includes(answer)) ?? "yes";
}
