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
  ["geometry(PointZ,4326)", { base: "geometry", args: [], dimensions: 0 }],
  ["geography(Point)[]", { base: "geography", args: [], dimensions: 1 }],
  ["double precision", { base: "float8", args: [], dimensions: 0 }],
])("reads the type %s", (text, type) => {
  expect(parseColumnType(text)).toEqual(type);
});

test.each(["", "numeric(", "numeric(a)", "[]"])("refuses the type %j", (text) => {
  expect(parseColumnType(text)).toBeUndefined();
});

test.each([
  ["bool", "boolean"],
  ["int2", "smallint"],
  ["int4", "integer", "int"],
  ["int8", "bigint"],
  ["float4", "real"],
  ["float8", "double precision"],
  ["numeric", "decimal"],
  ["varchar", "character varying"],
  ["char", "character", "bpchar"],
  ["varbit", "bit varying"],
  ["time", "time without time zone"],
  ["timetz", "time with time zone"],
  ["timestamp", "timestamp without time zone"],
  ["timestamptz", "timestamp with time zone"],
])("%s is the short name of %s", (base, ...names) => {
  for (const name of [base, ...names]) expect(parseColumnType(name)).toEqual({ base, args: [], dimensions: 0 });
});
