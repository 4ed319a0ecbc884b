import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encodeAnchorDocument,
  encodeEvidenceDocument,
  parseAnchorDocument,
  parseEvidenceDocument,
} from "./anchor-documents.ts";
import { encodeBatchData, parseBatchData } from "./batch-data.ts";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { encodeHeader, parseHeader } from "./header.ts";
import { encodePayloadDocument, parsePayloadDocument } from "./payload-document.ts";
import { ProofError } from "../proof-error.ts";
import type { ProofErrorCode } from "../proof-error.ts";
import { encodeProofFile, parseProofFile } from "./proof-file.ts";
import { encodeRecord, parseRecord } from "./record.ts";
import {
  aBatchData,
  aDigest,
  aHeader,
  anAnchor,
  anEvidence,
  aName,
  aPayload,
  aReceipt,
  aRecord,
} from "../fixtures/arbitraries.ts";
import { payloadDocument, sampleDocuments, sampleRow } from "../fixtures/sample-batch.ts";
import { parseIndexDocument, parseTreeDocument } from "./tree-documents.ts";
import type { IndexName } from "./tree-documents.ts";
import { verifyBatch } from "../verify/verify-batch.ts";

/** A kind of document: an arbitrary document, and its two functions. */
interface Kind<T> {
  readonly arbitrary: fc.Arbitrary<T>;
  readonly encode: (document: T) => Uint8Array;
  readonly parse: (bytes: Uint8Array) => T;
}

const ID = "BATCH-2025-06-13-0123456789abcdef-T0";
const RUNS = { numRuns: 60 };

const anIndex = (name: IndexName): Kind<ReturnType<typeof parseIndexDocument>> => ({
  arbitrary: fc.record({
    format: fc.constant(`etrap-index-${name}/0` as const),
    batch_id: fc.constant(ID),
    leaves: fc.dictionary(aName, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), { maxKeys: 4 }),
  }),
  encode: encodeCanonical,
  parse: (bytes) => parseIndexDocument(name, bytes),
});

const aRoundTrip = <T>(name: string, { arbitrary, encode, parse }: Kind<T>): void => {
  test(name, () => {
    fc.assert(
      fc.property(arbitrary, (document) => {
        const bytes = encode(document);
        expect(parse(bytes)).toEqual(document);
        expect(encode(parse(bytes))).toEqual(bytes);
      }),
      RUNS,
    );
  });
};

