import { describe, expect, test } from "vitest";
import { changeOf, describedAs } from "../fixtures/decode.ts";
import { envelope, extended } from "../fixtures/messages.ts";

describe("a value of a described type, with schemas off", () => {
  const RECOMMENDED = {
    "decimal.handling.mode": "string",
    "interval.handling.mode": "string",
    "binary.handling.mode": "hex",
  };

  test.each<[string, object, string, unknown]>([
    ["int8", {}, "9223372036854775807", "9223372036854775807"],
    ["int8", {}, '"5"', { omitted: "MALFORMED_VALUE" }],
    ["int8", {}, "5.0", { omitted: "MALFORMED_VALUE" }],
    ["bool", {}, "true", true],
    ["bool", {}, "1", { omitted: "MALFORMED_VALUE" }],
    ["float8", {}, "1.0E10", "10000000000"],
    ["float8", {}, '"NaN"', "NaN"],
    ["float8", {}, "-0.0", "-0"],
    ["float8", {}, '""', { omitted: "MALFORMED_VALUE" }],
    ["float8", {}, "[5]", { omitted: "MALFORMED_VALUE" }],
    ["float8", {}, "true", { omitted: "MALFORMED_VALUE" }],
    ["float8", {}, "1e999", { omitted: "MALFORMED_VALUE" }],
    ["float4", {}, "0.1", "0.1"],
    ["float4", {}, "3.4028235E38", "3.4028235e+38"],
    ["float4", {}, "1.4E-45", "1e-45"],
    ["numeric(12,2)", RECOMMENDED, '"30.50"', "30.50"],
    ["numeric", RECOMMENDED, '"NAN"', "NaN"],
    ["numeric", RECOMMENDED, '"NEGATIVE_INFINITY"', "-Infinity"],
    ["numeric(12,2)", RECOMMENDED, '"C+o="', { omitted: "MALFORMED_VALUE" }],
    ["numeric(12,2)", RECOMMENDED, "7", "7"],
    ["numeric(3,-2)", RECOMMENDED, `"12300.${"0".repeat(2046)}"`, { omitted: "OUT_OF_RANGE" }],
    ["numeric(12,2)", {}, '"C+o="', "30.50"],
    ["numeric(3,-2)", {}, '"C+o="', { omitted: "OUT_OF_RANGE" }],
    ["numeric", {}, '{"scale":3,"value":"B1vNFQ=="}', "123456.789"],
    ["numeric(12,2)", { "decimal.handling.mode": "double" }, "30.5", { omitted: "LOSSY_TYPE" }],
    ["money", {}, '"ALxhTg=="', "123456.78"],
    ["money", RECOMMENDED, '"-1234.56"', "-1234.56"],
    ["bytea", RECOMMENDED, '"00ff"', "00ff"],
    ["bytea", RECOMMENDED, '"AP8="', { omitted: "MALFORMED_VALUE" }],
    ["bytea", {}, '"AP8="', "00ff"],
    ["bytea", { "binary.handling.mode": "base64-url-safe" }, '"_-8="', "ffef"],
    ["bit(1)", {}, "true", true],
    ["bit(2)", {}, '"Aw=="', "11"],
    ["bit(7)", {}, '"QA=="', "1000000"],
    ["bit(24)", {}, '"AQID"', "000000110000001000000001"],
    ["bit(2)", {}, '"BA=="', { omitted: "MALFORMED_VALUE" }],
    ["varbit(5)", {}, '"Aw=="', { omitted: "LOSSY_TYPE" }],
    ["date", {}, "19782", "2024-02-29"],
    ["date", {}, "-719163", "0001-12-31 BC"],
    ["date", {}, "-2147472692", { omitted: "OUT_OF_RANGE" }],
    ["time(3)", {}, "86400000", "24:00:00.000000"],
    ["time", {}, "1", "00:00:00.000001"],
    ["time", {}, "-1", { omitted: "MALFORMED_VALUE" }],
    ["time(3)", { "time.precision.mode": "adaptive_time_microseconds" }, "1000", "00:00:00.001000"],
    ["timestamp(3)", {}, "-1", "1969-12-31T23:59:59.999000"],
    ["timestamp", {}, "1529507596945104", "2018-06-20T15:13:16.945104"],
    ["timestamp(3)", { "time.precision.mode": "microseconds" }, "1000", "1970-01-01T00:00:00.001000"],
    ["timestamp", { "time.precision.mode": "connect" }, "1000", { omitted: "LOSSY_TYPE" }],
    ["timestamp(3)", { "time.precision.mode": "connect" }, "1000", "1970-01-01T00:00:01.000000"],
    ["timestamp", {}, "9223372036825200000", { omitted: "OUT_OF_RANGE" }],
    ["timestamptz", {}, '"2024-02-29T18:29:59.999999Z"', "2024-02-29T18:29:59.999999Z"],
    ["timestamptz", {}, '"-0043-03-15T10:00:00Z"', "0044-03-15T10:00:00.000000Z BC"],
    ["timestamptz", {}, '"+12345-06-07T01:02:03Z"', "12345-06-07T01:02:03.000000Z"],
    ["timestamptz", {}, '"infinity"', "infinity"],
    ["timestamptz", {}, '"2024-02-29T18:29:59.9999991Z"', { omitted: "MALFORMED_VALUE" }],
    ["timestamptz", {}, '"2024-02-29 18:29:59+00"', { omitted: "MALFORMED_VALUE" }],
    ["timetz", {}, '"10:00:00Z"', { omitted: "LOSSY_TYPE" }],
    ["interval", RECOMMENDED, '"P1Y2M3DT4H5M6.78S"', "1 year 2 mons 3 days 04:05:06.780000"],
    ["interval", RECOMMENDED, '"P0Y0M0DT0H0M11.442506999S"', "00:00:11.442507"],
    ["interval", RECOMMENDED, '"P0Y1M-1DT0H0M0S"', "1 mon -1 days"],
    ["interval", RECOMMENDED, '"P0Y-1M1DT0H0M1S"', "-1 mons +1 day 00:00:01.000000"],
    ["interval", RECOMMENDED, '"P0Y0M0DT0H0M-0.5S"', "-00:00:00.500000"],
    ["interval", RECOMMENDED, '"1 day"', { omitted: "MALFORMED_VALUE" }],
    ["interval", {}, "37091106780000", { omitted: "LOSSY_TYPE" }],
    ["point", {}, '{"x":1.5,"y":-2.0,"wkb":"","srid":null}', "(1.5,-2)"],
    ["point", {}, '"(1,2)"', { omitted: "MALFORMED_VALUE" }],
    ["name", {}, "null", { omitted: "LOSSY_TYPE" }],
    ["geometry", {}, '{"wkb":"","srid":null}', { omitted: "UNKNOWN_TYPE" }],
    ["mood", {}, '"very happy"', "very happy"],
    ["text", {}, "5", { omitted: "MALFORMED_VALUE" }],
    ["int[]", {}, "[1,null]", ["1", null]],
    ["int[]", {}, '[1,"x"]', { omitted: "MALFORMED_VALUE" }],
    ["int[]", {}, '"{1}"', { omitted: "MALFORMED_VALUE" }],
    ["int[][]", {}, "[null,null]", { omitted: "LOSSY_TYPE" }],
    ["text[]", {}, '["[Ljava.lang.String;@6e0bb1bd"]', { omitted: "LOSSY_TYPE" }],
    ["time[]", {}, "[0]", { omitted: "OUT_OF_RANGE" }],
    ["timestamp(3)[]", {}, "[5]", { omitted: "UNKNOWN_TYPE" }],
    ["timestamp[]", {}, "[5]", ["1970-01-01T00:00:00.000005"]],
    ["date[]", {}, "[-141428]", { omitted: "OUT_OF_RANGE" }],
    ["timestamptz[]", {}, '["1582-10-10T00:00:00Z"]', { omitted: "OUT_OF_RANGE" }],
  ])("%s under %j: %s", (type, settings, json, expected) => {
    const text = JSON.stringify(envelope({})).replace('{"id":1}', `{"v":${json}}`);
    const { after, omitted } = changeOf(extended(text), describedAs({ v: type }, settings));
    const code = omitted?.after?.["v"];
    expect(code === undefined ? after?.["v"] : { omitted: code }).toEqual(expected);
  });

  test("a date of a snapshot is omitted where Java's old calendar jumps", () => {
    const text = JSON.stringify(envelope({ op: "r" })).replace('{"id":1}', '{"v":-141428}');
    expect(changeOf(extended(text), describedAs({ v: "date" })).omitted).toEqual({ after: { v: "OUT_OF_RANGE" } });
  });
});
