import { describe, expect, test } from "vitest";
import { attachAnchor } from "../query/attach-anchor.ts";
import { discloseProof } from "../query/disclose-proof.ts";
import { ERASED } from "../format/payload.ts";
import { encodeProofFile } from "../format/proof-file.ts";
import { sampleClaim, sampleAnchoredBatch } from "../fixtures/sample-anchor.ts";
import { sampleDocuments, sampleHeader, sampleRow } from "../fixtures/sample-batch.ts";
import type { TrustedAnchor } from "./verify-anchor.ts";
import { verifyAnchoredBatch } from "./verify-anchor.ts";
import { verifyBatch } from "./verify-batch.ts";
import { verifyProof } from "./verify-proof.ts";

const batch = verifyBatch(sampleDocuments([sampleRow(0), sampleRow(1)]));
const { header } = batch;
const pending = batch.prove(1);
const anchored = attachAnchor(pending, sampleClaim(header));
const bytes = encodeProofFile(anchored);

/** Returns trusted anchors, of which one gives this answer to every claim. */
const answering = (lookUp: TrustedAnchor["lookUp"]): readonly TrustedAnchor[] => [
  { network: "testnet", contract: "other.etrap.testnet", lookUp: () => undefined },
  { network: "testnet", contract: "acme.etrap.testnet", lookUp },
];

/** Returns trusted anchors, of which one holds this header with some members changed. */
const holding = (change: object, of = header): readonly TrustedAnchor[] =>
  answering(() => ({ ...sampleAnchoredBatch(of), ...change }));

describe("an anchored proof", () => {
  test("is verified by the anchor's answer", () => {
    const { verdict, anchored: word } = verifyProof(bytes, { anchors: holding({}) });
    expect(verdict).toBe("verified");
    expect(word).toEqual(sampleAnchoredBatch(header));
  });

  test("is pending if no anchor was asked", () => {
    expect(verifyProof(bytes)).toMatchObject({ verdict: "pending", anchored: null, claim: sampleClaim(header) });
  });

  test("without values is erased, and still verifies", () => {
    const erased = encodeProofFile({ ...anchored, payload: ERASED });
    expect(verifyProof(erased, { anchors: holding({}) })).toMatchObject({
      verdict: "erased",
      anchored: sampleAnchoredBatch(header),
    });
    expect(verifyProof(erased)).toMatchObject({ verdict: "pending" });
  });

  test("without a disclosed column is erased too", () => {
    const columns = verifyBatch(sampleDocuments([sampleRow(0, { id: "0", owner: "Ana" }, "fields")]));
    const claimed = attachAnchor(discloseProof(columns.prove(0), {}), sampleClaim(columns.header));
    const shown = verifyProof(encodeProofFile(claimed), { anchors: holding({}, columns.header) });
    expect(shown.verdict).toBe("erased");
    const some = attachAnchor(discloseProof(columns.prove(0), { after: ["id"] }), sampleClaim(columns.header));
    expect(verifyProof(encodeProofFile(some), { anchors: holding({}, columns.header) }).verdict).toBe("verified");
  });

  test("stays pending without a claim, even if anchors are trusted", () => {
    expect(verifyProof(encodeProofFile(pending), { anchors: holding({}) }).verdict).toBe("pending");
  });
});

