import * as v from "valibot";
import { encodeCanonical, toCanonical } from "../bytes/canonical-json.ts";
import { digest, DOMAIN } from "../bytes/digest.ts";
import { positionSchema } from "../bytes/position.ts";
import { parseDocument } from "./document.ts";
import type { DocumentKind } from "./document.ts";
import { commitmentSchema } from "./image.ts";
import type { Commitment } from "./image.ts";
import { countSchema, digestSchema, mapOf, nameSchema, objectNameSchema, timeSchema } from "./member-schemas.ts";
import { operationSchema } from "./record.ts";
import { rulesSchema } from "./rules.ts";
import type { Rules } from "./rules.ts";
import { leafCountSchema } from "./tree-bounds.ts";

/** A range of a stream: `[epoch, first position, last position]`. */
export type CoveredRange = readonly [epoch: number, first: string, last: string];

/**
 * The place of a batch's values and salts. `inline`: in batch-data.json, where they stay.
 * `separate`: in payload.json, which can be erased.
 */
export type PayloadPlace = "inline" | "separate";

/** The document in a slot: everything that a batch commits to. */
export interface Header {
  readonly format: "etrap-header/0";
  readonly organization_id: string;
  readonly database: string;
  /** Null in the control chain, like `table`. */
  readonly schema: string | null;
  readonly table: string | null;
  /** The number of the batch in its chain, from 0. */
  readonly seq: number;
  /** The batch before this one. Null if and only if `seq` is 0. */
  readonly previous: { readonly batch_id: string; readonly digest: string } | null;
  readonly merkle_root: string;
  readonly leaf_count: number;
  readonly hash: "rfc9162-sha256";
  readonly commitment: Commitment;
  readonly payload: PayloadPlace;
  /** Milliseconds since 1970 UTC. */
  readonly sealed_at: number;
  readonly stream: string;
  readonly epoch: number;
  readonly first_position: string;
  readonly last_position: string;
  /** The ranges that this batch and all before it cover, by stream, newest last. */
  readonly covered: Readonly<Record<string, readonly CoveredRange[]>>;
  readonly first_timestamp: number | null;
  readonly last_timestamp: number | null;
  /** The number of records by operation, at least 1 each. They add up to `leaf_count`. */
  readonly operations: Readonly<Record<string, number>>;
  readonly capture: {
    readonly carrier: string;
    readonly source_name: string;
    readonly options: Readonly<Record<string, string>>;
  };
  /** The rules by which the writer left changes and columns out. */
  readonly rules: Rules;
  readonly agent: string;
}

/** The bound limits the time that a forged header costs in `epochsCovering`. */
const epochSchema = v.pipe(countSchema, v.maxValue(65_535));

/** The largest number of ranges of one stream in a header. Older ranges are merged. */
export const MAX_COVERED_RANGES = 16;

export const hashNameSchema: v.LiteralSchema<"rfc9162-sha256", undefined> = v.literal("rfc9162-sha256");

export const payloadPlaceSchema: v.GenericSchema<unknown, PayloadPlace> = v.picklist(["inline", "separate"]);

export const batchIdSchema: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.regex(/^BATCH-\d{4}-\d{2}-\d{2}-[0-9a-f]{16}-T0$/),
);

const headerMembers = v.strictObject({
  format: v.literal("etrap-header/0"),
  organization_id: nameSchema,
  database: objectNameSchema,
  schema: v.nullable(objectNameSchema),
  table: v.nullable(objectNameSchema),
  seq: countSchema,
  previous: v.nullable(v.strictObject({ batch_id: batchIdSchema, digest: digestSchema })),
  merkle_root: digestSchema,
  leaf_count: leafCountSchema,
  hash: hashNameSchema,
  commitment: commitmentSchema,
  payload: payloadPlaceSchema,
  sealed_at: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(253_402_300_799_999)),
  stream: nameSchema,
  epoch: epochSchema,
  first_position: positionSchema,
  last_position: positionSchema,
  covered: mapOf(
    v.pipe(
      v.array(v.strictTuple([epochSchema, positionSchema, positionSchema])),
      v.minLength(1),
      v.maxLength(MAX_COVERED_RANGES),
    ),
  ),
  first_timestamp: v.nullable(timeSchema),
  last_timestamp: v.nullable(timeSchema),
  operations: mapOf(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  capture: v.strictObject({
    carrier: nameSchema,
    source_name: nameSchema,
    options: mapOf(v.pipe(v.string(), v.maxLength(1024))),
  }),
  rules: rulesSchema,
  agent: nameSchema,
});

export const headerSchema: v.GenericSchema<unknown, Header> = v.pipe(
  headerMembers,
  v.check(({ schema, table }) => (schema === null) === (table === null)),
  v.check(({ seq, previous }) => (seq === 0) === (previous === null)),
  v.check(({ operations }) => Object.keys(operations).every((name) => v.is(operationSchema, name))),
);

export const HEADER: DocumentKind<Header> = { format: "etrap-header/0", maxBytes: 1 << 20, schema: headerSchema };

const writerMembers = v.pick(headerMembers, ["organization_id", "agent", "capture", "commitment"]);

/** The members of a header that a writer's settings determine. */
type WriterMembers = Pick<Header, "organization_id" | "agent" | "capture" | "commitment">;

/** Returns the paths of the members that no header can hold, such as `capture.source_name`. */
export function invalidHeaderMembers(members: WriterMembers): string[] {
  const { issues = [] } = v.safeParse(writerMembers, members);
  return issues.map((issue) => v.getDotPath(issue) ?? "");
}

/** Parses a slot from untrusted bytes, at most 1 MiB. Throws ProofError. */
export function parseHeader(bytes: Uint8Array): Header {
  return parseDocument(HEADER, bytes);
}

/** Returns the slot's bytes: the header's canonical JSON. */
export function encodeHeader(header: Header): Uint8Array {
  return encodeCanonical(header);
}

/**
 * Returns the header digest: SHA-256(0x05 ‖ canonical JSON), as hex. It identifies the header; the
 * batch id does not.
 */
export function headerDigest(header: Header): string {
  return digest(DOMAIN.header, { text: toCanonical(header) });
}

/**
 * Returns the batch id: `BATCH-{UTC date of sealed_at}-{first 16 hex of the header digest}-T0`. The
 * id is a name and no evidence: compare digests.
 */
export function batchId(header: Header): string {
  const date = new Date(header.sealed_at).toISOString().slice(0, 10);
  return `BATCH-${date}-${headerDigest(header).slice(0, 16)}-T0`;
}
