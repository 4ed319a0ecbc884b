import { batchId, headerDigest } from "@etrap/proof";
import type { Header, Receipt } from "@etrap/proof";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ChainName } from "@etrap/ledger";
import { sampleBatches, sampleChain } from "@etrap/ledger/testing";
import type { Anchor, Publication, PublishOutcome } from "../ports.ts";
import { samplePublication } from "./sample-publication.ts";

/** An anchor under test, which holds nothing at first. */
export interface AnchorHarness {
  readonly anchor: Anchor;
  /** Opens another anchor on the same contract, as after a restart. */
  reopen(): Promise<Anchor>;
  /** Returns how often a batch was minted, according to the contract. */
  mints(header: Header): Promise<number>;
  /**
   * Mints another digest under the id of this batch, as a faulty writer would. The batch's chain
   * stays as it is.
   */
  occupy(publication: Publication): Promise<void>;
  close(): Promise<void>;
}

const NEVER = new AbortController().signal;
const [a, b] = [sampleChain("account"), sampleChain("booking")];
const CHAINS: readonly ChainName[] = [
  a,
  { ...a, schema: "audit" },
  { database: "erp", schema: null, table: null },
  { ...a, database: "crm" },
  { database: "erp", schema: "Größe. 1", table: '数"/~' },
];

const publicationsOf = (count: number, chain: ChainName = a, fork = 0): Publication[] =>
  sampleBatches(count, chain, fork).map(samplePublication);

/** Returns the outcomes of a call, also where it rejects altogether. */
async function outcomesOf(
  anchor: Anchor,
  publications: readonly Publication[],
  signal: AbortSignal = NEVER,
): Promise<readonly PublishOutcome[]> {
  try {
    return await anchor.publish(publications, signal);
  } catch (error) {
    expect(error).toMatchObject({ code: expect.any(String) });
    const reason = error instanceof Error ? error : new Error("expected an Error", { cause: error });
    return publications.map(() => ({ kind: "failed", error: reason }));
  }
}

/**
 * Returns the receipts of batches that must be anchored, without the transaction, which a look-up
 * does not give.
 */
async function receiptsOf(anchor: Anchor, publications: readonly Publication[]): Promise<Receipt[]> {
  const outcomes = await anchor.publish(publications, NEVER);
  return outcomes.map((outcome) => {
    if (outcome.kind === "failed") throw outcome.error;
    return { ...outcome.receipt, tx_hash: null };
  });
}

