import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chainFolder, slotKey } from "../object-keys.ts";
import type { ChainName } from "../object-keys.ts";
import type { ObjectReader } from "../object-store.ts";
import { createLyingReader } from "../testing/lying-reader.ts";
import type { Lie } from "../testing/lying-reader.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import type { MemoryStore } from "../testing/memory-store.ts";
import { sampleAnchorDocument, sampleBatch, sampleBatches } from "../testing/sample-batches.ts";
import type { SampleBatch } from "../testing/sample-batches.ts";
import { auditLedger } from "./audit-ledger.ts";
import type { AuditOptions, AuditSummary } from "./audit-ledger.ts";
import type { AuditFinding } from "./finding.ts";

const CONTROL: ChainName = { database: "erp", schema: null, table: null };
const OTHER: ChainName = { database: "crm", schema: "audit", table: "account" };
const RECEIPT = {
  kind: "near-nft",
  network: "testnet",
  contract: "acme.testnet",
  token_id: "t",
  tx_hash: null,
  block_height: 1,
  block_time: "1",
} as const;

/** A ledger of three chains: 4 batches of 3 changes, 2 of one change, and a control chain. */
async function makeLedger(): Promise<{ readonly store: MemoryStore; readonly batches: readonly SampleBatch[] }> {
  const account: SampleBatch[] = [];
  for (let seq = 0; seq < 4; seq += 1) account.push(sampleBatch({ previous: account.at(-1)?.header, changes: 3 }));
  const batches = [...account, ...sampleBatches(2, OTHER), ...sampleBatches(2, CONTROL)];
  const store = createMemoryStore();
  for (const { data, slot, derived } of batches)
    for (const { key, bytes } of [data, slot, ...derived()]) await store.create(key, bytes);
  const [first] = account;
  if (first === undefined) throw new Error("expected a batch");
  await store.create(`${folderOf(first)}anchor.json`, sampleAnchorDocument(first.header, RECEIPT));
  await store.create(".etrap/sources/erp.json", new Uint8Array(1));
  return { store, batches };
}

const folderOf = ({ header, id }: SampleBatch): string => `${chainFolder(header)}${id}/`;

interface Audit extends AuditSummary {
  readonly all: readonly AuditFinding[];
}

async function audit(reader: ObjectReader, options: AuditOptions = {}): Promise<Audit> {
  const all: AuditFinding[] = [];
  const summary = await auditLedger(reader, {
    ...options,
    onEvent: (event) => {
      if (event.type === "finding") all.push(event.finding);
    },
  });
  expect(Object.values(summary.findings).reduce((sum, count) => sum + count, 0)).toBe(all.length);
  return { ...summary, all };
}

/** Whether a finding names a key. Of two neighbouring slots, the later one may be named. */
const names = (all: readonly AuditFinding[], key: string): boolean =>
  all.some((finding) => `${finding.key} ${finding.message}`.includes(key));

const { store, batches } = await makeLedger();
const KEYS = store.keys().filter((key) => !key.startsWith(".etrap/"));
const sizes = new Map<string, number>();
for (const key of KEYS) sizes.set(key, (await store.get(key))?.length ?? 0);
const anyKey = fc.constantFrom(...KEYS);
/** A receipt is a claim, of which only the anchor can tell whether it is true. */
const EVIDENCE = KEYS.filter((key) => !key.endsWith("/anchor.json"));

test("a whole ledger has no finding", async () => {
  const { all, ...summary } = await audit(store);
  expect(all).toEqual([]);
  expect(summary).toEqual({
    isComplete: true,
    chains: 3,
    batches: 8,
    batchesRead: 8,
    leaves: 16,
    findings: {},
    severities: { fault: 0, unchecked: 0, note: 0 },
  });
});

test("an empty store has no chain", async () => {
  expect(await audit(createMemoryStore())).toMatchObject({ chains: 0, batches: 0, all: [] });
});

