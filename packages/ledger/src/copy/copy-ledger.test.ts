import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auditLedger } from "../audit/audit-ledger.ts";
import { chainFolder } from "../object-keys.ts";
import type { ChainName } from "../object-keys.ts";
import type { ObjectReader, ObjectStore } from "../object-store.ts";
import { createLyingReader } from "../testing/lying-reader.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import type { MemoryStore } from "../testing/memory-store.ts";
import { sampleAnchorDocument, sampleBatch, sampleBatches, sampleChain } from "../testing/sample-batches.ts";
import type { SampleBatch } from "../testing/sample-batches.ts";
import { copyLedger } from "./copy-ledger.ts";
import type { CopyOptions, CopySummary } from "./copy-ledger.ts";

const CONTROL: ChainName = { database: "erp", schema: null, table: null };
const RECEIPT = {
  kind: "near-nft",
  network: "testnet",
  contract: "acme.testnet",
  token_id: "t",
  tx_hash: null,
  block_height: 1,
  block_time: "1",
} as const;

async function fill(store: ObjectStore, batches: readonly SampleBatch[]): Promise<void> {
  for (const { data, slot, derived } of batches)
    for (const { key, bytes } of [data, ...derived(), slot]) await store.create(key, bytes);
}

const ACCOUNT = sampleBatches(12);
const OTHERS = [...sampleBatches(2, sampleChain("order")), ...sampleBatches(2, CONTROL)];
const folderOf = ({ header, id }: SampleBatch): string => `${chainFolder(header)}${id}/`;
const [FIRST, SECOND] = ACCOUNT;
if (FIRST === undefined || SECOND === undefined) throw new Error("expected batches");

async function makeLedger(): Promise<MemoryStore> {
  const store = createMemoryStore();
  await fill(store, [...ACCOUNT, ...OTHERS]);
  await store.create(
    `${folderOf(SECOND as SampleBatch)}anchor.json`,
    sampleAnchorDocument((SECOND as SampleBatch).header, RECEIPT),
  );
  return store;
}

interface Copied extends CopySummary {
  readonly refusals: readonly { readonly key: string; readonly message: string }[];
}

async function copy(from: ObjectReader, to: ObjectStore, options: CopyOptions = {}): Promise<Copied> {
  const refusals: { key: string; message: string }[] = [];
  const summary = await copyLedger(from, to, {
    ...options,
    onEvent: (event) => {
      if (event.type === "refused") refusals.push({ key: event.key, message: event.message });
    },
  });
  expect(summary.refused).toBe(refusals.length);
  return { ...summary, refusals };
}

