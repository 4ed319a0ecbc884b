import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attachAnchor } from "../query/attach-anchor.ts";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { discloseProof } from "../query/disclose-proof.ts";
import type { Header } from "../format/header.ts";
import { ProofError } from "../proof-error.ts";
import { encodeProofFile, parseProofFile } from "../format/proof-file.ts";
import type { ProofFile } from "../format/proof-file.ts";
import { sampleClaim, sampleAnchoredBatch } from "../fixtures/sample-anchor.ts";
import { misplacedRows } from "../fixtures/misplaced-rows.ts";
import { sampleDocuments, sampleGap, sampleHeader, samplePoison, sampleRow } from "../fixtures/sample-batch.ts";
import { verifyBatch } from "./verify-batch.ts";
import { verifyProof } from "./verify-proof.ts";

const rows = Array.from({ length: 5 }, (_, index) => sampleRow(index));
const proof = verifyBatch(sampleDocuments(rows)).prove(3);

function refusalOf(file: unknown): { code: string; place: string; verdict: string } | undefined {
  try {
    verifyProof(file instanceof Uint8Array ? file : encodeCanonical(file));
    return undefined;
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return { code: error.code, place: error.place, verdict: error.verdict };
  }
}

const tampered = (code: string, place: string): object => ({ code, place, verdict: "tampered" });
const unreadable = (code: string, place: string): object => ({ code, place, verdict: "could not check" });

describe("a valid proof", () => {
  test.each([1, 2, 3, 4, 5, 8, 9, 100])("verifies for every row of a batch of %i", (size) => {
    const batch = verifyBatch(sampleDocuments(Array.from({ length: size }, (_, index) => sampleRow(index))));
    for (const [index, row] of batch.rows.entries()) {
      const verified = verifyProof(encodeProofFile(batch.prove(index)));
      expect(verified).toMatchObject({
        verdict: "pending",
        record: row.record,
        payload: row.payload,
        batchId: batch.batchId,
      });
      expect(verified.headerDigest).toBe(batch.headerDigest);
    }
  });

  test("verifies for a poison entry", () => {
    const batch = verifyBatch(sampleDocuments([samplePoison(0), samplePoison(1)]));
    expect(verifyProof(encodeProofFile(batch.prove(1))).record.reason).toBe("NOT_JSON");
  });

  test("verifies for a gap, of which nothing is hidden and nothing can be erased", () => {
    const batch = verifyBatch(sampleDocuments([samplePoison(0), sampleGap(1)]));
    const verified = verifyProof(encodeProofFile(batch.prove(1)));
    expect(verified).toMatchObject({ verdict: "pending", hidden: [], record: { reason: "TRIMMED_UNREAD" } });
  });

  test("verifies with the headers that come after its own", () => {
    const first = sampleHeader(rows);
    const second = sampleHeader([sampleRow(5)], first);
    const third = sampleHeader([sampleRow(6)], second);
    expect(refusalOf({ ...proof, headers: [first, second, third] })).toBeUndefined();
  });

  test("still verifies with white space between tokens", () => {
    const text = JSON.stringify(JSON.parse(new TextDecoder().decode(encodeProofFile(proof))), undefined, 2);
    expect(refusalOf(new TextEncoder().encode(text))).toBeUndefined();
  });

  test("parses back from its bytes", () => {
    expect(parseProofFile(encodeProofFile(proof))).toEqual(proof);
  });
});

