import { expect, test } from "vitest";
import { parseColumnType } from "./column-type.ts";
import { parseTableDescriptions } from "./table-descriptions.ts";

test("nothing need be described: settings are then Debezium's own", () => {
  expect(parseTableDescriptions({})).toEqual({
    settings: { decimals: "precise", intervals: "numeric", binary: "bytes", times: "adaptive" },
    tables: new Map(),
  });
});

test.each([
  [null, "file"],
  [[], "file"],
  [{ table: {} }, "file.table"],
  [{ debezium: { "decimal.handling.mode": "exact" } }, "debezium.decimal.handling.mode"],
  [{ debezium: { "snapshot.mode": "initial" } }, "debezium.snapshot.mode"],
  [{ tables: { public: [] } }, "tables.public"],
  [{ tables: { public: { t: { columns: { a: 5 } } } } }, "tables.public.t.columns.a"],
  [{ tables: { public: { t: { columns: { a: "numeric(x)" } } } } }, "tables.public.t.columns.a"],
  [{ tables: { public: { t: { replica_identity: "FULL" } } } }, "tables.public.t.replica_identity"],
  [{ tables: { public: { t: { key: "id" } } } }, "tables.public.t.key"],
])("refuses %j and names the place", (json, place) => {
  expect(() => parseTableDescriptions(json)).toThrow(
    expect.objectContaining({ code: "BAD_TABLE_DESCRIPTIONS", message: expect.stringContaining(`${place}: expected`) }),
  );
});

test.each([
  ["int", { base: "int4", args: [], dimensions: 0 }],
  ["character varying(10)", { base: "varchar", args: [10], dimensions: 0 }],
  ["NUMERIC(12, 2)[]", { base: "numeric", args: [12, 2], dimensions: 1 }],
  ["numeric(3,-2)", { base: "numeric", args: [3, -2], dimensions: 0 }],
  ["timestamp(3) without time zone", { base: "timestamp", args: [3], dimensions: 0 }],
  ["time with time zone", { base: "timetz", args: [], dimensions: 0 }],
  ["interval year to month", { base: "interval", args: [], dimensions: 0 }],
  ["text[][]", { base: "text", args: [], dimensions: 2 }],
  ["double precision", { base: "float8", args: [], dimensions: 0 }],
])("reads the type %s", (text, type) => {
  expect(parseColumnType(text)).toEqual(type);
});

test.each(["", "numeric(", "numeric(a)", "[]"])("refuses the type %j", (text) => {
  expect(parseColumnType(text)).toBeUndefined();
});
