/** The codes for which a column is left out of an image. */
const OMISSIONS: Readonly<Record<string, string>> = {
  UNCHANGED_TOAST: "the update did not touch this large value, and Debezium did not send it",
  REPLICA_IDENTITY: "the value is known only with REPLICA IDENTITY FULL",
  LOSSY_TYPE: "Debezium's form of this type loses part of the value",
  UNKNOWN_TYPE: "the form of the value is not known",
  MALFORMED_VALUE: "the value does not have the form of its type",
  OUT_OF_RANGE: "Debezium gets values of this range wrong",
  EXCLUDED: "a rule excludes the column",
};

/** The codes for which an entry is recorded as poison, and those for which entries are missing. */
const REASONS: Readonly<Record<string, string>> = {
  UNKNOWN_SHAPE: "the entry is not a change event of Debezium",
  NOT_UTF8: "the entry is not text",
  NOT_JSON: "the entry is not JSON",
  DUPLICATE_KEY: "a JSON object has two members of one name with different values",
  TOO_DEEP: "the JSON is nested too deeply",
  ENTRY_TOO_LARGE: "the entry is larger than the limit",
  UNKNOWN_OPERATION: "the operation is not known",
  MISSING_SOURCE: "the entry names no table of PostgreSQL",
  DECODER_FAILED: "the decoder failed; a later version can decode the entry",
  NOT_RECORDABLE: "the change is larger than a record can be, or has a name or value that none can hold",
  TRIMMED_UNREAD: "entries were trimmed or deleted before they were read",
};

/**
 * Returns an omission code with its meaning. A proof file may hold a code that is not known here.
 */
export function textOfOmission(code: string): string {
  return withMeaning(code, OMISSIONS);
}

/** Returns the reason code of poison or a gap with its meaning. */
export function textOfReason(code: string): string {
  return withMeaning(code, REASONS);
}

function withMeaning(code: string, meanings: Readonly<Record<string, string>>): string {
  return Object.hasOwn(meanings, code) ? `${code}: ${meanings[code]}` : code;
}
