import type { Change, Entry } from "@etrap/batcher";
import { describe, expect, test } from "vitest";
import { createDecoder } from "./decoder.ts";
import { parseTableDescriptions } from "./table-descriptions.ts";
import { compact, envelope, extended, SOURCE } from "./testing/messages.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = createDecoder({ nameDatabase: (name) => name ?? "unknown" });

function changeOf(fields: readonly Uint8Array[], decoder = decode): Change {
  const entry = decoder(fields);
  if (entry.kind !== "change") throw new Error(`expected a change, got ${JSON.stringify(entry)}`);
  return entry;
}

const describedAs = (
  columns: Record<string, string>,
  debezium: object = {},
  identity = "default",
): ((fields: readonly Uint8Array[]) => Entry) =>
  createDecoder({
    nameDatabase: () => "erp",
    tables: parseTableDescriptions({ debezium, tables: { public: { t: { replica_identity: identity, columns } } } }),
  });

describe("an entry", () => {
  test("tells all that the carrier says", () => {
    const value = envelope({ ts_ns: 1, transaction: { id: "555:1", total_order: 7, data_collection_order: 1 } });
    const headers = { "__DEBEZIUM.CONTEXT.RUNID": '"a-run"' };
    const text = JSON.stringify(value).replace('"ts_ns":1', '"ts_ns":1749855135650123456');
    expect(decode(extended(text, { id: 1 }, headers))).toEqual({
      kind: "change",
      database: "erp",
      schema: "public",
      table: "t",
      operation: "INSERT",
      timestamp: 1_749_855_135_648,
      capturedAt: "1749855135650123456",
      lsn: "24023128",
      txId: "555",
      txOrder: 7,
      run: "a-run",
      key: { id: "1" },
      before: null,
      after: { id: "1" },
      omitted: null,
    });
  });

  test("says null where the carrier says nothing", () => {
    const { run, txOrder, capturedAt, lsn } = changeOf(
      extended(envelope({ ts_ms: null, source: { ...SOURCE, lsn: null } })),
    );
    expect({ run, txOrder, capturedAt, lsn }).toEqual({ run: null, txOrder: null, capturedAt: null, lsn: null });
  });

  test.each([
    ["c", "INSERT"],
    ["u", "UPDATE"],
    ["r", "SNAPSHOT"],
  ])("op %s is %s", (op, operation) => {
    expect(changeOf(extended(envelope({ op }))).operation).toBe(operation);
  });

  test("a delete and a truncate", () => {
    expect(changeOf(extended(envelope({ op: "d", before: { id: 1 }, after: null })))).toMatchObject({
      operation: "DELETE",
      before: { id: "1" },
    });
    expect(changeOf(extended(envelope({ op: "t", after: null }), "default"))).toMatchObject({
      operation: "TRUNCATE",
      key: null,
    });
    expect(changeOf(extended(envelope({ op: "d", before: null, after: null }), "default")).before).toBeNull();
  });

  test("reads the same in both formats", () => {
    expect(decode(compact(envelope({ op: "r" })))).toEqual(decode(extended(envelope({ op: "r" }))));
  });

  test("takes the microsecond and the millisecond where there is no nanosecond", () => {
    expect(changeOf(extended(envelope({ ts_us: 5 }))).capturedAt).toBe("5000");
    expect(changeOf(extended(envelope({ ts_ms: 5 }))).capturedAt).toBe("5000000");
  });

  test("two schemas with one table name are two tables, and no name is too odd", () => {
    for (const [schema, table] of [
      ["audit", "t"],
      ["public", "../../etc"],
      ["__proto__", "constructor"],
      ["a.b", "c d"],
    ]) {
      expect(changeOf(extended(envelope({ source: { ...SOURCE, schema, table } })))).toMatchObject({ schema, table });
    }
  });
});

describe("skips", () => {
  test.each([
    ["TOMBSTONE", extended("default")],
    ["TOMBSTONE", compact("default")],
    ["HEARTBEAT", extended({ ts_ms: 5 }, { serverName: "etrap" })],
    [
      "TRANSACTION",
      extended({ status: "BEGIN", id: "5:6", event_count: null, data_collections: null, ts_ms: 1 }, { id: "5:6" }),
    ],
    [
      "TRANSACTION",
      extended({ status: "END", id: "5:6", event_count: 3, data_collections: [], ts_ms: 1 }, { id: "5:6" }),
    ],
    ["MESSAGE", extended(envelope({ op: "m", message: { prefix: "p", content: "00" } }), { prefix: "p" })],
  ])("%s", (reason, fields) => {
    expect(decode(fields)).toEqual({ kind: "skip", reason });
  });
});

