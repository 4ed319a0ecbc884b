import type { Row } from "./batch-data.ts";
import { hiddenColumns, isImage, shownValues } from "./image.ts";
import type { Image, OpenedImage } from "./image.ts";
import { IMAGES } from "./payload.ts";
import { ProofError } from "./proof-error.ts";
import type { ChangeRecord } from "./record.ts";
import type { VerifiedBatch } from "./verify-batch.ts";
import { equalValues } from "./verify-equal.ts";

/** What is known of a row: its whole key, or some columns of it, in canonical form. */
export type RowQuery = { readonly key: Image } | { readonly columns: Image };

/** Where a row was found. */
export interface FoundRows {
  /** Leaf indices of the changes that show the row: in their key, or in the image before or after. */
  readonly matches: readonly number[];
  /** Leaf indices of the changes that may be of the row, and do not show enough to tell. Where there is one, nobody can say "not in the record". */
  readonly undecided: readonly number[];
}

/** Whether a change is of the row that was asked for. */
export type Match = "yes" | "no" | "cannot tell";

/**
 * Finds a row in a verified batch. Values are compared as they are written: canonical text against canonical text, so `1.0` is not `1.00`.
 * With `key`, a change matches whose key has these columns and no others; with `columns`, one of whose images has all of these. Throws
 * BAD_ARGUMENT for a query without columns, with both, or with values that no record can hold.
 */
export function findRow(batch: VerifiedBatch, query: RowQuery): FoundRows {
  const answers = batch.rows.map(rowMatcher(query));
  const indicesOf = (answer: Match): number[] => answers.flatMap((each, index) => (each === answer ? [index] : []));
  return { matches: indicesOf("yes"), undecided: indicesOf("cannot tell") };
}

/** Tells of one change whether it is of the row. The same contract as `findRow`. */
export function rowMatcher(query: RowQuery): (row: Row) => Match {
  const isKey = "key" in query;
  const wanted = isKey ? query.key : query.columns;
  if ((isKey && "columns" in query) || !isImage(wanted) || Object.keys(wanted).length === 0) {
    throw new ProofError("BAD_ARGUMENT", "query", "expected a key or columns, with one canonical value at least");
  }
  return ({ record, payload }) => {
    const answers = (isKey ? (["key"] as const) : IMAGES).map((part): Match => {
      const image = payload[part];
      const omitted = Object.keys(record.omitted?.[part] ?? {});
      if (image !== null) return matchImage(image, omitted, wanted, isKey);
      const isUnrecorded = isKey
        ? hasRow(record)
        : part === "before" && hadRow(record) && !contradicts(payload.key, wanted);
      return record[part] !== null || omitted.length > 0 || isUnrecorded ? "cannot tell" : "no";
    });
    return (["yes", "cannot tell"] as const).find((answer) => answers.includes(answer)) ?? "no";
  };
}

/** Whether a change is of one row: if its table has no key, it may be of any. What the control chain leaves open is asked there. */
function hasRow({ operation, table }: ChangeRecord): boolean {
  return operation !== "TRUNCATE" && table !== null;
}

/** Whether a row with this key is another than the wanted one. A change of the key is a deletion and an insertion. */
function contradicts(key: OpenedImage | null, wanted: Image): boolean {
  const shown = key === null ? {} : shownValues(key);
  return Object.entries(wanted).some(([name, value]) => Object.hasOwn(shown, name) && !equalValues(shown[name], value));
}

/** Whether there was a row before a change. Without REPLICA IDENTITY FULL, PostgreSQL does not tell what it was. */
function hadRow({ operation }: ChangeRecord): boolean {
  return operation === "UPDATE" || operation === "DELETE";
}

function matchImage(image: OpenedImage, omitted: readonly string[], wanted: Image, isWhole: boolean): Match {
  const shown = shownValues(image);
  const unknown = new Set([...hiddenColumns(image), ...omitted]);
  const names = Object.keys(wanted);
  if (isWhole && names.length !== new Set([...Object.keys(shown), ...unknown]).size) return "no";
  const answers = names.map((name): Match => {
    if (Object.hasOwn(shown, name)) return equalValues(shown[name], wanted[name]) ? "yes" : "no";
    return unknown.has(name) ? "cannot tell" : "no";
  });
  return (["no", "cannot tell"] as const).find((answer) => answers.includes(answer)) ?? "yes";
}
