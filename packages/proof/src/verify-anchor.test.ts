import { describe, expect, test } from "vitest";
import { anchorProof } from "./anchor-proof.ts";
import { discloseProof } from "./disclose.ts";
import { ERASED } from "./payload.ts";
import { encodeProofFile } from "./proof-file.ts";
import { claimOf, onChain } from "./testing/sample-anchor.ts";
import { sampleDocuments, sampleHeader, sampleRow } from "./testing/sample-batch.ts";
import type { TrustedAnchor } from "./verify-anchor.ts";
import { verifyAnchoredBatch } from "./verify-anchor.ts";
import { verifyBatch } from "./verify-batch.ts";
import { verifyProof } from "./verify-proof.ts";

const batch = verifyBatch(sampleDocuments([sampleRow(0), sampleRow(1)]));
const { header } = batch;
const pending = batch.prove(1);
const anchored = anchorProof(pending, claimOf(header));
const bytes = encodeProofFile(anchored);

/** The trusted anchor, with this answer to whatever it is asked. */
const answering = (lookUp: TrustedAnchor["lookUp"]): readonly TrustedAnchor[] => [
  { network: "testnet", contract: "other.etrap.testnet", lookUp: () => undefined },
  { network: "testnet", contract: "acme.etrap.testnet", lookUp },
];

/** It holds what is on chain for this header, with one member changed. */
const holding = (change: object, of = header): readonly TrustedAnchor[] =>
  answering(() => ({ ...onChain(of), ...change }));

describe("an anchored proof", () => {
  test("is verified by the anchor's own word", () => {
    const { verdict, anchored: word } = verifyProof(bytes, { anchors: holding({}) });
    expect(verdict).toBe("verified");
    expect(word).toEqual(onChain(header));
  });

  test("is pending where nobody asked the anchor", () => {
    expect(verifyProof(bytes)).toMatchObject({ verdict: "pending", anchored: null, claim: claimOf(header) });
  });

  test("whose values were erased says so, and its proof stands", () => {
    const erased = encodeProofFile({ ...anchored, payload: ERASED });
    expect(verifyProof(erased, { anchors: holding({}) })).toMatchObject({
      verdict: "erased",
      anchored: onChain(header),
    });
    expect(verifyProof(erased)).toMatchObject({ verdict: "pending" });
  });

  test("of which no value is shown, column by column, says so too", () => {
    const columns = verifyBatch(sampleDocuments([sampleRow(0, { id: "0", owner: "Ana" }, "fields")]));
    const claimed = anchorProof(discloseProof(columns.prove(0), {}), claimOf(columns.header));
    const shown = verifyProof(encodeProofFile(claimed), { anchors: holding({}, columns.header) });
    expect(shown.verdict).toBe("erased");
    const some = anchorProof(discloseProof(columns.prove(0), { after: ["id"] }), claimOf(columns.header));
    expect(verifyProof(encodeProofFile(some), { anchors: holding({}, columns.header) }).verdict).toBe("verified");
  });

  test("a proof without an anchor stays pending, whatever is trusted", () => {
    expect(verifyProof(encodeProofFile(pending), { anchors: holding({}) }).verdict).toBe("pending");
  });
});