describe("a lie is found, and its key is named:", () => {
  const isFound = async (lie: Lie, ...keys: readonly string[]): Promise<void> => {
    const { all, severities } = await audit(createLyingReader(store, lie));
    expect(severities.fault).toBeGreaterThan(0);
    expect(keys.some((key) => names(all, key))).toBe(true);
  };

  test("one bit of any object but a receipt is another", async () => {
    const flip = fc
      .constantFrom(...EVIDENCE)
      .chain((key) => fc.record({ key: fc.constant(key), bit: fc.nat(8 * (sizes.get(key) ?? 1) - 1) }));
    await fc.assert(
      fc.asyncProperty(flip, async ({ key, bit }) => isFound({ kind: "flips", key, bit }, key)),
      { numRuns: 300 },
    );
  });

  test("any object is cut short", async () => {
    const cut = anyKey.chain((key) => fc.record({ key: fc.constant(key), length: fc.nat((sizes.get(key) ?? 1) - 1) }));
    await fc.assert(
      fc.asyncProperty(cut, async ({ key, length }) => isFound({ kind: "truncates", key, length }, key)),
      { numRuns: 200 },
    );
  });

  test("any object is another's", async () => {
    const isOther = ([key, other]: readonly [string, string]): boolean => key !== other;
    await fc.assert(
      fc.asyncProperty(fc.tuple(anyKey, anyKey).filter(isOther), async ([key, other]) =>
        isFound({ kind: "serves-other", key, other }, key),
      ),
      { numRuns: 200 },
    );
  });

  test("any two objects are swapped", async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(anyKey, anyKey), async ([one, other]) => {
        if (one !== other) await isFound({ kind: "swaps", keys: [one, other] }, one, other);
      }),
      { numRuns: 200 },
    );
  });

  test("two whole batches are swapped", async () => {
    const [one, other] = batches;
    if (one === undefined || other === undefined) throw new Error("expected two batches");
    await isFound({ kind: "swaps", keys: [one.data.key, other.data.key] }, one.data.key);
    await isFound({ kind: "swaps", keys: [one.slot.key, other.slot.key] }, one.slot.key);
  });

  test.each(EVIDENCE)("%s is hidden", async (key) => {
    const { all, severities } = await audit(createLyingReader(store, { kind: "hides", keys: [key] }));
    const newest = batches.find(({ slot }) => slot.key === key && slot.key !== undefined);
    const isNewestSlot = newest !== undefined && !KEYS.includes(slotKey(newest.header, newest.header.seq + 1));
    if (isNewestSlot) {
      // Only an anchor shows that the slot once stood. The batch without one is told.
      expect(all).toMatchObject([{ code: "WITHOUT_SLOT", severity: "unchecked", key: folderOf(newest) }]);
      return;
    }
    expect(severities.fault).toBeGreaterThan(0);
    expect(names(all, key)).toBe(true);
  });
});

test("the newest batch that is hidden whole is not seen, which is the limit of an audit without an anchor", async () => {
  const last = batches[3];
  if (last === undefined) throw new Error("expected a batch");
  const keys = KEYS.filter((key) => key === last.slot.key || key.startsWith(folderOf(last)));
  expect(await audit(createLyingReader(store, { kind: "hides", keys }))).toMatchObject({ all: [], batches: 7 });
});