describe("every anchored member is compared", () => {
  test.each<[string, object]>([
    ["batch_id", { batch_id: "BATCH-2025-01-01-0000000000000000-T0" }],
    ["merkle_root", { merkle_root: "0".repeat(64) }],
    ["header_digest", { header_digest: "0".repeat(64) }],
    ["seq", { seq: 1 }],
    ["previous", { previous: "0".repeat(64) }],
    ["block_time", { anchored_at: "1" }],
    ["block_height", { block_height: 1 }],
  ])("%s", (member, change) => {
    expect(() => verifyProof(bytes, { anchors: holding(change) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH", place: `anchor.${member}`, verdict: "tampered" }),
    );
  });

  test("a previous header that the anchor does not hold", () => {
    const next = sampleDocuments([sampleRow(5)], header);
    const later = attachAnchor(verifyBatch(next).prove(0), sampleClaim(next.header));
    expect(() => verifyProof(encodeProofFile(later), { anchors: holding({ previous: null }, next.header) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH", place: "anchor.previous" }),
    );
  });

  test("a token id of another batch", () => {
    const other = { ...anchored, anchor: { ...sampleClaim(header), token_id: "BATCH-2025-01-01-0000000000000000-T0" } };
    expect(() => verifyProof(encodeProofFile(other), { anchors: holding({}) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH", place: "anchor.token_id" }),
    );
  });

  test("an anchor that states no time leaves block_time unchecked", () => {
    expect(verifyProof(bytes, { anchors: holding({ anchored_at: null }) }).verdict).toBe("verified");
  });

  test("a batch that was taken out of its chain means ANCHOR_SUPERSEDED", () => {
    expect(() => verifyProof(bytes, { anchors: holding({ superseded: true }) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_SUPERSEDED", place: "anchor", verdict: "tampered" }),
    );
  });

  test("an anchor that holds nothing means ANCHOR_MISSING", () => {
    expect(() => verifyProof(bytes, { anchors: answering(() => undefined) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISSING", place: "anchor", verdict: "tampered" }),
    );
  });

  test("an anchor that throws means ANCHOR_UNCHECKED", () => {
    const cause = new Error("the node is away");
    const anchors = answering(() => {
      throw cause;
    });
    expect(() => verifyProof(bytes, { anchors })).toThrow(
      expect.objectContaining({ code: "ANCHOR_UNCHECKED", verdict: "could not check", cause }),
    );
  });

  test.each<[string, unknown]>([
    ["a promise", Promise.resolve(sampleAnchoredBatch(header))],
    ["an empty object", {}],
    ["null", null],
    ["a seq that is text", { ...sampleAnchoredBatch(header), seq: "0" }],
  ])("an answer that is none accuses nobody: %s", (_, answer) => {
    const anchors = answering(() => JSON.parse("0") || answer);
    expect(() => verifyProof(bytes, { anchors })).toThrow(
      expect.objectContaining({ code: "ANCHOR_UNCHECKED", verdict: "could not check" }),
    );
  });

  describe("an answer that throws when it is read means ANCHOR_UNCHECKED", () => {
    const cause = new Error("lost");
    const refuse = (): never => {
      throw cause;
    };
    const answer = sampleAnchoredBatch(header);
    const revoked = Proxy.revocable(answer, {});
    revoked.revoke();
    test.each<[string, object]>([
      ...Object.keys(answer).map((name): [string, object] => [
        `a getter ${name}`,
        Object.defineProperty({ ...answer }, name, { get: refuse }),
      ]),
      ["a proxy", new Proxy(answer, { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse })],
      ["a revoked proxy", revoked.proxy],
    ])("%s", (_, read) => {
      expect(() => verifyProof(bytes, { anchors: answering(() => JSON.parse("0") || read) })).toThrow(
        expect.objectContaining({ name: "ProofError", code: "ANCHOR_UNCHECKED", verdict: "could not check" }),
      );
    });
  });

  test("a getter that changes its answer is read once", () => {
    const answers = [header.merkle_root, "00".repeat(32)];
    const changing = Object.defineProperty({ ...sampleAnchoredBatch(header) }, "merkle_root", {
      get: () => answers.shift(),
      enumerable: true,
    });
    const { anchored: word } = verifyProof(bytes, { anchors: answering(() => changing) });
    expect(word?.merkle_root).toBe(header.merkle_root);
  });

  test("a promise that rejects ends no process", async () => {
    const anchors = answering(() => JSON.parse("0") || Promise.reject(new Error("the node is away")));
    expect(() => verifyProof(bytes, { anchors })).toThrow(expect.objectContaining({ code: "ANCHOR_UNCHECKED" }));
    // Vitest fails on an unhandled rejection.
    await new Promise((done) => setTimeout(done, 0));
  });

  test.each([
    ["network", { network: "mainnet" }],
    ["contract", { contract: "attacker.testnet" }],
  ])("an anchor of another %s is not asked", (_, change) => {
    const forged = encodeProofFile({ ...anchored, anchor: { ...sampleClaim(header), ...change } });
    expect(() => verifyProof(forged, { anchors: holding({}) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_UNTRUSTED", verdict: "could not check" }),
    );
    expect(verifyProof(forged).verdict).toBe("pending");
  });

  test("without trusted anchors, every claim is untrusted", () => {
    expect(() => verifyProof(bytes, { anchors: [] })).toThrow(expect.objectContaining({ code: "ANCHOR_UNTRUSTED" }));
  });

  test("the claim of a forged file is not trusted", () => {
    const forged = sampleDocuments([sampleRow(0), sampleRow(1, { id: "1", owner: "mallory" })]);
    const proof = verifyBatch(forged).prove(1);
    const claim = encodeProofFile(attachAnchor(proof, sampleClaim(forged.header)));
    expect(() => verifyProof(claim, { anchors: holding({}) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH", place: "anchor.batch_id" }),
    );
  });
});

describe("attachAnchor upgrades a pending proof", () => {
  test("without changing a byte outside anchor", () => {
    const [before, after] = [pending, anchored].map((file) => new TextDecoder().decode(encodeProofFile(file)));
    const withoutAnchor = (text = ""): string => text.replace(/"anchor":\{.*?\}(?=,"batch_id")/, "");
    expect(before).toContain('"anchor":{"kind":"pending"}');
    expect(withoutAnchor(after)).toBe(withoutAnchor(before));
    expect(after).not.toBe(before);
  });

  test("with the anchor of a later batch, and adds the headers up to it", () => {
    const second = sampleHeader([sampleRow(5)], header);
    const third = sampleHeader([sampleRow(6)], second);
    const upgraded = attachAnchor(pending, sampleClaim(third), [second, third]);
    const verified = verifyProof(encodeProofFile(upgraded), { anchors: holding({}, third) });
    expect(verified).toMatchObject({
      verdict: "verified",
      header,
      anchored: { batch_id: sampleAnchoredBatch(third).batch_id },
    });
    expect(() => verifyProof(encodeProofFile(upgraded), { anchors: holding({}) })).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH" }),
    );
    expect(() => attachAnchor(pending, sampleClaim(third), [third])).toThrow(
      expect.objectContaining({ code: "CHAIN_GAP" }),
    );
  });
});

describe("attachAnchor refuses", () => {
  test("a file that has an anchor", () => {
    expect(() => attachAnchor(anchored, sampleClaim(header))).toThrow(
      expect.objectContaining({ code: "BAD_ARGUMENT" }),
    );
  });

  test("the anchor of another batch", () => {
    const other = { ...sampleClaim(header), token_id: "BATCH-2025-01-01-0000000000000000-T0" };
    expect(() => attachAnchor(pending, other)).toThrow(
      expect.objectContaining({ code: "ANCHOR_MISMATCH", place: "anchor.token_id" }),
    );
  });
});

test("verifyAnchoredBatch compares a header with the anchor", () => {
  expect(() => verifyAnchoredBatch(header, sampleAnchoredBatch(header))).not.toThrow();
  expect(() => verifyAnchoredBatch(header, { ...sampleAnchoredBatch(header), merkle_root: "0".repeat(64) })).toThrow(
    expect.objectContaining({ code: "ANCHOR_MISMATCH", place: "anchor.merkle_root" }),
  );
});