describe("tampered", () => {
  const { record, payload, inclusion, headers } = proof;
  const [header = sampleHeader(rows)] = headers;
  const flipped = (hex: string): string => (hex.startsWith("0") ? "1" : "0") + hex.slice(1);
  const next = sampleHeader([sampleRow(5)], header);
  const stretchTo = (first: string, last: string): Partial<Header> => ({
    first_position: first,
    last_position: last,
    covered: { [header.stream]: [[0, first, last]] },
  });

  test.each<[string, ProofFile, object]>([
    [
      "a value",
      {
        ...proof,
        payload: { ...payload, after: { salt: "0".repeat(32), values: { id: "3", owner: "x" } } },
      },
      tampered("COMMITMENT_MISMATCH", "payload.after"),
    ],
    [
      "a salt",
      { ...proof, payload: { ...payload, key: { salt: "f".repeat(32), values: { id: "3" } } } },
      tampered("COMMITMENT_MISMATCH", "payload.key"),
    ],
    [
      "an image added",
      { ...proof, payload: { ...payload, before: payload.after } },
      tampered("COMMITMENT_MISMATCH", "payload.before"),
    ],
    [
      "an entry added",
      { ...proof, payload: { ...payload, entry: { salt: "0".repeat(32), bytes: "" } } },
      tampered("COMMITMENT_MISMATCH", "payload.entry"),
    ],
    ["the record", { ...proof, record: { ...record, timestamp: 1 } }, tampered("ROOT_MISMATCH", "record")],
    [
      "the path",
      { ...proof, inclusion: { ...inclusion, path: inclusion.path.map(flipped) } },
      tampered("ROOT_MISMATCH", "record"),
    ],
    ["the leaf index", { ...proof, inclusion: { ...inclusion, leaf_index: 2 } }, tampered("ROOT_MISMATCH", "record")],
    [
      "a leaf index beyond the tree",
      { ...proof, inclusion: { ...inclusion, leaf_index: 5 } },
      tampered("INCLUSION_MALFORMED", "inclusion"),
    ],
    [
      "the tree size",
      { ...proof, inclusion: { ...inclusion, tree_size: 6 } },
      tampered("HEADER_MISMATCH", "inclusion.tree_size"),
    ],
    [
      "a path too short",
      { ...proof, inclusion: { ...inclusion, path: inclusion.path.slice(1) } },
      tampered("INCLUSION_MALFORMED", "inclusion"),
    ],
    [
      "a path too long",
      { ...proof, inclusion: { ...inclusion, path: [...inclusion.path, "0".repeat(64)] } },
      tampered("INCLUSION_MALFORMED", "inclusion"),
    ],
    [
      "the root",
      { ...proof, headers: [{ ...header, merkle_root: flipped(header.merkle_root) }] },
      tampered("ROOT_MISMATCH", "record"),
    ],
    ["the header", { ...proof, headers: [{ ...header, sealed_at: 1 }] }, tampered("HEADER_MISMATCH", "batch_id")],
    [
      "the batch id",
      {
        ...proof,
        batch_id: proof.batch_id
          .replace(/[0-9a-f]-T0$/, "x-T0")
          .replace("x-T0", proof.batch_id.endsWith("0-T0") ? "1-T0" : "0-T0"),
      },
      tampered("HEADER_MISMATCH", "batch_id"),
    ],
    [
      "the header's database",
      { ...proof, headers: [{ ...header, database: "other" }] },
      tampered("HEADER_MISMATCH", "record.database"),
    ],
    [
      "the header's schema",
      { ...proof, headers: [{ ...header, schema: "audit" }] },
      tampered("HEADER_MISMATCH", "record.schema"),
    ],
    [
      "the header's table",
      { ...proof, headers: [{ ...header, table: "other" }] },
      tampered("HEADER_MISMATCH", "record.table"),
    ],
    [
      "the header's operations",
      { ...proof, headers: [{ ...header, operations: { DELETE: 5 } }] },
      tampered("HEADER_MISMATCH", "record.operation"),
    ],
    [
      "the header's first position",
      { ...proof, headers: [{ ...header, ...stretchTo("1749855135650-4", "1749855135650-4") }] },
      tampered("HEADER_MISMATCH", "record.position"),
    ],
    [
      "the header's last position",
      { ...proof, headers: [{ ...header, ...stretchTo("1749855135650-0", "1749855135650-2") }] },
      tampered("HEADER_MISMATCH", "record.position"),
    ],
    [
      "a header left out",
      { ...proof, headers: [header, sampleHeader([sampleRow(6)], next)] },
      tampered("CHAIN_GAP", "headers[1].seq"),
    ],
    [
      "another header before",
      { ...proof, headers: [header, { ...next, previous: { batch_id: proof.batch_id, digest: "0".repeat(64) } }] },
      tampered("BATCH_REPLACED", "headers[1].previous"),
    ],
    [
      "another batch id before",
      {
        ...proof,
        headers: [
          header,
          {
            ...next,
            previous: { batch_id: "BATCH-2025-01-01-0000000000000000-T0", digest: next.previous?.digest ?? "" },
          },
        ],
      },
      tampered("BATCH_REPLACED", "headers[1].previous"),
    ],
    [
      "another organisation",
      { ...proof, headers: [header, { ...next, organization_id: "other" }] },
      tampered("CHAIN_MIXED", "headers[1].organization_id"),
    ],
    [
      "another table's chain",
      { ...proof, headers: [header, { ...next, table: "other" }] },
      tampered("CHAIN_MIXED", "headers[1].table"),
    ],
  ])("%s", (_, file, expected) => {
    expect(refusalOf(file)).toEqual(expected);
  });

  test.each(misplacedRows)("%s", (_, row, member) => {
    // With separate values, a missing value is allowed, so that is not the reason for the refusal.
    expect(() => verifyBatch(sampleDocuments([row], undefined, { payload: "separate" }))).toThrow(
      expect.objectContaining({ code: "HEADER_MISMATCH", place: `transactions[0].record.${member}` }),
    );
  });
});