describe("poison", () => {
  test.each<[string, readonly Uint8Array[]]>([
    ["NOT_JSON", extended("{")],
    ["NOT_JSON", extended("")],
    ["NOT_JSON", extended("{} {}")],
    ["NOT_JSON", extended(envelope({}), "not json")],
    ["NOT_JSON", compact("\ufeff{}")],
    ["NOT_UTF8", [bytes("value"), Uint8Array.of(0xff), bytes("key"), bytes("default")]],
    ["DUPLICATE_KEY", extended('{"op":"c","op":"d"}')],
    ["TOO_DEEP", extended(`{"after":${"[".repeat(100)}${"]".repeat(100)}}`)],
    ["TOO_DEEP", extended("[".repeat(1_000_000))],
    ["UNKNOWN_SHAPE", []],
    ["UNKNOWN_SHAPE", [bytes("value")]],
    ["UNKNOWN_SHAPE", [bytes("a"), bytes("1"), bytes("b"), bytes("2")]],
    ["UNKNOWN_SHAPE", [...extended(envelope({})), bytes("value"), bytes("2")]],
    ["UNKNOWN_SHAPE", extended("[]")],
    ["UNKNOWN_SHAPE", extended("5")],
    ["UNKNOWN_SHAPE", extended("{}")],
    ["UNKNOWN_SHAPE", extended({ id: 1, owner: "a flattened row" })],
    ["UNKNOWN_SHAPE", extended(envelope({ after: null }))],
    ["UNKNOWN_SHAPE", extended(envelope({ after: "row" }))],
    ["UNKNOWN_SHAPE", extended(envelope({}), [1])],
    ["UNKNOWN_OPERATION", extended(envelope({ op: "x" }))],
    ["UNKNOWN_OPERATION", extended(envelope({ op: "toString" }))],
    ["UNKNOWN_OPERATION", extended(envelope({ op: null }))],
    ["MISSING_SOURCE", extended(envelope({ source: undefined }))],
    ["MISSING_SOURCE", extended(envelope({ source: { ...SOURCE, connector: "mysql" } }))],
    ["MISSING_SOURCE", extended(envelope({ source: { ...SOURCE, schema: "" } }))],
    ["MISSING_SOURCE", extended(envelope({ source: { ...SOURCE, table: 5 } }))],
    ["ENTRY_TOO_LARGE", [bytes("value"), new Uint8Array((64 << 20) + 1), bytes("key"), bytes("default")]],
  ])("%s", (reason, fields) => {
    expect(decode(fields)).toEqual({ kind: "poison", database: "unknown", reason });
  });

  test("a fault of the decoder's own is poison too, never an exception", () => {
    const broken = createDecoder({
      nameDatabase: (name) => {
        if (name !== undefined) throw new Error("a fault");
        return "erp";
      },
    });
    expect(broken(extended(envelope({})))).toEqual({ kind: "poison", database: "erp", reason: "DECODER_FAILED" });
  });
});

describe("columns", () => {
  test("may have any name", () => {
    const row = '{"id":1,"__proto__":"p","constructor":"c","toString":"t","payload":"x","schema":"y"}';
    const { after } = changeOf(extended(JSON.stringify(envelope({})).replace('{"id":1}', row)));
    expect(Object.entries(after ?? {})).toEqual([
      ["id", "1"],
      ["__proto__", "p"],
      ["constructor", "c"],
      ["toString", "t"],
      ["payload", "x"],
      ["schema", "y"],
    ]);
  });

  test("without a type are their own text, digit by digit", () => {
    const text = JSON.stringify(envelope({})).replace(
      '{"id":1}',
      '{"a":9007199254740993,"b":1.50,"c":true,"d":null,"e":["x",1],"f":{"k":1}}',
    );
    const { after, omitted } = changeOf(extended(text));
    expect(after).toEqual({ a: "9007199254740993", b: "1.50", c: true, d: null, e: ["x", "1"] });
    expect(omitted).toEqual({ after: { f: "UNKNOWN_TYPE" } });
  });

  test("with a lone surrogate are left out", () => {
    const text = JSON.stringify(envelope({})).replace('{"id":1}', '{"id":1,"a":"\\ud800"}');
    expect(changeOf(extended(text)).omitted).toEqual({ after: { a: "MALFORMED_VALUE" } });
  });

  test("of megabytes of hex are read too", () => {
    const big = "00ff".repeat(1 << 20);
    const decoder = describedAs({ big: "bytea" }, { "binary.handling.mode": "hex" });
    expect(changeOf(extended(envelope({ after: { big } })), decoder).after?.["big"]).toBe(big);
  });

  test("of a row of 20 MB are read in bounded time", { timeout: 60_000 }, () => {
    const big = "x".repeat(20 << 20);
    // The processor's time, not the clock's, which tells how busy the machine is.
    const start = process.cpuUsage();
    expect(changeOf(extended(envelope({ after: { id: 1, big } }))).after?.["big"]).toHaveLength(20 << 20);
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(10_000_000);
  });
});