describe("a finding tells", () => {
  async function auditOf(
    change: (ledger: MemoryStore) => Promise<void> | void,
    options?: AuditOptions,
  ): Promise<Audit> {
    const { store: ledger } = await makeLedger();
    await change(ledger);
    return audit(ledger, options);
  }
  const [first, second, third, fourth] = batches;
  if (first === undefined || second === undefined || third === undefined || fourth === undefined)
    throw new Error("no batches");

  test("a hole, once, with the slots in it", async () => {
    const { all } = await auditOf((ledger) => [first, second].forEach(({ slot }) => ledger.lose(slot.key)));
    expect(all).toMatchObject([
      {
        code: "SLOT_MISSING",
        key: first.slot.key,
        message: expect.stringMatching(/^missing, with all slots up to number 1/),
      },
      ...[first, second]
        .map(folderOf)
        .toSorted()
        .map((key) => ({ code: "WITHOUT_SLOT", severity: "unchecked", key })),
    ]);
  });

  test("a fork: a slot that holds another batch of the same place", async () => {
    const fork = sampleBatch({ previous: second.header, changes: 3, sealedAt: third.header.sealed_at + 1 });
    const { all } = await auditOf(async (ledger) => {
      ledger.lose(third.slot.key);
      for (const { key, bytes } of [fork.data, ...fork.derived()]) await ledger.create(key, bytes);
      await ledger.create(third.slot.key, fork.slot.bytes);
    });
    expect(all).toMatchObject([
      { code: "CHAIN_BROKEN", key: fourth.slot.key, message: expect.stringContaining(third.slot.key) },
      { code: "ORPHAN", severity: "note", key: folderOf(third) },
    ]);
  });

  test("an orphan, a batch without a slot, and a folder without a batch, as notes", async () => {
    const orphan = sampleBatch({ previous: second.header, changes: 3, sealedAt: third.header.sealed_at + 1 });
    const next = sampleBatch({ previous: fourth.header, changes: 1 });
    const odd = `${chainFolder(first.header)}BATCH-2025-06-13-0000000000000000-T0/`;
    const { all, severities } = await auditOf(async (ledger) => {
      for (const { data } of [orphan, next]) await ledger.create(data.key, data.bytes);
      await ledger.create(`${odd}merkle-tree.json`, new Uint8Array(1));
    });
    expect(severities).toEqual({ fault: 0, unchecked: 1, note: 2 });
    const now = next.header.sealed_at + 1_000;
    expect((await auditOf(async (ledger) => ledger.create(next.data.key, next.data.bytes), { now })).all).toMatchObject(
      [{ code: "WITHOUT_SLOT", severity: "note" }],
    );
    const byKey = new Map(all.map(({ key, code }) => [key, code]));
    expect(byKey).toEqual(
      new Map([
        [odd, "UNKNOWN_BATCH"],
        [folderOf(orphan), "ORPHAN"],
        [folderOf(next), "WITHOUT_SLOT"],
      ]),
    );
  });

  test("stray keys, wherever they are, and folders that look like a chain", async () => {
    const stray = [
      "README",
      "erp/README",
      "erp/account/README",
      "erp/account/chain/000000000000.json.bak",
      `${folderOf(first)}batch-data.json.bak`,
      `${folderOf(first)}indices/by-day.json`,
      "zzz/not.a.chain/x",
    ];
    const { all, severities } = await auditOf(async (ledger) => {
      for (const key of [...stray, "erp/%61ccount/chain/000000000000.json"])
        await ledger.create(key, new Uint8Array(1));
    });
    expect(
      all
        .filter(({ code }) => code === "STRAY_KEY")
        .map(({ key }) => key)
        .toSorted(),
    ).toEqual(stray.toSorted());
    expect(all.filter(({ severity }) => severity === "fault")).toMatchObject([
      { code: "FOLDER_UNKNOWN", key: "erp/%61ccount/" },
    ]);
    expect(severities.note).toBe(stray.length);
  });

  test("a missing derived document as a note while its batch is new", async () => {
    const lose = (ledger: MemoryStore): void => ledger.lose(`${folderOf(fourth)}merkle-tree.json`);
    expect((await auditOf(lose)).all).toMatchObject([{ code: "DERIVED_MISSING", severity: "fault" }]);
    const now = fourth.header.sealed_at + 1_000;
    expect((await auditOf(lose, { now })).all).toMatchObject([{ code: "DERIVED_MISSING", severity: "note" }]);
  });

  test("an anchor.json that cannot be read", async () => {
    const key = `${folderOf(second)}anchor.json`;
    const { all } = await auditOf(async (ledger) => ledger.create(key, new Uint8Array(1)));
    expect(all).toMatchObject([{ code: "ANCHOR_DAMAGED", severity: "fault", key }]);
  });

  test("the anchor of another batch", async () => {
    const key = `${folderOf(second)}anchor.json`;
    const { all } = await auditOf(async (ledger) => ledger.create(key, sampleAnchorDocument(first.header, RECEIPT)));
    expect(all).toMatchObject([{ code: "ANCHOR_DAMAGED", key }]);
  });

  test("no value of a row", async () => {
    const { all } = await audit(createLyingReader(store, { kind: "flips", key: second.data.key, bit: 8_000 }));
    for (const { message } of all) expect(message).not.toMatch(/owner \d/);
  });
});

