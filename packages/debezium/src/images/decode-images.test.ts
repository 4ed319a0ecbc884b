import { describe, expect, test } from "vitest";
import { changeOf, describedAs } from "../fixtures/decode.ts";
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

  test("is complete for a table described as FULL, and without a key", () => {
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

  test("is complete, since only FULL gives such a row", () => {
    expect(changeOf(extended(update))).toMatchObject({ before: { id: "1", a: "x" }, omitted: null });
    expect(changeOf(extended(update), describedAs({}, {}, "full"))).toMatchObject({ before: { id: "1", a: "x" } });
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
    expect(changeOf(extended(envelope({ op: "u", before: row, after: row }))).omitted).toBeNull();
    const other = envelope({ op: "u", before: { id: 1, big: "x" }, after: row });
    expect(changeOf(extended(other)).omitted).toEqual({ after: { big: "UNCHANGED_TOAST" } });
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
