import { expect, test } from "vitest";
import { parseColumnType } from "./column-type.ts";

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