test("headersOnly reads the slots alone, and finds what they show", async () => {
  const read: string[] = [];
  const counting = { ...store, get: async (key: string) => (read.push(key), store.get(key)) };
  const { batchesRead, batches: count, all } = await audit(counting, { headersOnly: true });
  expect({ batchesRead, count, all }).toEqual({ batchesRead: 0, count: 8, all: [] });
  expect(read.every((key) => key.includes("/chain/"))).toBe(true);
});

test("since reads whole only the batches that may hold later changes", async () => {
  const { batchesRead, batches: count } = await audit(store, { since: batches[2]?.header.sealed_at ?? 0 });
  expect(count).toBe(8);
  // The third and fourth of the first chain. The others were sealed before.
  expect(batchesRead).toBe(2);
});

test("includes chooses the chains", async () => {
  const { chains, batches: count } = await audit(store, { includes: ({ table }) => table === null });
  expect({ chains, count }).toEqual({ chains: 1, count: 2 });
});

describe("a store that gives no answer", () => {
  const away = (isAway: (key: string) => boolean): ObjectReader => ({
    async get(key) {
      if (isAway(key)) throw Object.assign(new Error(`${key}: the server cannot be reached`), { code: "UNAVAILABLE" });
      return store.get(key);
    },
    list: store.list,
  });

  test.each(KEYS)("for %s leaves that unchecked, and the rest is checked", async (key) => {
    const { all, severities } = await audit(away((each) => each === key));
    expect(severities.fault).toBe(0);
    // A batch whose slot cannot be read is told as one without a slot too.
    expect(all.filter(({ code }) => code !== "WITHOUT_SLOT")).toMatchObject([
      { code: "UNREADABLE", severity: "unchecked", key },
    ]);
  });

  test("at all leaves everything unchecked, and the audit ends", async () => {
    const { severities } = await audit(away(() => true));
    expect(severities).toMatchObject({ fault: 0, unchecked: 16 });
    const list = (): never => {
      throw Object.assign(new Error("away"), { code: "UNAVAILABLE" });
    };
    expect(await audit({ get: store.get, list })).toMatchObject({ severities: { unchecked: 1 } });
  });

  test("for long is given up, and the summary says that it is not complete", async () => {
    const many = createMemoryStore();
    for (const { data, slot } of sampleBatches(60))
      for (const { key, bytes } of [data, slot]) await many.create(key, bytes);
    const { severities, isComplete } = await audit({
      list: many.list,
      get: async (key) => Promise.reject(Object.assign(new Error(`${key}: away`), { code: "UNAVAILABLE" })),
    });
    expect(isComplete).toBe(false);
    expect(severities.unchecked).toBeLessThan(60);
  });

  test("because an object is too large is a fault of that object", async () => {
    const damaged = async (key: string): Promise<Uint8Array | undefined> => {
      if (key !== batches[0]?.data.key) return store.get(key);
      throw Object.assign(new Error(`${key}: too large`), { code: "DAMAGED" });
    };
    const { all } = await audit({ get: damaged, list: store.list });
    expect(all).toMatchObject([
      {
        code: "BATCH_DAMAGED",
        severity: "fault",
        key: batches[0]?.data.key,
        message: expect.stringMatching(/^too large/),
      },
    ]);
  });
});

test("an aborted audit rejects with the reason of its signal", async () => {
  await expect(auditLedger(store, { signal: AbortSignal.abort(new Error("stop")) })).rejects.toThrow("stop");
});
