import { describe, expect, test } from "vitest";
import { changeOf, decode, describedAs } from "../fixtures/decode.ts";
import { compact, envelope, extended } from "../fixtures/messages.ts";

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

  test("without a type are recorded as their own text, digit by digit", () => {
    const text = JSON.stringify(envelope({})).replace(
      '{"id":1}',
      '{"a":9007199254740993,"b":1.50,"c":true,"d":null,"e":["x",1],"f":{"k":1}}',
    );
    const { after, omitted } = changeOf(extended(text));
    expect(after).toEqual({ a: "9007199254740993", b: "1.50", c: true, d: null, e: ["x", "1"] });
    expect(omitted).toEqual({ after: { f: "UNKNOWN_TYPE" } });
  });

  test("with a lone surrogate are omitted", () => {
    const text = JSON.stringify(envelope({})).replace('{"id":1}', '{"id":1,"a":"\\ud800"}');
    expect(changeOf(extended(text)).omitted).toEqual({ after: { a: "MALFORMED_VALUE" } });
  });

  test("may hold megabytes of hex", () => {
    const big = "00ff".repeat(1 << 20);
    const decoder = describedAs({ big: "bytea" }, { "binary.handling.mode": "hex" });
    expect(changeOf(extended(envelope({ after: { big } })), decoder).after?.["big"]).toBe(big);
  });

  test("of 20 MB are decoded in bounded time", { timeout: 60_000 }, () => {
    const big = "x".repeat(20 << 20);
    // Processor time: the clock would measure the other load of the machine too.
    const start = process.cpuUsage();
    expect(changeOf(extended(envelope({ after: { id: 1, big } }))).after?.["big"]).toHaveLength(20 << 20);
    const { user, system } = process.cpuUsage(start);
    expect(user + system).toBeLessThan(10_000_000);
  });
});

describe("REPLICA_IDENTITY: the row before a delete", () => {
  const deletion = envelope({ op: "d", before: { id: 1, a: "made up?" }, after: null });

  test("is its key alone", () => {
    expect(changeOf(extended(deletion))).toMatchObject({
      before: { id: "1" },
      omitted: { before: { a: "REPLICA_IDENTITY" } },
    });
  });

  test.each([
    [deletion, { id: 1 }],
    [deletion, "default"],
  ])("is complete for a table described as FULL: %j with the key %j", (value, key) => {
    expect(changeOf(extended(value, key), describedAs({}, {}, "full"))).toMatchObject({
      before: { id: "1", a: "made up?" },
      omitted: null,
    });
  });

  // Debezium sends no key for a table that was dropped or renamed before it read the table's key.
  test.each(["default", "null"])("is made up altogether without a key (%s)", (key) => {
    const omitted = { before: { id: "REPLICA_IDENTITY", a: "REPLICA_IDENTITY" } };
    for (const decoder of [decode, describedAs({})])
      expect(changeOf(extended(deletion, key), decoder)).toMatchObject({ before: {}, omitted });
    expect(changeOf(compact(deletion, key))).toMatchObject({ before: {}, omitted });
  });
});

