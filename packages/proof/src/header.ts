import * as v from "valibot";
import { encodeCanonical, toCanonical } from "./canonical-json.ts";
import { digest, DOMAIN } from "./digest.ts";
import {
  countSchema,
  digestSchema,
  mapOf,
  nameSchema,
  objectNameSchema,
  parseDocument,
  timeSchema,
} from "./document.ts";
import type { DocumentKind } from "./document.ts";
import type { Commitment } from "./image.ts";
import { positionSchema } from "./position.ts";
import { operationSchema } from "./record.ts";
import { rulesSchema } from "./rules.ts";
import type { Rules } from "./rules.ts";

/** The largest number of leaves in a batch. */
export const MAX_LEAVES = 100_000;

/** One stretch of a stream: `[epoch, first position, last position]`. */
export type CoveredRange = readonly [epoch: number, first: string, last: string];

/** Where a batch's values and salts are: in batch-data.json, for good, or apart in payload.json, which can be erased. */
export type PayloadPlace = "inline" | "separate";

/** What a batch commits to; stored as the chain's slot. Names as in the document. */
export interface Header {
  readonly format: "etrap-header/0";
  readonly organization_id: string;
  readonly database: string;
  /** Null in the control chain, like `table`. */
  readonly schema: string | null;
  readonly table: string | null;
  /** 0, 1, 2 … within the chain. */
  readonly seq: number;
  /** The batch before this one; null for seq 0. */
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
  /** What this batch and all before it hold of each stream; the last range of a stream is the newest. */
  readonly covered: Readonly<Record<string, readonly CoveredRange[]>>;
  readonly first_timestamp: number | null;
  readonly last_timestamp: number | null;
  /** Count of every operation present; in all, the number of leaves. */
  readonly operations: Readonly<Record<string, number>>;
  readonly capture: {
    readonly carrier: string;
    readonly source_name: string;
    readonly options: Readonly<Record<string, string>>;
  };
  /** What the writer left out. */
  readonly rules: Rules;
  readonly agent: string;
}

/** Epochs of one stream: each is a carrier that was rebuilt. The bound keeps a forged header from costing more than a moment. */
const epochSchema = v.pipe(countSchema, v.maxValue(65_535));

/** How many ranges of one stream a header lists; older ones are merged. */
export const MAX_COVERED_RANGES = 16;

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
  leaf_count: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_LEAVES)),
  hash: v.literal("rfc9162-sha256"),
  commitment: v.picklist(["row", "fields"]),
  payload: v.picklist(["inline", "separate"]),
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

/** Which of the members that a writer is told once no header can hold, as paths: `capture.source_name`. */
export function unheldMembers(members: Pick<Header, "organization_id" | "agent" | "capture" | "commitment">): string[] {
  const { issues = [] } = v.safeParse(writerMembers, members);
  return issues.map((issue) => v.getDotPath(issue) ?? "");
}

/** Parses a slot from untrusted bytes, at most 1 MiB. Throws ProofError. */
export function parseHeader(bytes: Uint8Array): Header {
  return parseDocument(HEADER, bytes);
}

/** The slot's bytes: the header's canonical JSON. */
export function encodeHeader(header: Header): Uint8Array {
  return encodeCanonical(header);
}

/** The header digest: SHA-256(0x05 ‖ canonical JSON), as hex. This, not the batch id, is what a header is known by. */
export function headerDigest(header: Header): string {
  return digest(DOMAIN.header, new Uint8Array(), toCanonical(header));
}

/** The batch's name: `BATCH-{UTC date of sealed_at}-{16 hex of the header digest}-T0`. A name, never evidence. */
export function batchId(header: Header): string {
  const date = new Date(header.sealed_at).toISOString().slice(0, 10);
  return `BATCH-${date}-${headerDigest(header).slice(0, 16)}-T0`;
}
