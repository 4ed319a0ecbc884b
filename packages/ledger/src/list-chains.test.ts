import type { ChainName } from "./object-keys.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chainFolder, slotKey } from "./object-keys.ts";
import { listChains } from "./list-chains.ts";
import type { ObjectStore } from "./object-store.ts";
import { createMemoryStore } from "./testing/memory-store.ts";

const bytes = new TextEncoder().encode("{}");
const ofTable = (table: string, schema = "public"): ChainName => ({ database: "erp", schema, table });
const control: ChainName = { database: "erp", schema: null, table: null };

async function storeWith(...keys: string[]): Promise<ObjectStore> {
  const store = createMemoryStore();
  for (const key of keys) await store.create(key, bytes);
  return store;
}

async function chainsIn(store: ObjectStore, database = "erp"): Promise<ChainName[]> {
  const chains: ChainName[] = [];
  for await (const chain of listChains(store, { database })) chains.push(chain);
  return chains;
}

describe("listChains", () => {
  test("lists the chains with a slot, and the control chain, in byte order", async () => {
    const chains = [ofTable("account"), ofTable("log", "audit"), ofTable("booking"), control];
    expect(await chainsIn(await storeWith(...chains.map((chain) => slotKey(chain, 0))))).toEqual([
      ofTable("account"),
      ofTable("log", "audit"),
      ofTable("booking"),
      control,
    ]);
    expect(await chainsIn(createMemoryStore())).toEqual([]);
  });

  test("finds chains with any names", async () => {
    const name = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
    const chain = fc.record({
      database: fc.constant("erp"),
      schema: fc.oneof(fc.constant("public"), name),
      table: name,
    });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(chain, { selector: chainFolder, maxLength: 8 }), async (chains) => {
        const found = await chainsIn(await storeWith(...chains.map((each) => slotKey(each, 0))));
        expect(found.map(chainFolder)).toEqual(chains.map(chainFolder).toSorted());
        expect(new Set(found)).toEqual(new Set(chains));
      }),
    );
  });

  test("finds chains beside objects and folders of no chain", async () => {
    const chains = [ofTable("account"), ofTable("account-x"), ofTable("booking"), control];
    const slots = chains.map((chain) => slotKey(chain, 0));
    const [folder] = [chainFolder(ofTable("account"))];
    // These follow every key of a chain, stand beside its folder, or are in no chain's folder.
    const strays = [
      `${folder}~x`,
      `${folder}~~/y`,
      folder.slice(0, -1),
      `${folder.slice(0, -1)}0`,
      "erp/~~",
      "er",
      "erp",
    ];
    const found = await chainsIn(await storeWith(...slots, ...strays));
    expect(found.map(chainFolder)).toEqual(chains.map(chainFolder).toSorted());
  });

  test("finds a chain by any slot, also where the first is missing or none can be read", async () => {
    expect(await chainsIn(await storeWith(slotKey(ofTable("account"), 712), slotKey(control, 3)))).toEqual([
      ofTable("account"),
      control,
    ]);
  });

  test.each([
    "erp/account/BATCH-2025-06-14-0123456789abcdef-T0/batch-data.json",
    "erp/account/chain/000000000000.json.bak",
    "erp/account/chain/1.json",
    "erp/a.b.c/chain/000000000000.json",
    "erp/a%FF/chain/000000000000.json",
    "erp/a%6b/chain/000000000000.json",
    "erp/public.account/chain/000000000000.json",
    "erp/a~/chain/000000000000.json",
    ".etrap/sources/erp.json",
    "erp2/account/chain/000000000000.json",
    "er/account/chain/000000000000.json",
    "erp.json",
  ])("does not take %s for a chain", async (key) => {
    expect(await chainsIn(await storeWith(key, slotKey(ofTable("booking"), 0)))).toEqual([ofTable("booking")]);
  });

  test("lists the chains of a database whose name has to be encoded", async () => {
    const chain = { ...ofTable("account"), database: "Größe. 1" };
    expect(await chainsIn(await storeWith(slotKey(chain, 0)), "Größe. 1")).toEqual([chain]);
  });

  test("lists the chains of every database by default, and reports folders that hold slots of no chain", async () => {
    const crm = { ...ofTable("account"), database: "crm" };
    const strays = ["erp/a.b.c/", "erp/a~/"];
    const keys = strays.map((folder) => `${folder}chain/000000000000.json`);
    const store = await storeWith(...keys, slotKey(crm, 0), slotKey(control, 0), ".etrap/sources/erp.json", "x/y.json");
    const [chains, reported]: [ChainName[], string[]] = [[], []];
    for await (const chain of listChains(store, { onStray: (folder) => void reported.push(folder) }))
      chains.push(chain);
    expect({ chains, reported }).toEqual({ chains: [crm, control], reported: strays });
  });

  test("costs two requests per chain, however many batches it has", async () => {
    const chains = ["a", "b", "c"].map((table) => ofTable(table));
    const batches = Array.from({ length: 50 }, (_, seq) => seq);
    const store = await storeWith(
      ...chains.flatMap((chain) =>
        batches.flatMap((seq) => [slotKey(chain, seq), `${chainFolder(chain)}BATCH-${seq}/batch-data.json`]),
      ),
    );
    let [lists, keys, gets] = [0, 0, 0];
    const counting: ObjectStore = {
      ...store,
      get: (key) => ((gets += 1), store.get(key)),
      async *list(...args) {
        lists += 1;
        for await (const key of store.list(...args)) {
          keys += 1;
          yield key;
        }
      },
    };
    expect(await chainsIn(counting)).toEqual(chains);
    expect({ lists, keys, gets }).toEqual({ lists: 7, keys: 6, gets: 0 });
  });
});