describe("REPLICA_IDENTITY: the row before an update", () => {
  const update = envelope({ op: "u", before: { id: 1, a: "x" }, after: { id: 1, a: "y" } });

  test("is complete for a table described as FULL", () => {
    const entry = changeOf(extended(update), describedAs({}, {}, "full"));
    expect(entry).toMatchObject({ before: { id: "1", a: "x" }, omitted: null });
  });

  test("is its key alone for a table that is not described", () => {
    expect(changeOf(extended(update))).toMatchObject({
      before: { id: "1" },
      after: { id: "1", a: "y" },
      omitted: { before: { a: "REPLICA_IDENTITY" } },
    });
  });

  test("is made up altogether without a key", () => {
    expect(changeOf(extended(update, "default"))).toMatchObject({
      before: {},
      after: { id: "1", a: "y" },
      omitted: { before: { id: "REPLICA_IDENTITY", a: "REPLICA_IDENTITY" } },
    });
  });

  test.each(["default", "index", "nothing"])("is its key alone for a table described as %s", (identity) => {
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

  test.each(PLACEHOLDERS.map((value) => [value]))("omits a placeholder in an update: %j", (value) => {
    const entry = changeOf(extended(envelope({ op: "u", after: { id: 1, big: value } })));
    expect(entry).toMatchObject({ after: { id: "1" }, omitted: { after: { big: "UNCHANGED_TOAST" } } });
  });

  test("keeps a value that the row before holds too, since a user stored it", () => {
    const row = { id: 1, big: "__debezium_unavailable_value" };
    const isFull = describedAs({}, {}, "full");
    expect(changeOf(extended(envelope({ op: "u", before: row, after: row })), isFull).omitted).toBeNull();
    const other = envelope({ op: "u", before: { id: 1, big: "x" }, after: row });
    expect(changeOf(extended(other), isFull).omitted).toEqual({ after: { big: "UNCHANGED_TOAST" } });
  });

  test("omits a placeholder in an insert only if the insert may be half of a change of the key", () => {
    const insert = envelope({ after: { id: 1, big: "__debezium_unavailable_value" } });
    expect(changeOf(extended(insert)).omitted).toBeNull();
    expect(changeOf(extended(insert, { id: 1 }, { "__DEBEZIUM.OLDKEY": '{"id":2}' })).omitted).toEqual({
      after: { big: "UNCHANGED_TOAST" },
    });
    expect(changeOf(compact(insert)).omitted).toEqual({ after: { big: "UNCHANGED_TOAST" } });
  });
});

describe("UNCHANGED_TOAST: a placeholder of one's own", () => {
  const text = "<unver\u00e4ndert>";
  const setting = { "unavailable.value.placeholder": text };
  // The numbers and the UUID are those of a real Debezium with this placeholder.
  const PLACEHOLDERS = [
    text,
    [text],
    Buffer.from(text).toString("base64"),
    [Buffer.from(text).toString("base64")],
    ["3fd350eb-a575-3ea8-8f1d-0d661e52cc5c"],
    [60, 117, 110, 118, 101, 114, -61, -92, 110, 100, 101, 114, 116, 62],
    `{"${text}":"${text}"}`,
    { [text]: text },
  ];
  const update = (value: unknown): Uint8Array[] => extended(envelope({ op: "u", after: { id: 1, big: value } }));

  test.each(PLACEHOLDERS.map((value) => [value]))("is one in each form: %j", (value) => {
    expect(changeOf(update(value), describedAs({}, setting)).omitted).toEqual({ after: { big: "UNCHANGED_TOAST" } });
    expect(changeOf(update(value)).omitted?.after?.["big"]).not.toBe("UNCHANGED_TOAST");
  });

  test("may be given in hex, and replaces Debezium's", () => {
    const inHex = { "unavailable.value.placeholder": `hex:${Buffer.from(text).toString("hex")}` };
    expect(changeOf(update(text), describedAs({}, inHex)).omitted).toEqual({ after: { big: "UNCHANGED_TOAST" } });
    expect(changeOf(update("__debezium_unavailable_value"), describedAs({}, setting)).omitted).toBeNull();
  });

  test("is found in an hstore of text with every escape that Java writes", () => {
    const odd = { "unavailable.value.placeholder": 'a"\\\n\u001b' };
    const value = '{"a\\"\\\\\\n\\u001B":"a\\"\\\\\\n\\u001B"}';
    expect(changeOf(update(value), describedAs({}, odd)).omitted).toEqual({ after: { big: "UNCHANGED_TOAST" } });
  });
});

describe("UNCHANGED_TOAST: null for a value that has no placeholder", () => {
  const update = (members: object = {}): object => envelope({ op: "u", after: { id: 1, v: null }, ...members });
  const omittedUnder = (type: string, settings = {}, identity = "default"): unknown =>
    changeOf(extended(update()), describedAs({ v: type }, settings, identity)).omitted?.after?.["v"];

  test.each<[string, object]>([
    ...["float8[]", "int2[]", "numeric(3,1)[]", "mood[]", "time[]", "inet[]", "vector", "geometry", "sparsevec"].map(
      (type): [string, object] => [type, {}],
    ),
    ["numeric", {}],
    ["numeric(29,2)", {}],
    ["numeric", { "decimal.handling.mode": "double" }],
    ["bytea", { "binary.handling.mode": "base64" }],
    ["bytea", { "binary.handling.mode": "base64-url-safe" }],
    ["bytea[]", { "binary.handling.mode": "hex" }],
    ["date[]", { "time.precision.mode": "connect" }],
    ["date[]", { "time.precision.mode": "isostring" }],
    ["bit(129)", {}],
    ["varbit", {}],
    ["varbit(129)", {}],
  ])("an update's null is not certain: %s under %j", (type, settings) => {
    expect(omittedUnder(type, settings)).toBe("UNCHANGED_TOAST");
  });

  test.each<[string, object]>([
    ...["text", "int4", "int4[]", "int8[]", "text[]", "varchar(5)[]", "char(3)[]", "json[]", "jsonb[]", "uuid[]"].map(
      (type): [string, object] => [type, {}],
    ),
    ...["hstore", "numeric(28,2)", "bit(128)", "bit", "varbit(128)", "date[]", "bytea", "bytea[]", "mood"].map(
      (type): [string, object] => [type, {}],
    ),
    ["numeric", { "decimal.handling.mode": "string" }],
    ["bytea", { "binary.handling.mode": "hex" }],
  ])("an update's null is one: %s under %j", (type, settings) => {
    expect(omittedUnder(type, settings)).toBeUndefined();
  });

  const node = (schema: object): object => ({
    type: "struct",
    fields: [
      {
        type: "struct",
        field: "after",
        fields: [
          { type: "int32", field: "id" },
          { ...schema, field: "v" },
        ],
      },
    ],
  });
  const decimal = (precision: string): object => ({
    type: "bytes",
    name: "org.apache.kafka.connect.data.Decimal",
    parameters: { scale: "2", "connect.decimal.precision": precision },
  });
  const arrayOf = (items: object): object => ({ type: "array", items });

  test.each<[object, string | undefined, string, object]>([
    [{ type: "struct", name: "io.debezium.data.VariableScaleDecimal" }, "UNCHANGED_TOAST", "numeric", {}],
    [decimal("29"), "UNCHANGED_TOAST", "numeric(29,2)", {}],
    [decimal("28"), undefined, "numeric(28,2)", {}],
    [{ type: "bytes", name: "org.apache.kafka.connect.data.Decimal" }, undefined, "money", {}],
    [{ type: "double" }, "UNCHANGED_TOAST", "numeric", {}],
    [{ type: "double" }, undefined, "float8", {}],
    [
      { type: "bytes", name: "io.debezium.data.Bits", parameters: { length: "129" } },
      "UNCHANGED_TOAST",
      "bit(129)",
      {},
    ],
    [{ type: "bytes", name: "io.debezium.data.Bits", parameters: { length: "128" } }, undefined, "bit(128)", {}],
    [{ type: "string" }, "UNCHANGED_TOAST", "bytea", { "binary.handling.mode": "base64" }],
    [{ type: "string" }, undefined, "bytea", { "binary.handling.mode": "hex" }],
    [{ type: "string" }, undefined, "text", { "binary.handling.mode": "base64" }],
    [arrayOf({ type: "string" }), undefined, "text[]", {}],
    [arrayOf({ type: "string" }), "UNCHANGED_TOAST", "citext[]", {}],
    [arrayOf({ type: "double" }), "UNCHANGED_TOAST", "float8[]", {}],
    [arrayOf({ type: "int32" }), undefined, "int4[]", {}],
    [arrayOf({ type: "int64" }), undefined, "int8[]", {}],
    [arrayOf({ type: "int64" }), "UNCHANGED_TOAST", "oid[]", {}],
    [arrayOf({ type: "bytes" }), undefined, "bytea[]", {}],
    [arrayOf({ type: "int32", name: "io.debezium.time.Date" }), undefined, "date[]", {}],
    [arrayOf({ type: "string", name: "io.debezium.data.Uuid" }), undefined, "uuid[]", {}],
    [{ type: "array", name: "io.debezium.data.DoubleVector" }, "UNCHANGED_TOAST", "vector", {}],
  ])("with schemas on, the schema decides: %j gives %s for %s under %j", (schema, code, type, settings) => {
    const message = extended({ schema: node(schema), payload: update() });
    expect(changeOf(message, describedAs({ v: type }, settings)).omitted?.after?.["v"]).toBe(code);
  });

  test("is certain in other changes, and beside the row before of a table with FULL", () => {
    const before = { id: 1, v: [1.5] };
    const isFull = describedAs({ v: "float8[]" }, {}, "full");
    expect(changeOf(extended(update({ before })), isFull).after?.["v"]).toBeNull();
    expect(omittedUnder("float8[]", {}, "full")).toBe("UNCHANGED_TOAST");
    expect(changeOf(extended(update({ before })), describedAs({ v: "float8[]" })).omitted?.after).toEqual({
      v: "UNCHANGED_TOAST",
    });
    expect(changeOf(extended(update({ op: "c" })), describedAs({ v: "float8[]" })).after?.["v"]).toBeNull();
    expect(changeOf(extended(update({ op: "r" })), describedAs({ v: "float8[]" })).after?.["v"]).toBeNull();
    const insert = compact(update({ op: "c" }));
    expect(changeOf(insert, isFull).after?.["v"]).toBeNull();
    expect(changeOf(insert, describedAs({ v: "float8[]" })).omitted?.after).toEqual({ v: "UNCHANGED_TOAST" });
  });
});

describe("a described column that the message does not have", () => {
  const columns = { id: "int4", a: "text", fees: "money[]" };

  test("is named for each whole row that is certain", () => {
    const full = describedAs(columns, {}, "full");
    const row = { id: 1, a: "x" };
    expect(changeOf(extended(envelope({ op: "u", before: row, after: row })), full).omitted).toEqual({
      before: { fees: "UNKNOWN_TYPE" },
      after: { fees: "UNKNOWN_TYPE" },
    });
    expect(changeOf(extended(envelope({ op: "d", before: row, after: null })), full).omitted).toEqual({
      before: { fees: "UNKNOWN_TYPE" },
    });
    expect(changeOf(extended(envelope({ after: row })), full).omitted).toEqual({ after: { fees: "UNKNOWN_TYPE" } });
  });

  test("is named as made up in a row of which only the key is certain", () => {
    const deletion = envelope({ op: "d", before: { id: 1, a: null }, after: null });
    expect(changeOf(extended(deletion), describedAs(columns)).omitted).toEqual({
      before: { a: "REPLICA_IDENTITY", fees: "REPLICA_IDENTITY" },
    });
  });

  test("is not named for a key, nor where there is no row", () => {
    const update = envelope({ op: "u", before: null, after: { id: 1, a: "x" } });
    expect(changeOf(extended(update), describedAs(columns)).omitted).toEqual({
      after: { fees: "UNKNOWN_TYPE" },
    });
    const deletion = envelope({ op: "d", before: null, after: null });
    expect(changeOf(extended(deletion), describedAs(columns)).omitted).toBeNull();
    expect(changeOf(extended(envelope({ op: "t", after: null })), describedAs(columns)).omitted).toBeNull();
  });

  test("is named with schemas on, and whatever its name", () => {
    const fields = [{ type: "int32", field: "id" }];
    const schema = { type: "struct", fields: [{ type: "struct", fields, field: "after" }] };
    const message = extended({ schema, payload: envelope({}) });
    const decoder = describedAs({ id: "int4", ["constructor"]: "xml[]" });
    expect(changeOf(message, decoder).omitted).toEqual({ after: { ["constructor"]: "UNKNOWN_TYPE" } });
  });
});
