import { describe, expect, test } from "vitest";
import { changeOf, describedAs } from "../fixtures/decode.ts";
import { envelope, extended } from "../fixtures/messages.ts";

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
    ["a map", { type: "map" }, { a: "b" }, { omitted: "UNKNOWN_TYPE" }],
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

  test("a column that the schema does not name is omitted", () => {
    const schema = { type: "struct", fields: [{ type: "struct", fields: [], field: "after" }] };
    const entry = changeOf(extended({ schema, payload: envelope({}) }));
    expect(entry.omitted).toEqual({ after: { id: "UNKNOWN_TYPE" } });
  });

  test("columns named schema and payload are not taken for a schema", () => {
    const { key } = changeOf(extended(envelope({}), { schema: "a", payload: "b" }));
    expect(key).toEqual({ schema: "a", payload: "b" });
  });
});
