import fc from "fast-check";
import type { Anchor, Receipt } from "../anchor.ts";
import { createBatchData, recordTree } from "../create-batch-data.ts";
import type { BatchData } from "../batch-data.ts";
import type { OpenedEntry } from "../entry.ts";

import type { Header } from "../header.ts";

import type { Image, OpenedImage, Value } from "../image.ts";
import type { Payload } from "../payload.ts";
import type { ChangeRecord } from "../record.ts";
import { sampleHeader, sampleRow } from "./sample-batch.ts";

/** Any values of a document, and names that trip programs up. */
export const aName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "id",
    "__proto__",
    "constructor",
    "toJSON",
    "",
    "a b",
    "é",
    "\u2028",
    "\u{1F600}",
    "\uFF5E",
    "1",
    "01",
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);

const hexOf = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef".split("")), minLength: length, maxLength: length });

export const aSalt: fc.Arbitrary<string> = hexOf(32);
export const aDigest: fc.Arbitrary<string> = hexOf(64);
const digits = fc.bigInt({ min: 0n, max: 10n ** 38n }).map(String);
const boundedName = fc.string({ unit: "binary", minLength: 1, maxLength: 60 });
const count = fc.maxSafeNat();
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

const aValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
})).value;

export const anImage: fc.Arbitrary<Image> = fc
  .uniqueArray(fc.tuple(aName, aValue), { maxLength: 6, selector: ([name]) => name })
  .map((columns) => Object.fromEntries(columns));

const anOpenedImage: fc.Arbitrary<OpenedImage> = fc.oneof(
  fc.record({ salt: aSalt, values: anImage }),
  fc
    .uniqueArray(fc.tuple(aName, fc.oneof(fc.record({ salt: aSalt, value: aValue }), fc.record({ digest: aDigest }))), {
      maxLength: 6,
      selector: ([name]) => name,
    })
    .map((fields) => ({ fields: Object.fromEntries(fields) })),
);

const anEntry: fc.Arbitrary<OpenedEntry> = fc.record({
  salt: aSalt,
  bytes: fc.nat(8).chain((bytes) => hexOf(2 * bytes)),
});

export const aPayload: fc.Arbitrary<Payload> = fc.record({
  key: orNull(anOpenedImage),
  before: orNull(anOpenedImage),
  after: orNull(anOpenedImage),
  entry: orNull(anEntry),
});

const someOmitted = fc.dictionary(aName, fc.constantFrom("UNCHANGED_TOAST", "A"), { maxKeys: 3 });

export const aRecord: fc.Arbitrary<ChangeRecord> = fc.record({
  database: boundedName,
  schema: orNull(boundedName),
  table: orNull(boundedName),
  operation: fc.constantFrom("INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE", "POISON", "GAP"),
  timestamp: orNull(fc.maxSafeInteger()),
  captured_at: orNull(digits),
  position: fc.tuple(count, count).map(([ms, at]) => `${ms}-${at}`),
  lsn: orNull(digits),
  tx_id: orNull(digits),
  tx_order: orNull(count),
  run: orNull(boundedName),
  key: orNull(aDigest),
  before: orNull(aDigest),
  after: orNull(aDigest),
  omitted: orNull(fc.record({ key: someOmitted, before: someOmitted, after: someOmitted }, { requiredKeys: [] })),
  raw: orNull(aDigest),
  reason: orNull(fc.constantFrom("NOT_JSON", "UNKNOWN_SHAPE")),
});

/** A header of a chain that goes on, with names of any kind. */
export const aHeader: fc.Arbitrary<Header> = fc
  .record({
    organization_id: boundedName,
    database: boundedName,
    agent: boundedName,
    merkle_root: aDigest,
    first_timestamp: orNull(fc.maxSafeInteger()),
    last_timestamp: orNull(fc.maxSafeInteger()),
    sealed_at: fc.nat(253_402_300_799_999),
    commitment: fc.constantFrom("row", "fields"),
    payload: fc.constantFrom("inline", "separate"),
    stream: boundedName,
    capture: fc.record({
      carrier: boundedName,
      source_name: boundedName,
      options: fc.dictionary(aName, fc.string({ unit: "binary", maxLength: 9 }), { maxKeys: 2 }),
    }),
    rules: fc.record({
      included_tables: orNull(fc.array(boundedName, { maxLength: 2 })),
      excluded_tables: fc.array(boundedName, { maxLength: 2 }),
      included_operations: orNull(fc.array(boundedName, { maxLength: 2 })),
      excluded_columns: fc.array(boundedName, { maxLength: 2 }),
    }),
  })
  .map((members) => ({ ...sampleHeader([sampleRow(2)], sampleHeader([sampleRow(1)])), ...members }));

const evidence = fc.dictionary(aName, fc.jsonValue({ noUnicodeString: false, stringUnit: "binary" }).map(asJson), {
  maxKeys: 4,
});

/** JSON has one zero. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

export const aReceipt: fc.Arbitrary<Receipt> = fc.record({
  kind: fc.constant("near-nft" as const),
  network: boundedName,
  contract: boundedName,
  token_id: boundedName,
  tx_hash: orNull(boundedName),
  block_height: count,
  block_time: digits,
});

export const anEvidence: fc.Arbitrary<Readonly<Record<string, unknown>>> = evidence;

export const anAnchor: fc.Arbitrary<Anchor> = fc.oneof(
  fc.constant({ kind: "pending" as const }),
  fc.tuple(aReceipt, orNull(evidence)).map(([receipt, proof]) => ({ ...receipt, evidence: proof })),
);

/** The data of a true batch, in any of its modes. */
export const aBatchData: fc.Arbitrary<BatchData> = fc
  .record({
    images: fc.array(anImage, { minLength: 1, maxLength: 6 }),
    commitment: fc.constantFrom("row", "fields"),
    payload: fc.constantFrom("inline", "separate"),
    proofIndex: fc.boolean(),
  })
  .map(({ images, commitment, payload, ...options }) => {
    const rows = images.map((image, index) => sampleRow(index, image, commitment));
    return createBatchData(
      sampleHeader(rows, undefined, payload),
      rows,
      recordTree(rows.map(({ record }) => record)),
      options,
    );
  });