describe("each thing that is anchored is compared", () => {
  test.each<[string, object]>([
    ["batch_id", { batch_id: "BATCH-2025-01-01-0000000000000000-T0" }],
    ["merkle_root", { merkle_root: "0".repeat(64) }],
    ["header_digest", { header_digest: "0".repeat(64) }],
    ["seq", { seq: 1 }],
    ["previous", { previous: "0".repeat(64) }],
    ["block_time", { anchored_at: "1" }],
  ])("%s", (member, change) => {
    expect(() => verifyProof(bytes, { anchors: holding(change) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH", place: `anchor.${member}`, verdict: "tampered" }),
    );
  });

  test("a previous header that the anchor does not have", () => {
    const next = sampleDocuments([sampleRow(5)], header);
    const later = anchorProof(verifyBatch(next).prove(0), claimOf(next.header));
    expect(() => verifyProof(encodeProofFile(later), { anchors: holding({ previous: null }, next.header) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH", place: "anchor.previous" }),
    );
  });

  test("a token id that is another batch's", () => {
    const other = { ...anchored, anchor: { ...claimOf(header), token_id: "BATCH-2025-01-01-0000000000000000-T0" } };
    expect(() => verifyProof(encodeProofFile(other), { anchors: holding({}) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH", place: "anchor.token_id" }),
    );
  });

  test("an anchor that cannot tell its time says nothing about it", () => {
    expect(verifyProof(bytes, { anchors: holding({ anchored_at: null }) }).verdict).toBe("verified");
  });

  test("nothing is anchored there", () => {
    expect(() => verifyProof(bytes, { anchors: answering(() => undefined) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISSING", place: "anchor", verdict: "tampered" }),
    );
  });

  test("nobody could be asked", () => {
    const cause = new Error("the node is away");
    const anchors = answering(() => {
      throw cause;
    });
    expect(() => verifyProof(bytes, { anchors })).toThrow(
      expect.objectContaining({ code: "ANCHOR_UNCHECKED", verdict: "could not check", cause }),
    );
  });

  test.each<[string, unknown]>([
    ["a promise", Promise.resolve(onChain(header))],
    ["an empty object", {}],
    ["null", null],
    ["a seq that is text", { ...onChain(header), seq: "0" }],
  ])("an answer that is none accuses nobody: %s", (_, answer) => {
    const anchors = answering(() => JSON.parse("0") || answer);
    expect(() => verifyProof(bytes, { anchors })).toThrow(
      expect.objectContaining({ code: "ANCHOR_UNCHECKED", verdict: "could not check" }),
    );
  });

  test.each([
    ["network", { network: "mainnet" }],
    ["contract", { contract: "attacker.testnet" }],
  ])("an anchor of another %s is not asked", (_, change) => {
    const forged = encodeProofFile({ ...anchored, anchor: { ...claimOf(header), ...change } });
    expect(() => verifyProof(forged, { anchors: holding({}) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_UNTRUSTED", verdict: "could not check" }),
    );
    expect(verifyProof(forged).verdict).toBe("pending");
  });

  test("where nobody is trusted, an anchor is not", () => {
    expect(() => verifyProof(bytes, { anchors: [] })).toThrow(expect.objectContaining({ code: "ANCHOR_UNTRUSTED" }));
  });

  test("nothing that the file says of its own anchor is trusted", () => {
    const forged = sampleDocuments([sampleRow(0), sampleRow(1, { id: "1", owner: "mallory" })]);
    const proof = verifyBatch(forged).prove(1);
    const claim = encodeProofFile(anchorProof(proof, claimOf(forged.header)));
    expect(() => verifyProof(claim, { anchors: holding({}) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH", place: "anchor.batch_id" }),
    );
  });
});

describe("a pending proof is upgraded", () => {
  test("and not a byte changes outside anchor", () => {
    const [before, after] = [pending, anchored].map((file) => new TextDecoder().decode(encodeProofFile(file)));
    const withoutAnchor = (text = ""): string => text.replace(/"anchor":\{.*?\}(?=,"batch_id")/, "");
    expect(before).toContain('"anchor":{"kind":"pending"}');
    expect(withoutAnchor(after)).toBe(withoutAnchor(before));
    expect(after).not.toBe(before);
  });

  test("by a later batch's anchor: the headers up to it are added", () => {
    const second = sampleHeader([sampleRow(5)], header);
    const third = sampleHeader([sampleRow(6)], second);
    const upgraded = anchorProof(pending, claimOf(third), [second, third]);
    const verified = verifyProof(encodeProofFile(upgraded), { anchors: holding({}, third) });
    expect(verified).toMatchObject({ verdict: "verified", header, anchored: { batch_id: onChain(third).batch_id } });
    expect(() => verifyProof(encodeProofFile(upgraded), { anchors: holding({}) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH" }),
    );
    expect(() => anchorProof(pending, claimOf(third), [third])).toThrow(expect.objectContaining({ code: "CHAIN_GAP" }));
  });
});

describe("an anchor is refused", () => {
  test("by a file that has one", () => {
    expect(() => anchorProof(anchored, claimOf(header))).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }));
  });

  test("that is another batch's", () => {
    const other = { ...claimOf(header), token_id: "BATCH-2025-01-01-0000000000000000-T0" };
    expect(() => anchorProof(pending, other)).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH", place: "anchor.token_id" }),
    );
  });
});

test("a batch is held against what is anchored", () => {
  expect(() => verifyAnchoredBatch(header, onChain(header))).not.toThrow();
  expect(() => verifyAnchoredBatch(header, { ...onChain(header), merkle_root: "0".repeat(64) })).toThrow(
    expect.objectContaining({ code: "ANCHOR_MISMATCH", place: "anchor.merkle_root" }),
  );
});