async function contentOf(store: MemoryStore): Promise<Record<string, string>> {
  const entries = store.keys().map(async (key) => [key, new TextDecoder().decode(await store.get(key))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** The slots of the table account that stand. */
function slotsIn(store: MemoryStore): string[] {
  return store.keys().filter((key) => key.startsWith("erp/account/chain/"));
}

const ledger = await makeLedger();
const KEYS = ledger.keys();

test("a copy is equal byte for byte, and copying again finds everything there", async () => {
  const target = createMemoryStore();
  expect(await copy(ledger, target)).toEqual({ chains: 3, copied: 16, present: 0, refused: 0, left: 0, refusals: [] });
  expect(await contentOf(target)).toEqual(await contentOf(ledger));
  expect(await copy(ledger, target)).toEqual({ chains: 3, copied: 0, present: 16, refused: 0, left: 0, refusals: [] });
});

test("a copy goes on when the source has grown", async () => {
  const [source, target] = [createMemoryStore(), createMemoryStore()];
  await fill(source, ACCOUNT.slice(0, 3));
  await copy(source, target);
  await fill(source, ACCOUNT.slice(3));
  expect(await copy(source, target)).toMatchObject({ copied: 9, present: 3, refused: 0 });
  expect(await contentOf(target)).toEqual(await contentOf(source));
});

/** What a call does that is cut off. */
type Cut = "before its effect" | "after its effect";

interface Cutting {
  /** The number of the call that fails, from 0. */
  readonly call: number;
  readonly cut: Cut;
  /** Whether the calls that follow fail too. */
  readonly isFinal: boolean;
}

/**
 * Wraps both stores so that one call of `get`, `create` or `list` fails, or every call from it on.
 */
function cutOff(from: ObjectReader, to: ObjectStore, { call, cut, isFinal }: Cutting): [ObjectReader, ObjectStore] {
  let calls = 0;
  const run = async <T>(act: () => Promise<T>): Promise<T> => {
    const number = calls;
    calls += 1;
    const fails = number === call || (isFinal && number > call);
    if (!fails) return act();
    if (number === call && cut === "after its effect") await act();
    throw Object.assign(new Error("cut"), { code: "UNAVAILABLE" });
  };
  const wrap = (reader: ObjectReader): ObjectReader => ({
    get: async (key) => run(async () => reader.get(key)),
    async *list(prefix, after) {
      await run(async () => undefined);
      yield* reader.list(prefix, after);
    },
  });
  return [wrap(from), { ...wrap(to), create: async (key, bytes) => run(async () => to.create(key, bytes)) }];
}

describe.each<Cut>(["before its effect", "after its effect"])("a copy that is cut off at any call, %s,", (cut) => {
  test.each([
    ["and at every call that follows", true],
    ["once", false],
  ])("%s, is a sound ledger, and copying again completes it", { timeout: 60_000 }, async (_, isFinal) => {
    const source = createMemoryStore();
    await fill(source, [...ACCOUNT.slice(0, 10), ...OTHERS.slice(0, 2)]);
    const whole = await contentOf(source);
    for (let call = 0; ; call += 1) {
      const target = createMemoryStore();
      const outcome = await copyLedger(...cutOff(source, target, { call, cut, isFinal })).then(
        () => "done",
        (error: unknown) => (error instanceof Error ? error.message : ""),
      );
      expect((await auditLedger(target)).severities.fault).toBe(0);
      const slots = slotsIn(target);
      expect(slots).toEqual(ACCOUNT.slice(0, slots.length).map(({ slot }) => slot.key));
      expect((await copy(source, target)).refused).toBe(0);
      expect(await contentOf(target)).toEqual(whole);
      if (outcome === "done") {
        expect(call).toBeGreaterThan(100);
        return;
      }
      expect(outcome).toBe("cut");
    }
  });
});

test("a hole in the target is filled with the source's batches, and other batches behind it are named", async () => {
  const [sound, forked] = [createMemoryStore(), createMemoryStore()];
  await copy(ledger, sound);
  for (const { key } of [ACCOUNT[3]?.slot, ACCOUNT[3]?.data].flatMap((object) => object ?? [])) sound.lose(key);
  expect(await copy(ledger, sound)).toMatchObject({ refused: 0, present: 3 + OTHERS.length, copied: 9 });
  expect(await contentOf(sound)).toEqual(await contentOf(ledger));
  const other = sampleBatch({ previous: FIRST.header, sealedAt: SECOND.header.sealed_at + 100 });
  await fill(forked, [FIRST]);
  await forked.create(ACCOUNT[2]?.slot.key ?? "", other.slot.bytes);
  expect((await copy(ledger, forked)).refusals).toMatchObject([{ key: ACCOUNT[2]?.slot.key }]);
});

describe("damage is refused, with its key:", () => {
  test("one bit of any object is another", { timeout: 60_000 }, async () => {
    const sizes = Object.fromEntries(
      Object.entries(await contentOf(ledger)).map(([key, text]) => [key, new TextEncoder().encode(text).length]),
    );
    const anyBit = fc
      // A receipt is a claim, of which only the anchor can tell whether it is true.
      .constantFrom(...KEYS.filter((key) => !key.endsWith("/anchor.json")))
      .chain((key) => fc.record({ key: fc.constant(key), bit: fc.nat(8 * (sizes[key] ?? 1) - 1) }));
    await fc.assert(
      fc.asyncProperty(anyBit, async ({ key, bit }) => {
        const target = createMemoryStore();
        const { refused, refusals } = await copy(createLyingReader(ledger, { kind: "flips", key, bit }), target);
        expect(refused).toBeGreaterThan(0);
        // Where a slot holds another header, the batch that it names is missing, or the next slot
        // does not follow.
        const chain = key.slice(0, key.indexOf("/", key.indexOf("/") + 1));
        expect(
          refusals.every(
            (refusal) => refusal.key === key || (key.includes("/chain/") && refusal.key.startsWith(chain)),
          ),
        ).toBe(true);
        for (const [each, text] of Object.entries(await contentOf(target)))
          expect(text).toBe(new TextDecoder().decode(await ledger.get(each)));
      }),
      { numRuns: 150 },
    );
  });

  test("a damaged batch ends its chain, and no batch behind it gets a slot", async () => {
    for (const { data, header } of ACCOUNT) {
      const target = createMemoryStore();
      const { refusals } = await copy(
        createLyingReader(ledger, { kind: "truncates", key: data.key, length: 1 }),
        target,
      );
      expect(refusals).toMatchObject([{ key: data.key }]);
      expect(slotsIn(target)).toEqual(ACCOUNT.slice(0, header.seq).map(({ slot }) => slot.key));
    }
  });

  test("the first damage of a chain is the one that is named", async () => {
    const [batch, slot] = [ACCOUNT[3]?.data.key ?? "", ACCOUNT[5]?.slot.key ?? ""];
    const lying = createLyingReader(ledger, { kind: "truncates", key: batch, length: 1 });
    const target = createMemoryStore();
    const { refusals } = await copy(createLyingReader(lying, { kind: "hides", keys: [slot] }), target);
    expect(refusals).toMatchObject([{ key: batch }]);
    expect(slotsIn(target)).toHaveLength(3);
  });

  test("a missing slot ends its chain, and the others are copied", async () => {
    const target = createMemoryStore();
    const missing = ACCOUNT[5]?.slot.key ?? "";
    const { refusals, copied } = await copy(createLyingReader(ledger, { kind: "hides", keys: [missing] }), target);
    expect(refusals).toEqual([{ key: missing, message: expect.stringMatching(/missing/) }]);
    expect(copied).toBe(5 + OTHERS.length);
  });

  test("a missing derived document is made from its batch", async () => {
    const target = createMemoryStore();
    const keys = [`${folderOf(FIRST)}merkle-tree.json`];
    expect(await copy(createLyingReader(ledger, { kind: "hides", keys }), target)).toMatchObject({ refused: 0 });
    expect(await contentOf(target)).toEqual(await contentOf(ledger));
  });

  test("a target that holds another ledger is not written", async () => {
    const target = createMemoryStore();
    await fill(target, sampleBatches(2, sampleChain("account"), 7));
    const before = await contentOf(target);
    const { refusals } = await copy(ledger, target, { includes: ({ table }) => table === "account" });
    expect(refusals).toEqual([{ key: SECOND.slot.key, message: expect.stringMatching(/target holds another ledger/) }]);
    expect(await contentOf(target)).toEqual(before);
  });

  test("a target that is ahead of its source is not written", async () => {
    const [source, target] = [createMemoryStore(), createMemoryStore()];
    await fill(source, ACCOUNT.slice(0, 2));
    await fill(target, ACCOUNT.slice(0, 3));
    expect((await copy(source, target)).refusals).toMatchObject([{ message: expect.stringMatching(/no such slot/) }]);
  });

  test("other bytes that stand in the target are kept, and their key is named", async () => {
    const target = createMemoryStore();
    await target.create(FIRST.data.key, new Uint8Array(1));
    const { refusals } = await copy(ledger, target, { includes: ({ table }) => table === "account" });
    expect(refusals).toMatchObject([{ key: FIRST.data.key }]);
    expect(await target.get(FIRST.data.key)).toEqual(new Uint8Array(1));
  });

  test("a folder with slots that is no chain's is named", async () => {
    const source = createMemoryStore();
    await source.create("erp/%61ccount/chain/000000000000.json", new Uint8Array(1));
    expect((await copy(source, createMemoryStore())).refusals).toMatchObject([{ key: "erp/%61ccount/" }]);
  });
});

test("orphans, stray keys and source ids stay, and all but the source ids are counted", async () => {
  const source = await makeLedger();
  const orphan = sampleBatch({ previous: FIRST.header, sealedAt: 1_749_855_196_999 });
  await source.create(orphan.data.key, orphan.data.bytes);
  for (const key of ["README", "erp/account/notes", ".etrap/sources/erp.json"])
    await source.create(key, new Uint8Array(1));
  const target = createMemoryStore();
  expect(await copy(source, target)).toMatchObject({ refused: 0, left: 3 });
  expect(target.keys()).toEqual(KEYS);
  const ofOrders = { includes: ({ table }: ChainName) => table === "order" };
  expect(await copy(source, createMemoryStore(), ofOrders)).toMatchObject({ refused: 0, left: 1 });
});

test("anchors that batches got after they were copied are copied too", async () => {
  const [source, target] = [createMemoryStore(), createMemoryStore()];
  await fill(source, ACCOUNT.slice(0, 5));
  await copy(source, target);
  await fill(source, ACCOUNT.slice(5));
  const anchor = (batch: SampleBatch, of = batch): readonly [string, Uint8Array] => [
    `${folderOf(batch)}anchor.json`,
    sampleAnchorDocument(of.header, RECEIPT),
  ];
  for (const batch of ACCOUNT.slice(0, 9))
    await source.create(...(batch === SECOND ? anchor(batch, FIRST) : anchor(batch)));
  const wrong = `${folderOf(SECOND as SampleBatch)}anchor.json`;
  expect(await copy(source, target)).toMatchObject({ copied: 7, present: 5, refusals: [{ key: wrong }], left: 1 });
  source.lose(wrong);
  expect(await contentOf(target)).toEqual(await contentOf(source));
});

test("going on with a copy reads no batch again", async () => {
  const target = createMemoryStore();
  await copy(ledger, target);
  const read: string[] = [];
  const counting = { ...ledger, get: async (key: string) => (read.push(key), ledger.get(key)) };
  await copy(counting, target);
  // The newest slot of each chain and the one behind it, which does not stand.
  expect(read.filter((key) => !key.includes("/chain/"))).toEqual([]);
  expect(read).toHaveLength(2 * 3);
});

describe("the source ids are copied if they are asked for,", () => {
  const IDS = [".etrap/sources/crm.json", ".etrap/sources/erp.json"];
  const makeSource = async (): Promise<MemoryStore> => {
    const source = await makeLedger();
    await fill(source, sampleBatches(1, { database: "crm", schema: null, table: null }));
    for (const key of IDS) await source.create(key, new Uint8Array(1));
    return source;
  };
  const copyIds = async (source: ObjectReader, options: CopyOptions = {}): Promise<readonly [string[], string[]]> => {
    const target = createMemoryStore();
    const { refusals } = await copy(source, target, { ...options, withSources: true });
    const ids = target.keys().filter((key) => key.startsWith(".etrap/"));
    return [ids, refusals.map(({ key }) => key).filter((key) => key.startsWith(".etrap/"))];
  };

  test("with all chains of their databases", async () => {
    expect(await copyIds(await makeSource())).toEqual([IDS, []]);
  });

  test("not that of a database of which a chain ended early: an agent would record on behind it", async () => {
    const keys = [ACCOUNT[5]?.data.key ?? ""];
    expect(await copyIds(createLyingReader(await makeSource(), { kind: "hides", keys }))).toEqual([[IDS[0]], [IDS[1]]]);
  });

  test("not that of a database with a folder of slots that is no chain's", async () => {
    const source = await makeSource();
    await source.create("erp/%61ccount/chain/000000000000.json", new Uint8Array(1));
    expect(await copyIds(source)).toEqual([[IDS[0]], [IDS[1]]]);
  });

  test("not that of a database of which only some tables are asked for", async () => {
    const ofOrders = { includes: ({ table }: ChainName) => table === "order" };
    expect(await copyIds(await makeSource(), ofOrders)).toEqual([[], [IDS[1]]]);
    const ofCrm = { includes: ({ database }: ChainName) => database === "crm" };
    expect(await copyIds(await makeSource(), ofCrm)).toEqual([[IDS[0]], []]);
  });

  test("not over another one, which is kept and named", async () => {
    const target = createMemoryStore();
    await target.create(IDS[1] ?? "", new Uint8Array(2));
    const { refusals } = await copy(await makeSource(), target, { withSources: true });
    expect(refusals).toMatchObject([{ key: IDS[1] }]);
    expect(await target.get(IDS[1] ?? "")).toEqual(new Uint8Array(2));
  });

  test("and a target that is away is no refusal", async () => {
    const target = createMemoryStore();
    const away: ObjectStore = {
      ...target,
      create: async (key, bytes) =>
        key.startsWith(".etrap/")
          ? Promise.reject(Object.assign(new Error("away"), { code: "UNAVAILABLE" }))
          : target.create(key, bytes),
    };
    await expect(copyLedger(await makeSource(), away, { withSources: true })).rejects.toThrow("away");
  });
});

test("a source that is away is no damage", async () => {
  const away: ObjectReader = {
    ...ledger,
    get: async () => Promise.reject(Object.assign(new Error("away"), { code: "UNAVAILABLE" })),
  };
  await expect(copyLedger(away, createMemoryStore())).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("an aborted copy rejects with the reason of its signal", async () => {
  const signal = AbortSignal.abort(new Error("stop"));
  await expect(copyLedger(ledger, createMemoryStore(), { signal })).rejects.toThrow("stop");
});
