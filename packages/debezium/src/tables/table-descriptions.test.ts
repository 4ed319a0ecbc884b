import { expect, test } from "vitest";
import { parseTableDescriptions } from "./table-descriptions.ts";

test("an empty description has Debezium's default settings", () => {
  expect(parseTableDescriptions({})).toEqual({
    settings: {
      decimals: "precise",
      intervals: "numeric",
      binary: "bytes",
      times: "adaptive",
      placeholder: Buffer.from("__debezium_unavailable_value"),
    },
    tables: new Map(),
  });
});

test.each([
  [null, "file"],
  [[], "file"],
  [{ table: {} }, "file.table"],
  [{ debezium: { "decimal.handling.mode": "exact" } }, "debezium.decimal.handling.mode"],
  [{ debezium: { "hstore.handling.mode": "text" } }, "debezium.hstore.handling.mode"],
  [{ debezium: { "unavailable.value.placeholder": "" } }, "debezium.unavailable.value.placeholder"],
  [{ debezium: { "unavailable.value.placeholder": "hex:0" } }, "debezium.unavailable.value.placeholder"],
  [{ debezium: { "unavailable.value.placeholder": 5 } }, "debezium.unavailable.value.placeholder"],
  [{ debezium: { "snapshot.mode": "initial" } }, "debezium.snapshot.mode"],
  [{ tables: { public: [] } }, "tables.public"],
  [{ tables: { public: { t: { columns: { a: 5 } } } } }, "tables.public.t.columns.a"],
  [{ tables: { public: { t: { columns: { a: "numeric(x)" } } } } }, "tables.public.t.columns.a"],
  [{ tables: { public: { t: { replica_identity: "FULL" } } } }, "tables.public.t.replica_identity"],
  [{ tables: { public: { t: { key: "id" } } } }, "tables.public.t.key"],
])("refuses %j with the place in the message", (json, place) => {
  expect(() => parseTableDescriptions(json)).toThrow(
    expect.objectContaining({ code: "BAD_TABLE_DESCRIPTIONS", message: expect.stringContaining(`${place}: expected`) }),
  );
});