describe("could not check", () => {
  const good = new TextDecoder().decode(encodeProofFile(proof));
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const root = proof.headers[0]?.merkle_root ?? "";

  test.each<[string, Uint8Array, object]>([
    ["an empty file", encode(""), unreadable("MALFORMED_DOCUMENT", "etrap-proof")],
    ["a truncated file", encode(good.slice(0, -1)), unreadable("MALFORMED_DOCUMENT", "etrap-proof")],
    [
      "an unknown version",
      encode(good.replace("etrap-proof/0", "etrap-proof/9")),
      unreadable("UNSUPPORTED_VERSION", "etrap-proof"),
    ],
    [
      "another document",
      encode(good.replace("etrap-proof/0", "etrap-batch/0")),
      unreadable("MALFORMED_DOCUMENT", "etrap-proof.format"),
    ],
    [
      "a digest in capitals",
      encode(good.replaceAll(root, root.toUpperCase())),
      unreadable("MALFORMED_DOCUMENT", "etrap-proof.headers[0].merkle_root"),
    ],
    [
      "duplicate keys",
      encode(good.replace('"leaf_index":3', '"leaf_index":3,"leaf_index":3')),
      unreadable("NOT_CANONICAL", "etrap-proof"),
    ],
    [
      "a member more",
      encode(good.replace('"payload":{', '"owner":"me","payload":{')),
      unreadable("MALFORMED_DOCUMENT", "etrap-proof.owner"),
    ],
    ["a list", encode("[]"), unreadable("MALFORMED_DOCUMENT", "etrap-proof.format")],
    [
      "values nested too deep",
      encode(good.replace('"owner":"owner 3"', `"owner":${"[".repeat(50_000)}${"]".repeat(50_000)}`)),
      unreadable("TOO_LARGE", "etrap-proof"),
    ],
    [
      "a value of seven dimensions",
      encode(good.replace('"owner":"owner 3"', '"owner":[[[[[[["x"]]]]]]]')),
      unreadable("MALFORMED_DOCUMENT", "etrap-proof.payload.after"),
    ],
    [
      "no header before",
      encodeCanonical({
        ...proof,
        headers: [...proof.headers, { ...sampleHeader([sampleRow(5)], proof.headers[0]), previous: null }],
      }),
      unreadable("MALFORMED_DOCUMENT", "etrap-proof.headers[1]"),
    ],
    ["no header", encodeCanonical({ ...proof, headers: [] }), unreadable("MALFORMED_DOCUMENT", "etrap-proof.headers")],
    [
      "an anchor of an unknown kind",
      encodeCanonical({ ...proof, anchor: { kind: "trust me" } }),
      unreadable("MALFORMED_DOCUMENT", "etrap-proof.anchor.kind"),
    ],
  ])("%s", (_, file, expected) => {
    expect(refusalOf(file)).toEqual(expected);
  });
});

describe("no byte of an anchored file can be changed unnoticed,", () => {
  const columns = Array.from({ length: 3 }, (_, index) => sampleRow(index, { id: String(index), b: true }, "fields"));
  const batch = verifyBatch(sampleDocuments(columns));
  const later = sampleHeader([sampleRow(7, undefined, "fields")], batch.header);
  const file = attachAnchor(discloseProof(batch.prove(1), { after: ["id"] }), sampleClaim(later), [later]);
  const good = encodeProofFile(file);
  const anchors = [{ network: "testnet", contract: "acme.etrap.testnet", lookUp: () => sampleAnchoredBatch(later) }];
  const { claim: _, ...proved } = verifyProof(good, { anchors });

  test("except in members of the claim that the anchor does not confirm", () => {
    let unnoticed = 0;
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (index, mask) => {
        const bad = good.slice();
        bad[index] = (bad[index] ?? 0) ^ mask;
        try {
          const { claim, ...again } = verifyProof(bad, { anchors });
          unnoticed += 1;
          expect(again).toEqual(proved);
          expect({ ...claim, block_height: 0 }).toEqual({ ...sampleClaim(later), block_height: 0 });
        } catch (error) {
          if (!(error instanceof ProofError)) throw error;
        }
      }),
      { numRuns: 3_000 },
    );
    // The height has nine digits, of over four thousand bytes.
    expect(unnoticed).toBeLessThan(100);
  });
});

test("no byte can be changed without a refusal, and every refusal is a ProofError", () => {
  const good = encodeProofFile(proof);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (index, mask) => {
      const bad = good.slice();
      bad[index] = (bad[index] ?? 0) ^ mask;
      expect(refusalOf(bad)).toBeDefined();
    }),
    { numRuns: 2_000 },
  );
});