describe("every document parses back from its bytes", () => {
  aRoundTrip("record", { arbitrary: aRecord, encode: encodeRecord, parse: parseRecord });
  aRoundTrip("header", { arbitrary: aHeader, encode: encodeHeader, parse: parseHeader });
  aRoundTrip("batch-data.json", { arbitrary: aBatchData, encode: encodeBatchData, parse: parseBatchData });
  aRoundTrip("payload.json", {
    arbitrary: fc.record({
      format: fc.constant("etrap-payload/0" as const),
      batch_id: fc.constant(ID),
      rows: fc.array(aPayload, { minLength: 1, maxLength: 4 }),
    }),
    encode: encodePayloadDocument,
    parse: parsePayloadDocument,
  });
  aRoundTrip("merkle-tree.json", {
    arbitrary: fc.record({
      format: fc.constant("etrap-merkle-tree/0" as const),
      batch_id: fc.constant(ID),
      leaf_count: fc.integer({ min: 1, max: 100_000 }),
      root: aDigest,
      levels: fc.array(fc.array(aDigest, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
    }),
    encode: encodeCanonical,
    parse: parseTreeDocument,
  });
  aRoundTrip("indices/by-date.json", anIndex("by-date"));
  aRoundTrip("indices/by-operation.json", anIndex("by-operation"));
  aRoundTrip("indices/by-timestamp.json", anIndex("by-timestamp"));
  aRoundTrip("anchor.json", {
    arbitrary: fc.record({
      format: fc.constant("etrap-anchor/0" as const),
      batch_id: fc.constant(ID),
      header_digest: aDigest,
      receipt: aReceipt,
    }),
    encode: encodeAnchorDocument,
    parse: parseAnchorDocument,
  });
  aRoundTrip("evidence.json", {
    arbitrary: fc.record({
      format: fc.constant("etrap-evidence/0" as const),
      batch_id: fc.constant(ID),
      kind: fc.constant("near-nft" as const),
      evidence: anEvidence,
    }),
    encode: encodeEvidenceDocument,
    parse: parseEvidenceDocument,
  });
  aRoundTrip("proof file", {
    arbitrary: fc.record({
      format: fc.constant("etrap-proof/0" as const),
      batch_id: fc.constant(ID),
      record: aRecord,
      payload: aPayload,
      inclusion: fc.record({
        leaf_index: fc.maxSafeNat(),
        tree_size: fc.integer({ min: 1, max: 100_000 }),
        path: fc.array(aDigest, { maxLength: 17 }),
      }),
      headers: fc.array(aHeader, { minLength: 1, maxLength: 3 }),
      anchor: anAnchor,
    }),
    encode: encodeProofFile,
    parse: parseProofFile,
  });
});

const rows = [sampleRow(0), sampleRow(1)];
const batch = sampleDocuments(rows);
const derived = (name: string): Uint8Array => batch.derived.get(name) ?? new Uint8Array();
const receipt = {
  kind: "near-nft" as const,
  network: "testnet",
  contract: "acme.etrap.testnet",
  token_id: ID,
  tx_hash: null,
  block_height: 1,
  block_time: "1749855196423000000",
};

const GOOD: readonly [name: string, bytes: Uint8Array, parse: (bytes: Uint8Array) => unknown][] = [
  ["record", encodeRecord(sampleRow(0).record), parseRecord],
  ["etrap-header", batch.slot, parseHeader],
  ["etrap-batch", batch.batchData, parseBatchData],
  ["etrap-payload", payloadDocument(ID, rows), parsePayloadDocument],
  ["etrap-merkle-tree", derived("merkle-tree.json"), parseTreeDocument],
  ["etrap-index-by-date", derived("indices/by-date.json"), (bytes) => parseIndexDocument("by-date", bytes)],
  [
    "etrap-index-by-operation",
    derived("indices/by-operation.json"),
    (bytes) => parseIndexDocument("by-operation", bytes),
  ],
  [
    "etrap-index-by-timestamp",
    derived("indices/by-timestamp.json"),
    (bytes) => parseIndexDocument("by-timestamp", bytes),
  ],
  [
    "etrap-anchor",
    encodeAnchorDocument({ format: "etrap-anchor/0", batch_id: ID, header_digest: "0a".repeat(32), receipt }),
    parseAnchorDocument,
  ],
  [
    "etrap-evidence",
    encodeEvidenceDocument({ format: "etrap-evidence/0", batch_id: ID, kind: "near-nft", evidence: { a: ["1"] } }),
    parseEvidenceDocument,
  ],
  ["etrap-proof", encodeProofFile(verifyBatch(batch).prove(1)), parseProofFile],
];

/** Spoils a document. `text` is the text of a valid one. */
type Spoil = (text: string, name: string) => string | Uint8Array;

const intoFirst =
  (member: string): Spoil =>
  (text) =>
    `{${member},${text.slice(1)}`;

const BAD: readonly [string, Spoil, ProofErrorCode][] = [
  ["empty", () => "", "MALFORMED_DOCUMENT"],
  ["cut off", (text) => text.slice(0, -1), "MALFORMED_DOCUMENT"],
  ["more text after its end", (text) => `${text}{}`, "MALFORMED_DOCUMENT"],
  ["not UTF-8", () => Uint8Array.of(0x7b, 0xff, 0x7d), "MALFORMED_DOCUMENT"],
  ["with a byte order mark", (text) => `\uFEFF${text}`, "MALFORMED_DOCUMENT"],
  ["a list", () => "[]", "MALFORMED_DOCUMENT"],
  ["null", () => "null", "MALFORMED_DOCUMENT"],
  ["a text", () => '"x"', "MALFORMED_DOCUMENT"],
  ["nested too deep", () => "[".repeat(30_000) + "]".repeat(30_000), "TOO_LARGE"],
  ["an additional member", intoFirst('"!":null'), "MALFORMED_DOCUMENT"],
  ["a member called __proto__", intoFirst('"__proto__":{"x":1}'), "MALFORMED_DOCUMENT"],
  ["a name twice", (text) => text.replace(/^\{("[^"]+":)/, "{$1null,$1"), "NOT_CANONICAL"],
  ["names in another order", (text) => text.replace(/^\{(.*)\}$/, '{"~":null,$1}'), "NOT_CANONICAL"],
  ["a lone surrogate", intoFirst('"!":"\\ud800"'), "NOT_CANONICAL"],
  ["a needless escape", intoFirst('"!":"\\u0041"'), "NOT_CANONICAL"],
  ["a number that no double holds", intoFirst('"!":9007199254740993'), "NOT_CANONICAL"],
  ["a number in another notation", intoFirst('"!":1.0'), "NOT_CANONICAL"],
  ["a number beyond the range of doubles", intoFirst('"!":1e999'), "NOT_CANONICAL"],
];

describe.each(GOOD)("%s", (name, bytes, parse) => {
  const text = new TextDecoder().decode(bytes);
  const refusalOf = (spoiled: string | Uint8Array): ProofError => {
    try {
      parse(typeof spoiled === "string" ? new TextEncoder().encode(spoiled) : spoiled);
    } catch (error) {
      if (error instanceof ProofError) return error;
      throw error;
    }
    throw new Error("expected a refusal");
  };

  test("the valid document is accepted", () => {
    expect(() => parse(bytes)).not.toThrow();
  });

  test.each(BAD)("%s", (_, spoil, code) => {
    expect(refusalOf(spoil(text, name))).toMatchObject({ code, verdict: "could not check" });
  });

  test("an unknown version", () => {
    if (name === "record") return expect(text).not.toContain('"format"');
    const spoiled = text.replace(`"format":"${name}/0"`, `"format":"${name}/1"`);
    expect(refusalOf(spoiled).code).toBe("UNSUPPORTED_VERSION");
  });

  test("a digest in capitals, too short or with another letter", () => {
    const [digest] = /[0-9a-f]{64}/.exec(text) ?? [];
    // Indices and evidence hold no digest; payload.json holds one only if a column is undisclosed.
    if (digest === undefined) return expect(name).toMatch(/^etrap-(index|payload|evidence)/);
    for (const wrong of [
      digest.replace(/[a-f]/, (letter) => letter.toUpperCase()),
      digest.slice(1),
      `g${digest.slice(1)}`,
    ]) {
      expect(wrong).not.toBe(digest);
      expect(refusalOf(text.replace(digest, wrong)).code).toBe("MALFORMED_DOCUMENT");
    }
  });

  test("no member may be left out", () => {
    const whole: unknown = JSON.parse(text);
    for (const member of Object.keys(Object(whole))) {
      const spoiled = JSON.stringify({ ...Object(whole), [member]: undefined });
      expect(refusalOf(spoiled).code).toBe("MALFORMED_DOCUMENT");
    }
  });

  test("any bytes parse as a document or cause a ProofError", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.json().map((json) => new TextEncoder().encode(json)),
        ),
        (any) => {
          expect(refusalOf(any)).toBeInstanceOf(ProofError);
        },
      ),
      RUNS,
    );
  });
});

test("an array is no object, even if every member is optional", () => {
  const bytes = encodeCanonical({ ...sampleRow(0).record, omitted: [] });
  expect(() => parseRecord(bytes)).toThrow(
    expect.objectContaining({ code: "MALFORMED_DOCUMENT", place: "record.omitted" }),
  );
});

describe("more bytes than the bound are refused before parsing", () => {
  test.each<[string, number, (bytes: Uint8Array) => unknown]>([
    ["record", 4 << 20, parseRecord],
    ["header", 1 << 20, parseHeader],
    ["merkle-tree.json", 16 << 20, parseTreeDocument],
    ["an index", 4 << 20, (bytes) => parseIndexDocument("by-date", bytes)],
    ["anchor.json", 64 << 10, parseAnchorDocument],
    ["evidence.json", 16 << 20, parseEvidenceDocument],
    ["payload.json", 256 << 20, parsePayloadDocument],
    ["batch-data.json", 256 << 20, parseBatchData],
    ["a proof file", 256 << 20, parseProofFile],
  ])("%s: %i", (_, bound, parse) => {
    const error = (length: number): unknown => {
      // The bytes are never touched, so the memory is never allocated.
      const bytes = new Uint8Array(length);
      try {
        return parse(bytes);
      } catch (caught) {
        return caught;
      }
    };
    expect(error(bound + 1)).toMatchObject({ code: "TOO_LARGE" });
    if (bound < 8 << 20) expect(error(bound)).toMatchObject({ code: "MALFORMED_DOCUMENT" });
  });
});
