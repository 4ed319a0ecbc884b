import * as v from "valibot";
import { encodeCanonical, parseCanonical } from "../bytes/canonical-json.ts";
import { isPosition, positionSchema } from "../bytes/position.ts";
import { checkShape, MAX_MEMBERS } from "./document.ts";
import {
  codeSchema,
  countSchema,
  digestSchema,
  DIGITS,
  digitsSchema,
  mapOf,
  nameSchema,
  objectNameSchema,
  objectSchema,
  timeSchema,
} from "./member-schemas.ts";

const OPERATIONS = ["INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE", "POISON", "GAP"] as const;

/**
 * The operation of a change. POISON is an entry that could not be decoded; GAP stands for entries
 * that the carrier lost before they were read.
 */
export type Operation = (typeof OPERATIONS)[number];

/** The columns left out of an image: column name → reason code, such as `UNCHANGED_TOAST`. */
export type OmittedColumns = Readonly<Record<string, string>>;

/** The columns left out of each image. A complete image has no member here. */
export interface Omissions {
  readonly key?: OmittedColumns | undefined;
  readonly before?: OmittedColumns | undefined;
  readonly after?: OmittedColumns | undefined;
}

/**
 * The facts of one change, which a leaf commits to. It holds salted commitments instead of values.
 * A member is null if the carrier does not provide it.
 */
export interface ChangeRecord {
  readonly database: string;
  /** Null in the control chain, like `table`. */
  readonly schema: string | null;
  readonly table: string | null;
  readonly operation: Operation;
  /** The time of the transaction's commit, in milliseconds since 1970 UTC. */
  readonly timestamp: number | null;
  /**
   * The time when the connector read the change, by its own clock, in nanoseconds since 1970 UTC.
   */
  readonly captured_at: string | null;
  readonly position: string;
  readonly lsn: string | null;
  readonly tx_id: string | null;
  readonly tx_order: number | null;
  readonly run: string | null;
  /** The commitments to the images: 64 hex characters each. */
  readonly key: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly omitted: Omissions | null;
  /**
   * POISON only: the commitment to the entry. Null if the header's rules exclude columns, because
   * the entry may contain them.
   */
  readonly raw: string | null;
  /**
   * POISON and GAP only: the code for why the entry could not be decoded, or how entries were lost.
   */
  readonly reason: string | null;
}

const omittedColumns = v.optional(mapOf(codeSchema));

export const operationSchema: v.GenericSchema<unknown, Operation> = v.picklist(OPERATIONS);

export const recordSchema: v.GenericSchema<unknown, ChangeRecord> = v.strictObject({
  database: objectNameSchema,
  schema: v.nullable(objectNameSchema),
  table: v.nullable(objectNameSchema),
  operation: operationSchema,
  timestamp: v.nullable(timeSchema),
  captured_at: v.nullable(digitsSchema),
  position: positionSchema,
  lsn: v.nullable(digitsSchema),
  tx_id: v.nullable(digitsSchema),
  tx_order: v.nullable(countSchema),
  run: v.nullable(nameSchema),
  key: v.nullable(digestSchema),
  before: v.nullable(digestSchema),
  after: v.nullable(digestSchema),
  omitted: v.nullable(
    v.pipe(objectSchema, v.strictObject({ key: omittedColumns, before: omittedColumns, after: omittedColumns })),
  ),
  raw: v.nullable(digestSchema),
  reason: v.nullable(codeSchema),
});

/** Whether a record can be written: every member has its type and is within its bound. */
export function isRecord(record: ChangeRecord): boolean {
  return isCommonRecord(record) || v.is(recordSchema, record);
}

const MEMBER_COUNT = 17;

/**
 * Whether a record without commitments is valid, at a tenth of the schema's cost. It accepts nearly
 * every record that the schema accepts, and none that the schema refuses.
 */
function isCommonRecord(record: ChangeRecord): boolean {
  return (
    Object.keys(record).length === MEMBER_COUNT &&
    isShortName(record.database) &&
    (record.schema === null || isShortName(record.schema)) &&
    (record.table === null || isShortName(record.table)) &&
    OPERATIONS.includes(record.operation) &&
    (record.timestamp === null || Number.isSafeInteger(record.timestamp)) &&
    isDigits(record.captured_at) &&
    isPosition(record.position) &&
    isDigits(record.lsn) &&
    isDigits(record.tx_id) &&
    (record.tx_order === null || (Number.isSafeInteger(record.tx_order) && record.tx_order >= 0)) &&
    (record.run === null || isShortName(record.run)) &&
    record.key === null &&
    record.before === null &&
    record.after === null &&
    record.omitted === null &&
    record.raw === null &&
    record.reason === null
  );
}

/** 63 UTF-16 units are at most 189 bytes, within the bound of an object name. */
function isShortName(name: unknown): boolean {
  return typeof name === "string" && name.length > 0 && name.length <= 63 && name.isWellFormed();
}

function isDigits(text: unknown): boolean {
  return text === null || (typeof text === "string" && DIGITS.test(text));
}

/** The largest record, in bytes. */
export const MAX_RECORD_BYTES: number = 4 << 20;

/** Parses a record from untrusted bytes, at most 4 MiB. Throws ProofError. */
export function parseRecord(bytes: Uint8Array): ChangeRecord {
  const value = parseCanonical(bytes, "record", { maxBytes: MAX_RECORD_BYTES, maxMembers: MAX_MEMBERS });
  return checkShape(recordSchema, value, "record");
}

/** Returns the bytes that the leaf hashes: the record's canonical JSON (RFC 8785). */
export function encodeRecord(record: ChangeRecord): Uint8Array {
  return encodeCanonical(record);
}
