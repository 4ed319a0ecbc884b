import * as v from "valibot";
import { encodeCanonical, parseCanonical, toCanonical } from "./canonical-json.ts";
import {
  checkShape,
  codeSchema,
  countSchema,
  digestSchema,
  digitsSchema,
  mapOf,
  MAX_MEMBERS,
  nameSchema,
  notAList,
  objectNameSchema,
  timeSchema,
} from "./document.ts";
import { isPosition, positionSchema } from "./position.ts";

const OPERATIONS = ["INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE", "POISON", "GAP"] as const;

/** What happened to a row or table; POISON: an entry that could not be decoded; GAP: entries that were lost before they could be read. */
export type Operation = (typeof OPERATIONS)[number];

/** Columns left out of an image: column name → reason, a code in capitals such as `UNCHANGED_TOAST`. */
export type OmittedColumns = Readonly<Record<string, string>>;

/** What was left out of each image; an image from which nothing was left out has no member. */
export interface Omissions {
  readonly key?: OmittedColumns | undefined;
  readonly before?: OmittedColumns | undefined;
  readonly after?: OmittedColumns | undefined;
}

/** What a leaf commits to. Values stand in it only as salted commitments. Null where the carrier does not say. */
export interface ChangeRecord {
  readonly database: string;
  /** Null in the control chain. */
  readonly schema: string | null;
  readonly table: string | null;
  readonly operation: Operation;
  /** When the transaction committed, in milliseconds since 1970 UTC. */
  readonly timestamp: number | null;
  /** When the connector saw it, by its own clock, in nanoseconds since 1970 UTC. */
  readonly captured_at: string | null;
  readonly position: string;
  readonly lsn: string | null;
  readonly tx_id: string | null;
  readonly tx_order: number | null;
  readonly run: string | null;
  /** Commitments to the images: 64 hex characters. */
  readonly key: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly omitted: Omissions | null;
  /** POISON only: the commitment to the entry; null where the header's rules exclude columns, which may stand in it. */
  readonly raw: string | null;
  /** POISON and GAP only: why it could not be decoded, or how they were lost. */
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
    v.pipe(notAList, v.strictObject({ key: omittedColumns, before: omittedColumns, after: omittedColumns })),
  ),
  raw: v.nullable(digestSchema),
  reason: v.nullable(codeSchema),
});

/** Whether a record can be written: every member within its type and bound. */
export function isRecord(record: ChangeRecord): boolean {
  return isOrdinary(record) || v.is(recordSchema, record);
}

const MEMBER_COUNT = 17;
const DIGITS = /^(?:0|[1-9][0-9]{0,38})$/;

/** Yes for nearly every record without commitments that the schema takes, at a tenth of its cost, and for none that it does not take. */
function isOrdinary(record: ChangeRecord): boolean {
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

/** 63 UTF-16 units are at most 189 bytes. */
function isShortName(name: unknown): boolean {
  return typeof name === "string" && name.length > 0 && name.length <= 63 && name.isWellFormed();
}

function isDigits(text: unknown): boolean {
  return text === null || (typeof text === "string" && DIGITS.test(text));
}

/** The largest leaf, in bytes. */
export const MAX_RECORD_BYTES: number = 4 << 20;

/** Parses a leaf's bytes, untrusted, at most 4 MiB. Throws ProofError. */
export function parseRecord(bytes: Uint8Array): ChangeRecord {
  return checkShape(
    recordSchema,
    parseCanonical(bytes, "record", { maxBytes: MAX_RECORD_BYTES, maxMembers: MAX_MEMBERS }),
    "record",
  );
}

/** The text of `encodeRecord`, at half its cost. Requires a record that `isRecord` accepts, but for its commitments, which must be digests. */
export function recordText(record: ChangeRecord): string {
  return (
    `{"after":${plain(record.after)},"before":${plain(record.before)},"captured_at":${plain(record.captured_at)},` +
    `"database":${JSON.stringify(record.database)},"key":${plain(record.key)},"lsn":${plain(record.lsn)},` +
    `"omitted":${record.omitted === null ? "null" : toCanonical(record.omitted)},"operation":"${record.operation}",` +
    `"position":"${record.position}","raw":${plain(record.raw)},"reason":${plain(record.reason)},` +
    `"run":${JSON.stringify(record.run)},"schema":${JSON.stringify(record.schema)},"table":${JSON.stringify(record.table)},` +
    `"timestamp":${record.timestamp ?? "null"},"tx_id":${plain(record.tx_id)},"tx_order":${record.tx_order ?? "null"}}`
  );
}

/** Of digits, hex or capitals: nothing that JSON would escape. */
function plain(text: string | null): string {
  return text === null ? "null" : `"${text}"`;
}

/** A leaf's bytes: the record's canonical JSON (RFC 8785). */
export function encodeRecord(record: ChangeRecord): Uint8Array {
  return encodeCanonical(record);
}
