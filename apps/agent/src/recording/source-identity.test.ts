import { codeOf, listChains } from "@etrap/ledger";
import { createMemoryStore, sampleBatch } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { describe, expect, test } from "vitest";
import { checkIdentity, sourceKey } from "./source-identity.ts";
import type { IdentifiedSource } from "./source-identity.ts";

const KEY = ".etrap/sources/erp.json";

/** A source whose identity is in memory. */
interface FakeSource extends IdentifiedSource {
  identity: { id: string | undefined; committed: boolean };
}

function createSource(id?: string, committed = false): FakeSource {
  return {
    database: "erp",
    identity: { id, committed },
    async setIdentity(set) {
      this.identity = { ...this.identity, id: set };
    },
  };
}

/** Creates a store that holds a chain of the database. */
async function createUsedStore(): Promise<MemoryStore> {
  const store = createMemoryStore();
  const { data, slot } = sampleBatch();
  for (const { key, bytes } of [data, slot]) await store.create(key, bytes);
  return store;
}

const check = (source: IdentifiedSource, store: MemoryStore, adopt = false): Promise<void> =>
  checkIdentity(source, { store, adopt, signal: new AbortController().signal });

const codeOfCheck = async (source: IdentifiedSource, store: MemoryStore): Promise<string | undefined> =>
  check(source, store).then(() => undefined, codeOf);

async function idIn(store: MemoryStore): Promise<unknown> {
  const bytes = await store.get(KEY);
  return bytes && JSON.parse(Buffer.from(bytes).toString("utf8")).id;
}

describe("the first start", () => {
  test("makes one random id for both sides, which later starts find", async () => {
    const [source, store] = [createSource(), createMemoryStore()];
    await check(source, store);
    const { id } = source.identity;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await idIn(store)).toBe(id);
    expect(JSON.parse(Buffer.from((await store.get(KEY)) ?? []).toString("utf8"))).toEqual({
      format: "etrap-source/0",
      database: "erp",
      id,
    });
    await check(createSource(id, true), store);
    const other = createSource();
    await check(other, createMemoryStore());
    expect(other.identity.id).not.toBe(id);
  });

  test("of a version that keeps ids goes on with a ledger and a position from before", async () => {
    const [source, store] = [createSource(undefined, true), await createUsedStore()];
    await check(source, store);
    expect(await idIn(store)).toBe(source.identity.id);
  });

  test("goes on where it was cut between the two sides", async () => {
    const store = createMemoryStore();
    const cut = { ...createSource(), setIdentity: () => Promise.reject(new Error("cut")) };
    await expect(check(cut, store)).rejects.toThrow("cut");
    const source = createSource();
    await check(source, store);
    expect(source.identity.id).toBe(await idIn(store));
  });

  test("takes the id of another agent that created the file at the same moment", async () => {
    const store = createMemoryStore();
    const [first, second] = [createSource(), createSource()];
    // Both have read that there is none.
    let waiting = 2;
    const ready = Promise.withResolvers<void>();
    const together: MemoryStore = {
      ...store,
      async create(key, bytes) {
        waiting -= 1;
        if (waiting === 0) ready.resolve();
        await ready.promise;
        return store.create(key, bytes);
      },
    };
    await Promise.all([check(first, together), check(second, together)]);
    expect(first.identity.id).toBe(second.identity.id);
    expect(await idIn(store)).toBe(first.identity.id);
  });
});

const [A, B] = ["a".repeat(32), "b".repeat(32)];

async function createStoreOf(id: string, base = createMemoryStore()): Promise<MemoryStore> {
  await check(createSource(id), base, true);
  return base;
}

describe("a mismatch", () => {
  test.each<[string, () => IdentifiedSource, () => Promise<MemoryStore>]>([
    ["another folder", () => createSource(A, true), async () => createMemoryStore()],
    ["another folder with a ledger of its own", () => createSource(A, true), () => createUsedStore()],
    ["the ledger of another source", () => createSource(A, true), () => createStoreOf(B)],
    ["a Redis that lost its data", () => createSource(), async () => createStoreOf(B, await createUsedStore())],
    ["another Redis with positions", () => createSource(undefined, true), () => createStoreOf(B)],
    ["an empty folder behind an old position", () => createSource(undefined, true), async () => createMemoryStore()],
  ])("is refused for %s, until it is adopted", async (_, createOne, createStore) => {
    const [source, store] = [createOne(), await createStore()];
    const before = [source.identity.id, await idIn(store)];
    expect(await codeOfCheck(source, store)).toBe("SOURCE_MISMATCH");
    expect([source.identity.id, await idIn(store)]).toEqual(before);
    await check(source, store, true);
    expect(source.identity.id).toMatch(/^[0-9a-f]{32}$/);
    expect(await idIn(store)).toBe(source.identity.id);
    expect(await codeOfCheck(source, store)).toBeUndefined();
  });

  test("says where to look, and what adopting costs", async () => {
    await expect(check(createSource(A, true), createMemoryStore())).rejects.toThrow(
      /\.etrap\/sources\/erp\.json: .*this ledger has none.*ETRAP_STORE_DIR.*--adopt-source/,
    );
  });
});

test.each([
  "",
  "{",
  "null",
  `{"format":"etrap-source/1","database":"erp","id":"${A}"}`,
  `{"format":"etrap-source/0","database":"crm","id":"${A}"}`,
  '{"format":"etrap-source/0","database":"erp","id":"x"}',
])("refuses the source file %s", async (content) => {
  const store = createMemoryStore();
  await store.create(KEY, new TextEncoder().encode(content));
  for (const adopt of [false, true])
    await expect(check(createSource(), store, adopt)).rejects.toThrow(/erp\.json: expected a source file/);
});

test("gives every database a key of its own, which is the key of no chain", async () => {
  const names = ["erp", "ERP", "a/b", "a.b", "..", "%41", "~", "数", "x".repeat(63)];
  expect(new Set(names.map(sourceKey)).size).toBe(names.length);
  const store = createMemoryStore();
  for (const name of names) await store.create(sourceKey(name), new Uint8Array());
  expect(store.keys().every((key) => key.startsWith(".etrap/sources/"))).toBe(true);
  const chains = await Array.fromAsync(listChains(store));
  expect(chains).toEqual([]);
});
