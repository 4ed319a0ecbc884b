import { describe, expect, test } from "vitest";
import { createDecoder } from "./decoder.ts";
import { changeOf, decode } from "./fixtures/decode.ts";
import { compact, envelope, extended, SOURCE } from "./fixtures/messages.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("an entry", () => {
  test("has every fact that the carrier gives", () => {
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

  test("has null for a fact that the carrier does not give", () => {
    const { run, txOrder, capturedAt, lsn } = changeOf(
      extended(envelope({ ts_ms: null, source: { ...SOURCE, lsn: null } })),
    );
    expect({ run, txOrder, capturedAt, lsn }).toEqual({ run: null, txOrder: null, capturedAt: null, lsn: null });
  });

  test.each([
    ["c", "INSERT"],
    ["u", "UPDATE"],
    ["r", "SNAPSHOT"],
  ])("of op %s is %s", (op, operation) => {
    expect(changeOf(extended(envelope({ op }))).operation).toBe(operation);
  });

  test("may be a delete or a truncate", () => {
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

  test("is decoded the same in both formats", () => {
    expect(decode(compact(envelope({ op: "r" })))).toEqual(decode(extended(envelope({ op: "r" }))));
  });

  test("has its time from the microseconds or milliseconds if there are no nanoseconds", () => {
    expect(changeOf(extended(envelope({ ts_us: 5 }))).capturedAt).toBe("5000");
    expect(changeOf(extended(envelope({ ts_ms: 5 }))).capturedAt).toBe("5000000");
  });

  test("keeps the names of columns with escapes apart, after one that is a backslash", () => {
    for (const name of ["\\", '"', "\n"])
      expect(changeOf(extended(envelope({ after: { [name]: "x" } }))).after).toEqual({ [name]: "x" });
  });

  test("keeps schema and table apart, and accepts any name", () => {
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

describe("maxEntryBytes", () => {
  const decodeUpTo = (maxEntryBytes: number): ReturnType<typeof createDecoder> =>
    createDecoder({ nameDatabase: () => "erp", maxEntryBytes });

  test("limits the sum of names and values", () => {
    const fields = extended(envelope({}));
    const size = fields.reduce((sum, { length }) => sum + length, 0);
    expect(decodeUpTo(size)(fields)).toMatchObject({ kind: "change" });
    expect(decodeUpTo(size - 1)(fields)).toEqual({ kind: "poison", database: "erp", reason: "ENTRY_TOO_LARGE" });
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
    // A field twice: which of the two is meant cannot be known, even if they are equal.
    ["UNKNOWN_SHAPE", [...extended(envelope({})), ...extended(envelope({}))]],
    ["UNKNOWN_SHAPE", [...extended(envelope({})), bytes("key"), bytes('{"id":1}')]],
    ["UNKNOWN_SHAPE", [...extended(envelope({}), { id: 1 }, { h: "1" }), bytes("h"), bytes("1")]],
    ["UNKNOWN_SHAPE", [...extended(envelope({})), bytes("h")]],
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
    ["ENTRY_TOO_LARGE", [bytes("value"), new Uint8Array((32 << 20) + 1), bytes("key"), bytes("default")]],
  ])("%s", (reason, fields) => {
    expect(decode(fields)).toEqual({ kind: "poison", database: "unknown", reason });
  });

  test("an error that is no refusal of an entry becomes poison, never an exception", () => {
    const broken = createDecoder({
      nameDatabase: (name) => {
        if (name !== undefined) throw new Error("a bug");
        return "erp";
      },
    });
    expect(broken(extended(envelope({})))).toEqual({ kind: "poison", database: "erp", reason: "DECODER_FAILED" });
  });
});
