import { chainFolder, slotKey } from "@etrap/proof";
import type { ChainName } from "@etrap/proof";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { listChains } from "./list-chains.ts";
import type { ObjectStore } from "../ports.ts";
import { createMemoryStore } from "../testing/memory-store.ts";

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

describe("the chains of a database", () => {
  test("are those with a slot, the control chain too, in byte order", async () => {
    const chains = [ofTable("account"), ofTable("log", "audit"), ofTable("booking"), control];
    expect(await chainsIn(await storeWith(...chains.map((chain) => slotKey(chain, 0))))).toEqual([
      ofTable("account"),
      ofTable("log", "audit"),
      ofTable("booking"),
      control,
    ]);
    expect(await chainsIn(createMemoryStore())).toEqual([]);
  });

  test("are found whatever they are called", async () => {
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

  test("are found beside objects and folders that are none of theirs", async () => {
    const chains = [ofTable("account"), ofTable("account-x"), ofTable("booking"), control];
    const slots = chains.map((chain) => slotKey(chain, 0));
    const [folder] = [chainFolder(ofTable("account"))];
    // Behind every key of a chain's, beside its folder, and in no chain's folder at all.
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

  test("are found by any slot, though the first is missing or none can be read", async () => {
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
  ])("are not made up from %s", async (key) => {
    expect(await chainsIn(await storeWith(key, slotKey(ofTable("booking"), 0)))).toEqual([ofTable("booking")]);
  });

  test("of a database whose name has to be encoded", async () => {
    const chain = { ...ofTable("account"), database: "Größe. 1" };
    expect(await chainsIn(await storeWith(slotKey(chain, 0)), "Größe. 1")).toEqual([chain]);
  });

  test("of every database, where none is named; and folders that hold slots and are no chain's", async () => {
    const crm = { ...ofTable("account"), database: "crm" };
    const strays = ["erp/a.b.c/", "erp/a~/"];
    const keys = strays.map((folder) => `${folder}chain/000000000000.json`);
    const store = await storeWith(...keys, slotKey(crm, 0), slotKey(control, 0), ".etrap/sources/erp.json", "x/y.json");
    const [chains, told]: [ChainName[], string[]] = [[], []];
    for await (const chain of listChains(store, { onStray: (folder) => void told.push(folder) })) chains.push(chain);
    expect({ chains, told }).toEqual({ chains: [crm, control], told: strays });
  });

  test("cost two requests each, however many batches they have", async () => {
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