/** Defines the tests of the duties of `Anchor`. `open` creates an empty anchor for each test. */
export function describeAnchor(name: string, open: () => Promise<AnchorHarness>): void {
  const start = async (): Promise<AnchorHarness> => {
    const harness = await open();
    onTestFinished(() => harness.close());
    return harness;
  };

  describe(`${name}, as Anchor,`, () => {
    test("holds nothing at first", async () => {
      const { anchor } = await start();
      expect(await anchor.chainHead(a)).toBeUndefined();
      expect(await anchor.publish([], NEVER)).toEqual([]);
    });

    test("returns a receipt for each batch, in order", async () => {
      const { anchor, mints } = await start();
      const publications = publicationsOf(5);
      const receipts = await receiptsOf(anchor, publications);
      expect(receipts.map(({ token_id }) => token_id)).toEqual(publications.map(({ header }) => batchId(header)));
      for (const { header } of publications) expect(await mints(header)).toBe(1);
    });

    test("returns the head of each chain", async () => {
      const { anchor } = await start();
      for (const [index, chain] of CHAINS.entries()) {
        const publications = publicationsOf(index + 1, chain);
        expect(await anchor.chainHead(chain)).toBeUndefined();
        await receiptsOf(anchor, publications);
        const digest = headerDigest(publications[index]?.header ?? expect.fail());
        const head = await anchor.chainHead(chain);
        expect({ firstSeq: 0, ...head }).toEqual({ seq: index, digest, firstSeq: 0 });
      }
      expect(await anchor.chainHead(b)).toBeUndefined();
    });

    test("takes batches of several chains in one call", async () => {
      const { anchor } = await start();
      const [ofA, ofB] = [publicationsOf(2, a), publicationsOf(3, b)];
      expect(await receiptsOf(anchor, [...ofA, ...ofB])).toHaveLength(5);
      expect(await anchor.chainHead(a)).toMatchObject({ seq: 1 });
      expect(await anchor.chainHead(b)).toMatchObject({ seq: 2 });
    });

    test("returns the same receipts and mints nothing when batches are published again, also after a restart", async () => {
      const { anchor, reopen, mints } = await start();
      const publications = publicationsOf(3);
      const receipts = await receiptsOf(anchor, publications);
      expect(await receiptsOf(anchor, publications)).toEqual(receipts);
      expect(await receiptsOf(await reopen(), publications)).toEqual(receipts);
      expect(await receiptsOf(anchor, publications.slice(0, 1))).toEqual(receipts.slice(0, 1));
      for (const { header } of publications) expect(await mints(header)).toBe(1);
    });

    test("continues behind batches that are anchored already", async () => {
      const { anchor, mints } = await start();
      const publications = publicationsOf(4);
      const receipts = await receiptsOf(anchor, publications.slice(0, 2));
      expect((await receiptsOf(anchor, publications)).slice(0, 2)).toEqual(receipts);
      for (const { header } of publications) expect(await mints(header)).toBe(1);
    });

    test("mints every batch once when two writers publish at the same time", async () => {
      const { anchor, reopen, mints } = await start();
      const other = await reopen();
      const publications = publicationsOf(3);
      await Promise.all([outcomesOf(anchor, publications), outcomesOf(other, publications)]);
      await receiptsOf(anchor, publications);
      for (const { header } of publications) expect(await mints(header)).toBe(1);
    });

    test("mints no batch whose predecessor is not anchored", async () => {
      const { anchor, mints } = await start();
      const [first, second, third] = publicationsOf(3);
      const late = [second, third].flatMap((each) => each ?? []);
      for (const outcome of await outcomesOf(anchor, late)) expect(outcome.kind).toBe("failed");
      for (const { header } of late) expect(await mints(header)).toBe(0);
      expect(await anchor.chainHead(a)).toBeUndefined();
      await receiptsOf(
        anchor,
        [first, second, third].flatMap((each) => each ?? []),
      );
    });

    test("begins a chain at any batch that is said to begin it, goes on behind it, and says where it began", async () => {
      const { anchor, reopen, mints } = await start();
      const all = publicationsOf(6);
      const late = all.slice(3).map((each, index) => ({ ...each, begins: index === 0 }));
      const receipts = await receiptsOf(anchor, late.slice(0, 2));
      const digest = headerDigest(all[4]?.header ?? expect.fail());
      expect(await anchor.chainHead(a)).toEqual({ seq: 4, digest, firstSeq: 3 });
      expect((await receiptsOf(await reopen(), late)).slice(0, 2)).toEqual(receipts);
      expect(await anchor.chainHead(a)).toMatchObject({ seq: 5, firstSeq: 3 });
      for (const outcome of await outcomesOf(anchor, all.slice(0, 3))) expect(outcome.kind).toBe("failed");
      expect(await Promise.all(all.map(({ header }) => mints(header)))).toEqual([0, 0, 0, 1, 1, 1]);
    });

    test("begins a chain that it holds nowhere else than behind its head", async () => {
      const { anchor, mints } = await start();
      const all = publicationsOf(4).map((each) => ({ ...each, begins: true }));
      await receiptsOf(anchor, all.slice(0, 1));
      for (const outcome of await outcomesOf(anchor, all.slice(2))) expect(outcome.kind).toBe("failed");
      for (const outcome of await outcomesOf(anchor, all.slice(3))) expect(outcome.kind).toBe("failed");
      const [fork = expect.fail()] = publicationsOf(2, a, 1).slice(1);
      for (const outcome of await outcomesOf(anchor, [{ ...fork, begins: true }])) expect(outcome.kind).toBe("failed");
      await receiptsOf(anchor, all.slice(0, 2));
      expect(await Promise.all(all.map(({ header }) => mints(header)))).toEqual([1, 1, 0, 0]);
      expect({ firstSeq: 0, ...(await anchor.chainHead(a)) }).toMatchObject({ seq: 1, firstSeq: 0 });
    });

    test("refuses a batch that does not follow the chain's head, and those after it", async () => {
      const { anchor, mints } = await start();
      const [trunk, fork] = [publicationsOf(2), publicationsOf(4, a, 1)];
      await receiptsOf(anchor, trunk);
      for (const forked of [fork, fork.slice(1), fork.slice(2)])
        for (const outcome of await outcomesOf(anchor, forked)) expect(outcome.kind).toBe("failed");
      for (const { header } of fork) expect(await mints(header)).toBe(0);
      expect(await anchor.chainHead(a)).toMatchObject({ seq: 1 });
    });

    test("anchors a chain although another one fails in the same call", async () => {
      const { anchor } = await start();
      const outcomes = await anchor.publish([...publicationsOf(3, a).slice(1), ...publicationsOf(2, b)], NEVER);
      expect(outcomes.map(({ kind }) => kind)).toEqual(["failed", "failed", "anchored", "anchored"]);
    });

    test("fails with BATCH_CONFLICT where another digest stands under the batch's id, and mints nothing more of the chain", async () => {
      const { anchor, occupy, mints } = await start();
      const publications = publicationsOf(2);
      const [first = expect.fail()] = publications;
      await occupy(first);
      const outcomes = await outcomesOf(anchor, publications);
      expect(outcomes[0]).toMatchObject({ error: { code: "BATCH_CONFLICT" } });
      expect(outcomes[1]?.kind).toBe("failed");
      for (const { header } of publications) expect(await mints(header)).toBe(0);
    });

    test("sends nothing once the signal is aborted, and still answers a later call", async () => {
      const { anchor, mints } = await start();
      const publications = publicationsOf(2);
      const outcomes = await outcomesOf(anchor, publications, AbortSignal.abort());
      for (const outcome of outcomes) expect(outcome.kind).toBe("failed");
      for (const { header } of publications) expect(await mints(header)).toBe(0);
      await receiptsOf(anchor, publications);
    });

    test("loses and doubles nothing when a call is aborted on its way", async () => {
      const { anchor, mints } = await start();
      const publications = publicationsOf(3);
      const stop = new AbortController();
      const outcomes = outcomesOf(anchor, publications, stop.signal);
      stop.abort();
      await outcomes;
      await receiptsOf(anchor, publications);
      for (const { header } of publications) expect(await mints(header)).toBe(1);
    });
  });
}