describe("REPLICA_IDENTITY: the row before a delete", () => {
  const deletion = envelope({ op: "d", before: { id: 1, a: "made up?" }, after: null });

  test("is only its key", () => {
    expect(changeOf(extended(deletion))).toMatchObject({
      before: { id: "1" },
      omitted: { before: { a: "REPLICA_IDENTITY" } },
    });
  });

  test("is complete where the table is described as FULL, and without a key", () => {
    expect(changeOf(extended(deletion), describedAs({}, {}, "full"))).toMatchObject({
      before: { id: "1", a: "made up?" },
      omitted: null,
    });
    expect(changeOf(extended(deletion, "default"))).toMatchObject({
      before: { id: "1", a: "made up?" },
      omitted: null,
    });
  });
});

describe("REPLICA_IDENTITY: the row before an update", () => {
  const update = envelope({ op: "u", before: { id: 1, a: "x" }, after: { id: 1, a: "y" } });

  test("is complete, since there is one with FULL alone", () => {
    expect(changeOf(extended(update))).toMatchObject({ before: { id: "1", a: "x" }, omitted: null });
    expect(changeOf(extended(update), describedAs({}, {}, "full"))).toMatchObject({ before: { id: "1", a: "x" } });
  });

  test.each(["default", "index", "nothing"])("is only its key where the table is described as %s", (identity) => {
    const entry = changeOf(extended(update), describedAs({}, {}, identity));
    expect(entry).toMatchObject({ before: { id: "1" }, omitted: { before: { a: "REPLICA_IDENTITY" } } });
  });
});

describe("UNCHANGED_TOAST", () => {
  const codes = Array.from("__debezium_unavailable_value", (character) => character.charCodeAt(0));
  const PLACEHOLDERS = [
    "__debezium_unavailable_value",
    "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==",
    ["__debezium_unavailable_value"],
    ["X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="],
    ["b68a35a7-17ad-35b3-af2a-ae46edb4545a"],
    codes,
    '{"__debezium_unavailable_value":"__debezium_unavailable_value"}',
    { __debezium_unavailable_value: "__debezium_unavailable_value" },
  ];

  test.each(PLACEHOLDERS.map((value) => [value]))("in an update: %j", (value) => {
    const entry = changeOf(extended(envelope({ op: "u", after: { id: 1, big: value } })));
    expect(entry).toMatchObject({ after: { id: "1" }, omitted: { after: { big: "UNCHANGED_TOAST" } } });
  });

  test("not where the row before holds the same: then it is what was stored", () => {
    const row = { id: 1, big: "__debezium_unavailable_value" };
    expect(changeOf(extended(envelope({ op: "u", before: row, after: row }))).omitted).toBeNull();
    const other = envelope({ op: "u", before: { id: 1, big: "x" }, after: row });
    expect(changeOf(extended(other)).omitted).toEqual({ after: { big: "UNCHANGED_TOAST" } });
  });

  test("in an insert only where it may be half of a change of key", () => {
    const insert = envelope({ after: { id: 1, big: "__debezium_unavailable_value" } });
    expect(changeOf(extended(insert)).omitted).toBeNull();
    expect(changeOf(extended(insert, { id: 1 }, { "__DEBEZIUM.OLDKEY": '{"id":2}' })).omitted).toEqual({
      after: { big: "UNCHANGED_TOAST" },
    });
    expect(changeOf(compact(insert)).omitted).toEqual({ after: { big: "UNCHANGED_TOAST" } });
  });
});

