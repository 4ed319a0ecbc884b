import { describe, expect, test } from "vitest";
import { changeOf, describedAs } from "../fixtures/decode.ts";
import { envelope, extended } from "../fixtures/messages.ts";

const GEOMETRY = { wkb: "AQEAACDmEAAAAAAAAAAAJEAAAAAAAAA0QA==", srid: 4326 };
const GEOMETRY_TEXT = "0101000020E610000000000000000024400000000000003440";

describe("a value with schemas on", () => {
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
    ["bytes that are not base64", { type: "bytes" }, "A", { omitted: "MALFORMED_VALUE" }],
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
    ["an unknown name", { type: "string", name: "com.example.Thing" }, "x", { omitted: "UNKNOWN_TYPE" }],
    ["a map, which is an hstore", { type: "map" }, { a: "b", A: null }, '"A"=>NULL, "a"=>"b"'],
    ["a map of other values", { type: "map" }, { a: 5 }, { omitted: "MALFORMED_VALUE" }],
    ["IsoDate", { type: "string", name: "io.debezium.time.IsoDate" }, "2024-02-29Z", "2024-02-29"],
    ["IsoTime", { type: "string", name: "io.debezium.time.IsoTime" }, "02:30:00.5Z", "02:30:00.500000"],
    [
      "IsoTime's midnight",
      { type: "string", name: "io.debezium.time.IsoTime" },
      "00:00:00Z",
      { omitted: "OUT_OF_RANGE" },
    ],
    [
      "IsoTimestamp",
      { type: "string", name: "io.debezium.time.IsoTimestamp" },
      "-0043-03-15T10:00:00.5Z",
      "0044-03-15T10:00:00.500000 BC",
    ],
    ["NanoTime", { type: "int64", name: "io.debezium.time.NanoTime" }, 1000, "00:00:00.000001"],
    ["NanoTimestamp", { type: "int64", name: "io.debezium.time.NanoTimestamp" }, 1000, "1970-01-01T00:00:00.000001"],
    ["a geometry", { type: "struct", name: "io.debezium.data.geometry.Geometry" }, GEOMETRY, GEOMETRY_TEXT],
    ["a geography", { type: "struct", name: "io.debezium.data.geometry.Geography" }, GEOMETRY, GEOMETRY_TEXT],
    ["a vector", { type: "array", name: "io.debezium.data.DoubleVector" }, [1, 2.5], "[1,2.5]"],
    ["a halfvec", { type: "array", name: "io.debezium.data.FloatVector" }, [1, 2.5], "[1,2.5]"],
    [
      "a sparsevec",
      { type: "struct", name: "io.debezium.data.SparseDoubleVector" },
      {
        dimensions: 5,
        vector: [
          [3, 2],
          [1, 1.5],
        ],
      },
      "{1:1.5,3:2}/5",
    ],
    [
      "an undescribed bit string that is null",
      { type: "bytes", name: "io.debezium.data.Bits" },
      null,
      { omitted: "LOSSY_TYPE" },
    ],
    ["an array without element type", { type: "array" }, [1], { omitted: "UNKNOWN_TYPE" }],
    ["an integer as text", { type: "int32" }, "5", { omitted: "MALFORMED_VALUE" }],
    ["null", { type: "int32" }, null, null],
  ])("%s", (_, node, value, expected) => {
    expect(withSchema(node, value)).toEqual(expected);
  });

  test("a description distinguishes types that have the same schema", () => {
    const bits = { type: "bytes", name: "io.debezium.data.Bits", parameters: { length: "8" } };
    expect(withSchema(bits, "gQ==", { v: "bit(8)" })).toBe("10000001");
    expect(withSchema({ type: "string" }, "NAN")).toBe("NAN");
    expect(withSchema({ type: "string" }, "NAN", { v: "numeric" })).toBe("NaN");
    expect(withSchema({ type: "double" }, 1.5, { v: "numeric(4,2)" })).toEqual({ omitted: "LOSSY_TYPE" });
  });

  test("the setting shows whether the text of a bytea is hex or base64", () => {
    const fields = [{ type: "string", field: "v" }];
    const schema = { type: "struct", fields: [{ type: "struct", fields, field: "after" }] };
    const decoded = (text: string, binary?: string): unknown => {
      const settings = binary === undefined ? {} : { "binary.handling.mode": binary };
      const message = extended({ schema, payload: envelope({ after: { v: text } }) });
      const { after, omitted } = changeOf(message, describedAs({ v: "bytea" }, settings));
      return after?.["v"] ?? omitted?.after?.["v"];
    };
    expect(decoded("00ff", "hex")).toBe("00ff");
    expect(decoded("AP8=", "hex")).toBe("MALFORMED_VALUE");
    expect(decoded("AP8=", "base64")).toBe("00ff");
    expect(decoded("----", "base64-url-safe")).toBe("fbefbe");
    expect(decoded("00ff")).toBe("UNKNOWN_TYPE");
  });

  test("a description shows how many digits a time has", () => {
    const time = { type: "array", items: { type: "int64", name: "io.debezium.time.MicroTime" } };
    expect(withSchema(time, [9_000_123_000])).toEqual({ omitted: "LOSSY_TYPE" });
    expect(withSchema(time, [9_000_123_000], { v: "time[]" })).toEqual({ omitted: "LOSSY_TYPE" });
    expect(withSchema(time, [9_000_123_000], { v: "time(3)[]" })).toEqual(["02:30:00.123000"]);
    expect(withSchema(time, [9_000_123_000], { v: "time(4)[]" })).toEqual({ omitted: "LOSSY_TYPE" });
    expect(withSchema(time, [null])).toEqual([null]);
    const coarse = { type: "array", items: { type: "int32", name: "io.debezium.time.Time" } };
    expect(withSchema(coarse, [9_000_123])).toEqual(["02:30:00.123000"]);
    const connect = { type: "int64", name: "org.apache.kafka.connect.data.Timestamp" };
    expect(withSchema(connect, 5, { v: "timestamp(3)" })).toBe("1970-01-01T00:00:00.005000");
    expect(withSchema(connect, 5, { v: "timestamp" })).toEqual({ omitted: "LOSSY_TYPE" });
  });

  test("a described type of which no value is certain is omitted, null too", () => {
    expect(withSchema({ type: "bytes", name: "io.debezium.data.Bits" }, null, { v: "bit(8)[]" })).toEqual({
      omitted: "LOSSY_TYPE",
    });
    expect(withSchema({ type: "boolean" }, null, { v: "bit(1)[]" })).toEqual({ omitted: "LOSSY_TYPE" });
    expect(withSchema({ type: "boolean" }, true, { v: "varbit(1)" })).toEqual({ omitted: "LOSSY_TYPE" });
    expect(withSchema({ type: "string" }, "'cat'", { v: "tsquery" })).toEqual({ omitted: "UNKNOWN_TYPE" });
    expect(withSchema({ type: "bytes", name: "io.debezium.data.Bits" }, null, { v: "bit(8)" })).toBeNull();
  });

  test("a column that the schema does not name is omitted", () => {
    const schema = { type: "struct", fields: [{ type: "struct", fields: [], field: "after" }] };
    const entry = changeOf(extended({ schema, payload: envelope({}) }));
    expect(entry.omitted).toEqual({ after: { id: "UNKNOWN_TYPE" } });
  });

  test("a wrapper whose schema is null is taken off", () => {
    expect(changeOf(extended({ schema: null, payload: envelope({}) })).after).toEqual({ id: "1" });
    expect(changeOf(extended(envelope({}), { schema: null, payload: { id: 2 } })).key).toEqual({ id: "2" });
  });

  test("columns named schema and payload are not taken for a schema", () => {
    const { key } = changeOf(extended(envelope({}), { schema: "a", payload: "b" }));
    expect(key).toEqual({ schema: "a", payload: "b" });
  });
});
