import { batchId, headerDigest } from "@etrap/proof";
import type { ChainName, Header, Receipt } from "@etrap/proof";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Anchor, Publication, PublishOutcome } from "../ports.ts";
import { sampleBatches, sampleChain, samplePublication } from "./sample-batches.ts";

/** One anchor under test, that holds nothing at first. */
export interface AnchorHarness {
  readonly anchor: Anchor;
  /** Another anchor on the same contract, as after a restart. */
  reopen(): Promise<Anchor>;
  /** How often a batch was minted, by the contract's own word. */
  mints(header: Header): Promise<number>;
  /** Mints another digest under this batch's id, as a faulty writer would, and leaves the batch's chain as it is. */
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

/** The outcomes, also of a call that rejects altogether. */
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
    return publications.map(() => ({ error: reason }));
  }
}

/** The receipts of batches that must be anchored. Without the transaction, which not everyone is told. */
async function receiptsOf(anchor: Anchor, publications: readonly Publication[]): Promise<Receipt[]> {
  const outcomes = await anchor.publish(publications, NEVER);
  return outcomes.map((outcome) => {
    if ("error" in outcome) throw outcome.error;
    return { ...outcome.receipt, tx_hash: null };
  });
}

/** The duties of `Anchor`, as vitest tests. `open` gives an empty anchor of its own to each. */
export function describeAnchor(name: string, open: () => Promise<AnchorHarness>): void {
  const start = async (): Promise<AnchorHarness> => {
    const harness = await open();
    onTestFinished(() => harness.close());
    return harness;
  };

  describe(`${name} keeps the contract of Anchor`, () => {
    test("holds nothing at first", async () => {
      const { anchor } = await start();
      const [first] = sampleBatches(1);
      expect(first && (await anchor.find(first.header))).toBeUndefined();
      expect(await anchor.chainHead(a)).toBeUndefined();
      expect(await anchor.publish([], NEVER)).toEqual([]);
    });

    test("gives a receipt for each batch, in order, and finds it by the batch", async () => {
      const { anchor, mints } = await start();
      const publications = publicationsOf(5);
      const receipts = await receiptsOf(anchor, publications);
      expect(receipts.map(({ token_id }) => token_id)).toEqual(publications.map(({ header }) => batchId(header)));
      for (const [index, { header }] of publications.entries()) {
        const found = await anchor.find(header);
        expect(found && { ...found, tx_hash: null }).toEqual(receipts[index]);
        expect(await mints(header)).toBe(1);
      }
    });

    test("tells a chain's head, of each chain its own", async () => {
      const { anchor } = await start();
      for (const [index, chain] of CHAINS.entries()) {
        const publications = publicationsOf(index + 1, chain);
        expect(await anchor.chainHead(chain)).toBeUndefined();
        await receiptsOf(anchor, publications);
        const digest = headerDigest(publications[index]?.header ?? expect.fail());
        expect(await anchor.chainHead(chain)).toEqual({ seq: index, digest });
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

    test("publishing again gives the same receipts and mints nothing, also after a restart", async () => {
      const { anchor, reopen, mints } = await start();
      const publications = publicationsOf(3);
      const receipts = await receiptsOf(anchor, publications);
      expect(await receiptsOf(anchor, publications)).toEqual(receipts);
      expect(await receiptsOf(await reopen(), publications)).toEqual(receipts);
      expect(await receiptsOf(anchor, publications.slice(0, 1))).toEqual(receipts.slice(0, 1));
      for (const { header } of publications) expect(await mints(header)).toBe(1);
    });

    test("goes on behind batches that are anchored already", async () => {
      const { anchor, mints } = await start();
      const publications = publicationsOf(4);
      const receipts = await receiptsOf(anchor, publications.slice(0, 2));
      expect((await receiptsOf(anchor, publications)).slice(0, 2)).toEqual(receipts);
      for (const { header } of publications) expect(await mints(header)).toBe(1);
    });

    test("two writers at once mint every batch once", async () => {
      const { anchor, reopen, mints } = await start();
      const other = await reopen();
      const publications = publicationsOf(3);
      await Promise.all([outcomesOf(anchor, publications), outcomesOf(other, publications)]);
      await receiptsOf(anchor, publications);
      for (const { header } of publications) expect(await mints(header)).toBe(1);
    });

    test("mints none of a chain behind one that is not there", async () => {
      const { anchor, mints } = await start();
      const [first, second, third] = publicationsOf(3);
      const late = [second, third].flatMap((each) => each ?? []);
      for (const outcome of await outcomesOf(anchor, late)) expect(outcome).toHaveProperty("error");
      for (const { header } of late) expect(await mints(header)).toBe(0);
      expect(await anchor.chainHead(a)).toBeUndefined();
      await receiptsOf(
        anchor,
        [first, second, third].flatMap((each) => each ?? []),
      );
    });

    test("a batch that does not follow the chain's head is refused, and those after it", async () => {
      const { anchor, mints } = await start();
      const [trunk, fork] = [publicationsOf(2), publicationsOf(4, a, 1)];
      await receiptsOf(anchor, trunk);
      for (const forked of [fork, fork.slice(1), fork.slice(2)])
        for (const outcome of await outcomesOf(anchor, forked)) expect(outcome).toHaveProperty("error");
      for (const { header } of fork) expect(await mints(header)).toBe(0);
      expect(await anchor.chainHead(a)).toMatchObject({ seq: 1 });
    });

    test("a chain that fails keeps no other from being anchored", async () => {
      const { anchor } = await start();
      const outcomes = await anchor.publish([...publicationsOf(3, a).slice(1), ...publicationsOf(2, b)], NEVER);
      expect(outcomes.map((outcome) => "receipt" in outcome)).toEqual([false, false, true, true]);
    });

    test("another digest under a batch's id is an error, and nothing of the chain goes on", async () => {
      const { anchor, occupy, mints } = await start();
      const publications = publicationsOf(2);
      const [first = expect.fail()] = publications;
      await occupy(first);
      const outcomes = await outcomesOf(anchor, publications);
      expect(outcomes[0]).toMatchObject({ error: { code: "BATCH_CONFLICT" } });
      expect(outcomes[1]).toHaveProperty("error");
      for (const { header } of publications) expect(await mints(header)).toBe(0);
      await expect(anchor.find(first.header)).rejects.toMatchObject({ code: "BATCH_CONFLICT" });
    });

    test("once aborted it sends nothing and settles, and a later call is answered", async () => {
      const { anchor, mints } = await start();
      const publications = publicationsOf(2);
      const outcomes = await outcomesOf(anchor, publications, AbortSignal.abort());
      for (const outcome of outcomes) expect(outcome).toHaveProperty("error");
      for (const { header } of publications) expect(await mints(header)).toBe(0);
      await receiptsOf(anchor, publications);
    });

    test("a call that is aborted on its way loses and doubles nothing", async () => {
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
