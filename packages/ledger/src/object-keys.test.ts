import fc from "fast-check";
import { expect, test } from "vitest";
import { batchFolder, chainFolder, parseChainFolder, parseSlotKey, slotKey } from "./object-keys.ts";

const chain = (
  schema: string | null,
  table: string | null,
  database = "erp",
): { database: string; schema: string | null; table: string | null } => ({
  database,
  schema,
  table,
});

test.each([
  ["public", "account", "erp/account/"],
  ["audit", "account", "erp/audit.account/"],
  ["public", "a.b", "erp/a%2Eb/"],
  ["public", "../../etc", "erp/%2E%2E%2F%2E%2E%2Fetc/"],
  ["public", "数", "erp/%E6%95%B0/"],
  ["public", "~", "erp/%7E/"],
])("the folder of %s %s is %s", (schema, table, folder) => {
  expect(chainFolder(chain(schema, table))).toBe(folder);
});

test("the control chain has a folder that no table can have", () => {
  expect(chainFolder(chain(null, null))).toBe("erp/~/");
});

test("slots and batches are in the folder of their chain", () => {
  expect(slotKey(chain("public", "account"), 42)).toBe("erp/account/chain/000000000042.json");
  expect(batchFolder(chain("public", "account"), "BATCH-2025-06-14-776e208012345678-T0")).toBe(
    "erp/account/BATCH-2025-06-14-776e208012345678-T0/",
  );
});

test("the key of a slot gives its folder and seq", () => {
  for (const seq of [0, 42, 10 ** 12 - 1]) {
    for (const each of [chain("audit", "a/b"), chain(null, null)])
      expect(parseSlotKey(slotKey(each, seq))).toEqual({ folder: chainFolder(each), seq });
  }
});

test.each([
  "",
  "erp/account/chain/",
  "erp/account/chain/1.json",
  "erp/account/chain/0000000000001.json",
  "erp/account/chain/000000000001.json.bak",
  "erp/account/chain/.000000000001.json",
  "erp/account/chain/x/000000000001.json",
  "erp/account/000000000001.json",
  "x/erp/account/chain/000000000001.json",
  "account/chain/000000000001.json",
  "erp//chain/000000000001.json",
])("%j is not the key of a slot", (key) => {
  expect(parseSlotKey(key)).toBeUndefined();
});

test("no two chains share a folder, and none leaves the folder of its database", () => {
  const name = fc.string({ minLength: 1, unit: "grapheme" });
  const triple = fc.tuple(name, name, name);
  fc.assert(
    fc.property(triple, triple, (one, other) => {
      const [left, right] = [one, other].map(([database, schema, table]) => chainFolder({ database, schema, table }));
      expect(left === right).toBe(JSON.stringify(one) === JSON.stringify(other));
      expect(left?.split("/")).toHaveLength(3);
      expect(left).toMatch(/^[A-Za-z0-9_%-]+\/[A-Za-z0-9_%.-]+\/$/);
    }),
    {
      examples: [
        [
          ["d", "a", "b.c"],
          ["d", "a.b", "c"],
        ],
        [
          ["d", "public", "x"],
          ["d", "x", "public"],
        ],
      ],
    },
  );
});

test("the folder of a chain gives its names", () => {
  const name = fc.string({ minLength: 1, unit: "grapheme" });
  const tables = fc.record({ database: name, schema: fc.oneof(name, fc.constant("public")), table: name });
  const control = fc.record({ database: name, schema: fc.constant(null), table: fc.constant(null) });
  fc.assert(
    fc.property(fc.oneof(tables, control), (named) => {
      expect(parseChainFolder(chainFolder(named))).toEqual(named);
    }),
  );
});

test.each([
  "",
  "erp/",
  "/account/",
  "erp/account",
  "erp/account/chain/",
  "erp/public.account/",
  "erp/a.b.c/",
  "erp/.account/",
  "erp/audit./",
  "erp/%61ccount/",
  "erp/%e6%95%b0/",
  "erp/%FF/",
  "erp/%/",
  "erp/~~/",
  "~/account/",
  ".etrap/sources/",
])("%j is not the folder of a chain", (folder) => {
  expect(parseChainFolder(folder)).toBeUndefined();
});