describe("described types, schemas off", () => {
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

  test("a date of a snapshot is left out where Java's calendar jumps", () => {
    const text = JSON.stringify(envelope({ op: "r" })).replace('{"id":1}', '{"v":-141428}');
    expect(changeOf(extended(text), describedAs({ v: "date" })).omitted).toEqual({ after: { v: "OUT_OF_RANGE" } });
  });
});

describe("schemas on", () => {
  const withSchema = (node: object, value: unknown, columns: Record<string, string> = {}): unknown => {
    const row = { type: "struct", fields: [{ ...node, field: "v" }] };
    const schema = {
      type: "struct",
      fields: [
        { ...row, field: "before" },
        { ...row, field: "after" },
      ],
    };
    const { after, omitted } = changeOf(
      extended({ schema, payload: envelope({ after: { v: value } }) }),
      describedAs(columns),
    );
    const code = omitted?.after?.["v"];
    return code === undefined ? after?.["v"] : { omitted: code };
  };

  test.each<[string, object, unknown, unknown]>([
    [
      "Decimal",
      { type: "bytes", name: "org.apache.kafka.connect.data.Decimal", parameters: { scale: "2" } },
      "/h3t",
      "-1234.11",
    ],
    [
      "Decimal of a negative scale",
      { type: "bytes", name: "org.apache.kafka.connect.data.Decimal", parameters: { scale: "2046" } },
      "AQ==",
      { omitted: "OUT_OF_RANGE" },
    ],
    [
      "Decimal without scale",
      { type: "bytes", name: "org.apache.kafka.connect.data.Decimal" },
      "AQ==",
      { omitted: "MALFORMED_VALUE" },
    ],
    ["bytes", { type: "bytes" }, "AP8=", "00ff"],
    ["bytes that are none", { type: "bytes" }, "A", { omitted: "MALFORMED_VALUE" }],
    [
      "Bits",
      { type: "bytes", name: "io.debezium.data.Bits", parameters: { length: "8" } },
      "gQ==",
      { omitted: "LOSSY_TYPE" },
    ],
    ["ZonedTime", { type: "string", name: "io.debezium.time.ZonedTime" }, "10:00:00Z", { omitted: "LOSSY_TYPE" }],
    [
      "connect's Timestamp",
      { type: "int64", name: "org.apache.kafka.connect.data.Timestamp" },
      5,
      { omitted: "LOSSY_TYPE" },
    ],
    ["MicroDuration", { type: "int64", name: "io.debezium.time.MicroDuration" }, 5, { omitted: "LOSSY_TYPE" }],
    ["a name nobody knows", { type: "string", name: "com.example.Thing" }, "x", { omitted: "UNKNOWN_TYPE" }],
    ["a map", { type: "map" }, { a: "b" }, { omitted: "UNKNOWN_TYPE" }],
    ["an array without element type", { type: "array" }, [1], { omitted: "UNKNOWN_TYPE" }],
    ["an int that is text", { type: "int32" }, "5", { omitted: "MALFORMED_VALUE" }],
    ["null", { type: "int32" }, null, null],
  ])("%s", (_, node, value, expected) => {
    expect(withSchema(node, value)).toEqual(expected);
  });

  test("a description tells apart what one schema stands for", () => {
    const bits = { type: "bytes", name: "io.debezium.data.Bits", parameters: { length: "8" } };
    expect(withSchema(bits, "gQ==", { v: "bit(8)" })).toBe("10000001");
    expect(withSchema({ type: "string" }, "NAN")).toBe("NAN");
    expect(withSchema({ type: "string" }, "NAN", { v: "numeric" })).toBe("NaN");
    expect(withSchema({ type: "double" }, 1.5, { v: "numeric(4,2)" })).toEqual({ omitted: "LOSSY_TYPE" });
  });

  test("a column that its schema does not name is left out", () => {
    const schema = { type: "struct", fields: [{ type: "struct", fields: [], field: "after" }] };
    const entry = changeOf(extended({ schema, payload: envelope({}) }));
    expect(entry.omitted).toEqual({ after: { id: "UNKNOWN_TYPE" } });
  });

  test("a row with columns called schema and payload is no schema", () => {
    const { key } = changeOf(extended(envelope({}), { schema: "a", payload: "b" }));
    expect(key).toEqual({ schema: "a", payload: "b" });
  });
});
