import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import {
  sampleDocuments,
  sampleHeader,
  samplePoison,
  sampleRow,
  sampleWithheldPoison,
} from "../fixtures/sample-batch.ts";
import { verifyBatch } from "./verify-batch.ts";
import type { BatchDocuments } from "./verify-batch.ts";
import { encodeBatchData, parseBatchData } from "../format/batch-data.ts";
import type { Row } from "../format/batch-data.ts";
import { findRow } from "../query/find-row.ts";
import { createBatchData } from "../build/create-batch-data.ts";
import { encodeDerivedDocuments } from "../build/derived-documents.ts";
import { recordTree } from "../build/record-tree.ts";
import { encodeHeader } from "../format/header.ts";
import { parsePayloadDocument } from "../format/payload-document.ts";
import { ERASED } from "../format/payload.ts";
import { encodeProofFile } from "../format/proof-file.ts";
import { parseIndexDocument } from "../format/tree-documents.ts";
import type { IndexDocument } from "../format/tree-documents.ts";
import { verifyProof } from "./verify-proof.ts";

const rows = Array.from({ length: 5 }, (_, index) => sampleRow(index));
const good = sampleDocuments(rows);

test("a valid batch returns its rows and header", () => {
  const batch = verifyBatch(good);
  expect(batch.rows).toEqual(rows);
  expect(batch.header).toEqual(good.header);
});

test("batch-data.json parses back from its bytes", () => {
  expect(encodeBatchData(parseBatchData(good.batchData))).toEqual(good.batchData);
});

test("batch-data.json keeps the member names of the first version", () => {
  const data = parseBatchData(good.batchData);
  expect(Object.keys(data.batch_info)).toEqual([
    "batch_id",
    "created_at",
    "organization_id",
    "database_name",
    "etrap_agent_version",
  ]);
  expect(data.transactions[2]?.metadata.transaction_id).toBe(`${data.batch_info.batch_id}-2`);
  expect(data.merkle_tree.proof_index?.["tx-4"]).toMatchObject({ sibling_positions: ["left"] });
  expect(data.merkle_tree.proof_index?.["tx-1"]).toMatchObject({ sibling_positions: ["left", "right", "right"] });
});

test("prove refuses an index without a row", () => {
  const thrower = { [Symbol.toPrimitive]: () => expect.unreachable() };
  for (const index of [5, -1, 0.5, Number.NaN, "0", "length", null, undefined, [0], 0n, true, thrower]) {
    const prove: (at: never) => unknown = verifyBatch(good).prove;
    expect(() => prove(index as never)).toThrow(
      expect.objectContaining({ name: "ProofError", code: "BAD_ARGUMENT", place: "index" }),
    );
  }
});

describe("any time that a record can hold", () => {
  const DAY_MS = 86_400_000;
  const MOST_MS = 8_640_000_000_000_000;
  const batchAt = (times: readonly (number | null)[]): ReturnType<typeof sampleDocuments> =>
    sampleDocuments(
      times.map((timestamp, index) => {
        const row = sampleRow(index);
        return { ...row, record: { ...row.record, timestamp } };
      }),
    );
  const derivedOf = (documents: ReturnType<typeof sampleDocuments>): ReadonlyMap<string, Uint8Array> => {
    const { batchId: id, rows } = verifyBatch(documents);
    const records = rows.map(({ record }) => record);
    return encodeDerivedDocuments(id, records, recordTree(records));
  };
  const datesOf = (derived: ReadonlyMap<string, Uint8Array>): IndexDocument["leaves"] =>
    parseIndexDocument("by-date", derived.get("indices/by-date.json") ?? new Uint8Array()).leaves;

  test("is verified, and every leaf is under its date", () => {
    const times = [MOST_MS, MOST_MS + DAY_MS, -MOST_MS - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null];
    const documents = batchAt(times);
    const derived = derivedOf(documents);
    expect(() => verifyBatch({ ...documents, derived })).not.toThrow();
    expect(datesOf(derived)).toEqual({
      "+275760-09-13": [0],
      "+275760-09-14": [1],
      "-271821-04-19": [2],
      "+287396-10-12": [3],
      "-283457-03-21": [4],
      null: [5],
    });
  });

  test("has the date that ECMAScript writes, where it writes one", () => {
    fc.assert(
      fc.property(fc.integer({ min: -MOST_MS, max: MOST_MS }), (timestamp) => {
        const date = new Date(timestamp).toISOString().split("T")[0] ?? "";
        expect(datesOf(derivedOf(batchAt([timestamp])))).toEqual({ [date]: [0] });
      }),
    );
  });

  test("is verified in the older form of by-date.json, and in no other", () => {
    const documents = batchAt([MOST_MS + DAY_MS, null, -MOST_MS - 1, 0]);
    const verifyWith = (leaves: IndexDocument["leaves"]): void => {
      const index = { format: "etrap-index-by-date/0", batch_id: verifyBatch(documents).batchId, leaves };
      const derived = new Map([["indices/by-date.json", encodeCanonical(index)]]);
      verifyBatch({ ...documents, derived });
    };
    expect(() => verifyWith({ null: [0, 1, 2], "1970-01-01": [3] })).not.toThrow();
    for (const leaves of [
      { null: [0, 1, 2, 3] },
      { null: [0, 2], "1970-01-01": [3] },
      { null: [1], "1970-01-01": [3] },
    ])
      expect(() => verifyWith(leaves)).toThrow(expect.objectContaining({ code: "HEADER_MISMATCH" }));
  });
});

describe("every part of the document is checked", () => {
  /** Returns the document with another value at a path. */
  const withChange = (path: readonly (string | number)[], value: unknown): Uint8Array => {
    const data: unknown = JSON.parse(new TextDecoder().decode(good.batchData));
    let at: unknown = data;
    for (const name of path.slice(0, -1)) at = Reflect.get(Object(at), name);
    Reflect.set(Object(at), path.at(-1) ?? "", value);
    return encodeCanonical(data);
  };

  test.each<[(string | number)[], unknown, string, string]>([
    [["batch_info", "created_at"], 1, "HEADER_MISMATCH", "batch_data.batch_info.created_at"],
    [["batch_info", "organization_id"], "other", "HEADER_MISMATCH", "batch_data.batch_info.organization_id"],
    [["batch_info", "database_name"], "other", "HEADER_MISMATCH", "batch_data.batch_info.database_name"],
    [["batch_info", "etrap_agent_version"], "x", "HEADER_MISMATCH", "batch_data.batch_info.etrap_agent_version"],
    [["batch_info", "batch_id"], "BATCH-2025-01-01-0000000000000000-T0", "HEADER_MISMATCH", "batch_id"],
    [["header_digest"], "0".repeat(64), "HEADER_MISMATCH", "batch_data.header_digest"],
    [["header", "agent"], "other", "HEADER_MISMATCH", "batch_data.header.agent"],
    [["header", "seq"], 1, "MALFORMED_DOCUMENT", "etrap-batch.header"],
    [["header", "rules", "excluded_tables"], ["t"], "HEADER_MISMATCH", "batch_data.header.rules.excluded_tables[0]"],
    [["header", "covered", "other"], [[0, "1-0", "2-0"]], "HEADER_MISMATCH", "batch_data.header.covered.other"],
    [["header", "note"], "", "MALFORMED_DOCUMENT", "etrap-batch.header.note"],
    [
      ["transactions", 1, "metadata", "transaction_id"],
      "x",
      "HEADER_MISMATCH",
      "batch_data.transactions[1].metadata.transaction_id",
    ],
    [
      ["transactions", 1, "metadata", "timestamp"],
      5,
      "HEADER_MISMATCH",
      "batch_data.transactions[1].metadata.timestamp",
    ],
    [
      ["transactions", 1, "metadata", "operation_type"],
      "DELETE",
      "HEADER_MISMATCH",
      "batch_data.transactions[1].metadata.operation_type",
    ],
    [
      ["transactions", 1, "metadata", "database_name"],
      "x",
      "HEADER_MISMATCH",
      "batch_data.transactions[1].metadata.database_name",
    ],
    [
      ["transactions", 1, "metadata", "table_affected"],
      "x",
      "HEADER_MISMATCH",
      "batch_data.transactions[1].metadata.table_affected",
    ],
    [
      ["transactions", 1, "metadata", "change_data", "after", "values", "owner"],
      "x",
      "COMMITMENT_MISMATCH",
      "transactions[1].metadata.change_data.after",
    ],
    [["transactions", 1, "record", "lsn"], "1", "ROOT_MISMATCH", "transactions"],
    [
      ["transactions", 1, "record", "position"],
      "1749855135650-0",
      "HEADER_MISMATCH",
      "transactions[1].record.position",
    ],
    [["transactions", 1, "merkle_leaf", "index"], 2, "HEADER_MISMATCH", "batch_data.transactions[1].merkle_leaf.index"],
    [
      ["transactions", 1, "merkle_leaf", "hash"],
      "0".repeat(64),
      "HEADER_MISMATCH",
      "batch_data.transactions[1].merkle_leaf.hash",
    ],
    [["merkle_tree", "root"], "0".repeat(64), "HEADER_MISMATCH", "batch_data.merkle_tree.root"],
    [
      ["merkle_tree", "proof_index", "tx-1", "proof_path", 0],
      "0".repeat(64),
      "HEADER_MISMATCH",
      "batch_data.merkle_tree.proof_index.tx-1.proof_path[0]",
    ],
    [
      ["merkle_tree", "proof_index", "tx-1", "sibling_positions", 0],
      "right",
      "HEADER_MISMATCH",
      "batch_data.merkle_tree.proof_index.tx-1.sibling_positions[0]",
    ],
    [
      ["merkle_tree", "proof_index", "tx-9"],
      { proof_path: [], sibling_positions: [] },
      "HEADER_MISMATCH",
      "batch_data.merkle_tree.proof_index.tx-9",
    ],
    [["transactions", 4], undefined, "ROOT_MISMATCH", "transactions"],
    [["format"], "etrap-batch/7", "UNSUPPORTED_VERSION", "etrap-batch"],
  ])("%j", (path, value, code, place) => {
    const batchData = value === undefined ? withTransactions(4) : withChange(path, value);
    expect(() => verifyBatch({ slot: good.slot, batchData })).toThrow(expect.objectContaining({ code, place }));
  });

  function withTransactions(count: number): Uint8Array {
    const data = parseBatchData(good.batchData);
    return encodeCanonical({ ...data, transactions: data.transactions.slice(0, count) });
  }
});

describe("a header that does not summarize its rows", () => {
  const tree = recordTree(rows.map(({ record }) => record));
  test.each([
    ["first_position", "1-0"],
    ["last_position", "9999999999999-0"],
    ["first_timestamp", 5],
    ["last_timestamp", null],
    ["leaf_count", 6],
    ["operations", { INSERT: 6 }],
    ["operations", { INSERT: 5, DELETE: 1 }],
  ])("%s", (member, value) => {
    const header = { ...sampleHeader(rows), [member]: value };
    const batchData = encodeBatchData(createBatchData({ header, rows, tree }));
    expect(() => verifyBatch({ slot: encodeHeader(header), batchData })).toThrow(
      expect.objectContaining({ code: "HEADER_MISMATCH", place: expect.stringMatching(`^header\\.${member}`) }),
    );
  });
});

describe("separate values", () => {
  const apart = sampleDocuments(rows, undefined, { payload: "separate" });
  const document = parsePayloadDocument(apart.payload ?? new Uint8Array());
  const payloadOf = (change: object): Uint8Array => encodeCanonical({ ...document, ...change });

  test("are in payload.json alone", () => {
    expect(verifyBatch(apart).rows).toEqual(rows);
    expect(new TextDecoder().decode(apart.batchData)).not.toContain("owner 1");
  });

  test("may be missing: none is shown, and every proof still verifies", () => {
    const { payload: _, ...erased } = apart;
    const batch = verifyBatch(erased);
    expect(batch.rows.map(({ payload }) => payload)).toEqual(rows.map(() => ERASED));
    const proof = verifyProof(encodeProofFile(batch.prove(2)));
    expect(proof.hidden).toEqual([
      { part: "key", column: null },
      { part: "after", column: null },
    ]);
  });

  test("may be erased row by row", () => {
    const some = payloadOf({ rows: document.rows.map((payload, index) => (index === 3 ? ERASED : payload)) });
    const batch = verifyBatch({ ...apart, payload: some });
    expect(batch.rows.map(({ payload }) => payload.after === null)).toEqual([false, false, false, true, false]);
  });

  test.each<[string, object, string, string]>([
    ["of another batch", { batch_id: "BATCH-2025-01-01-0000000000000000-T0" }, "PAYLOAD_MISMATCH", "payload"],
    ["with a row too few", { rows: rows.slice(1).map(({ payload }) => payload) }, "PAYLOAD_MISMATCH", "payload"],
    [
      "in another order",
      { rows: rows.toReversed().map(({ payload }) => payload) },
      "COMMITMENT_MISMATCH",
      "payload.rows[0].key",
    ],
  ])("%s are refused", (_, change, code, place) => {
    expect(() => verifyBatch({ ...apart, payload: payloadOf(change) })).toThrow(
      expect.objectContaining({ code, place }),
    );
  });

  test("an inline batch is refused with a payload.json", () => {
    expect(() => verifyBatch({ ...good, payload: payloadOf({}) })).toThrow(
      expect.objectContaining({ code: "PAYLOAD_MISMATCH" }),
    );
  });

  test("inline values in a batch with separate values are refused", () => {
    const { transactions, ...data } = parseBatchData(apart.batchData);
    const both = transactions.map((each, index) => ({
      ...each,
      metadata: { ...each.metadata, change_data: rows[index]?.payload },
    }));
    expect(() => verifyBatch({ ...apart, batchData: encodeCanonical({ ...data, transactions: both }) })).toThrow(
      expect.objectContaining({ code: "HEADER_MISMATCH", place: "batch_data.transactions[0].metadata.change_data" }),
    );
  });
});

describe("inline values cannot be erased, so a missing value was taken away", () => {
  const without = (payload: object | null): Uint8Array => {
    const { transactions, ...data } = parseBatchData(good.batchData);
    const spoiled = transactions.map((each, index) =>
      index === 1 ? { ...each, metadata: { ...each.metadata, change_data: payload } } : each,
    );
    return encodeCanonical({ ...data, transactions: spoiled });
  };

  test.each<[string, object | null, string]>([
    ["all of them", null, "key"],
    ["all of them, member by member", ERASED, "key"],
    ["one image", { ...rows[1]?.payload, after: null }, "after"],
  ])("%s", (_, payload, part) => {
    expect(() => verifyBatch({ ...good, batchData: without(payload) })).toThrow(
      expect.objectContaining({ code: "COMMITMENT_MISMATCH", place: `transactions[1].metadata.change_data.${part}` }),
    );
  });

  test("a header that claims separate values is refused", () => {
    const { transactions, verification, ...data } = parseBatchData(good.batchData);
    const forged = encodeCanonical({
      ...data,
      transactions: transactions.map((each) => ({ ...each, metadata: { ...each.metadata, change_data: null } })),
      verification: { ...verification, payload: "separate" },
    });
    expect(() => verifyBatch({ ...good, batchData: forged })).toThrow(
      expect.objectContaining({ code: "COMMITMENT_MISMATCH", place: "transactions[0].metadata.change_data.key" }),
    );
    const rewritten = encodeCanonical({
      ...parseBatchData(good.batchData),
      verification: { ...verification, payload: "separate" },
    });
    expect(() => verifyBatch({ ...good, batchData: rewritten })).toThrow(
      expect.objectContaining({ code: "HEADER_MISMATCH", place: "batch_data.verification.payload" }),
    );
  });

  test("a poison entry's bytes", () => {
    const poison = sampleDocuments([samplePoison(0)]);
    const { transactions, ...data } = parseBatchData(poison.batchData);
    const spoiled = transactions.map((each) => ({ ...each, metadata: { ...each.metadata, change_data: ERASED } }));
    expect(() => verifyBatch({ ...poison, batchData: encodeCanonical({ ...data, transactions: spoiled }) })).toThrow(
      expect.objectContaining({ code: "COMMITMENT_MISMATCH", place: "transactions[0].metadata.change_data.entry" }),
    );
  });
});

describe("a poison entry without bytes, under rules that exclude columns", () => {
  const withheld = [sampleWithheldPoison(0), sampleWithheldPoison(1)];
  const documents = sampleDocuments(withheld);
  const withRules = (poison: readonly Row[], excluded_columns: readonly string[]): BatchDocuments => {
    const plain = sampleHeader(poison);
    const header = { ...plain, rules: { ...plain.rules, excluded_columns } };
    const tree = recordTree(poison.map(({ record }) => record));
    return { slot: encodeHeader(header), batchData: encodeBatchData(createBatchData({ header, rows: poison, tree })) };
  };

  test("is complete without them: nothing of it is hidden, erased or found", () => {
    const batch = verifyBatch(documents);
    expect(batch.rows).toEqual(withheld);
    const proof = verifyProof(encodeProofFile(batch.prove(1)));
    expect(proof).toMatchObject({ verdict: "pending", hidden: [], record: { raw: null, reason: "NOT_JSON" } });
    expect(findRow(batch, { kind: "columns", values: { id: "1" } })).toEqual({ matches: [], undecided: [] });
    const apart = sampleDocuments(withheld, undefined, { payload: "separate" });
    expect(verifyBatch(apart).rows).toEqual(withheld);
    expect(verifyBatch({ slot: apart.slot, batchData: apart.batchData }).rows).toEqual(withheld);
  });

  test.each<[string, Row, readonly string[]]>([
    ["without them, under rules that exclude no column", sampleWithheldPoison(0), []],
    ["with them, under rules that exclude one", samplePoison(0), ["public.account.iban"]],
  ])("is refused %s", (_, poison, columns) => {
    expect(() => verifyBatch(withRules([poison], columns))).toThrow(
      expect.objectContaining({ code: "HEADER_MISMATCH", place: "transactions[0].record.raw" }),
    );
  });

  test("must not show any", () => {
    const [row] = withheld;
    const [shown] = [samplePoison(0).payload];
    const forged = row === undefined ? [] : [{ ...row, payload: shown }];
    expect(() => verifyBatch(withRules(forged, ["*"]))).toThrow(
      expect.objectContaining({ code: "COMMITMENT_MISMATCH", place: "transactions[0].metadata.change_data.entry" }),
    );
  });
});

test("a batch without a proof index is valid", () => {
  const small = sampleDocuments(rows, undefined, { proofIndex: false });
  expect(verifyBatch(small).rows).toEqual(rows);
  expect(small.batchData.length).toBeLessThan(good.batchData.length);
});

describe("the derived documents follow from the batch", () => {
  test("all are checked, with any white space", () => {
    expect(() => verifyBatch(good)).not.toThrow();
    const spaced = new Map(
      Array.from(good.derived, ([name, bytes]) => {
        const text = JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)), undefined, 2);
        return [name, new TextEncoder().encode(text)] as const;
      }),
    );
    expect(() => verifyBatch({ ...good, derived: spaced })).not.toThrow();
  });

  test.each<[string, string, string, string, string]>([
    ["a tree's root", "merkle-tree.json", '"root":"', '"root":"0', "MALFORMED_DOCUMENT"],
    ["a tree's size", "merkle-tree.json", '"leaf_count":5', '"leaf_count":4', "HEADER_MISMATCH"],
    ["a leaf more in an index", "indices/by-operation.json", "[0,1,2,3,4]", "[0,1,2,3,4,5]", "HEADER_MISMATCH"],
    ["a leaf left out", "indices/by-date.json", "[0,1,2,3,4]", "[0,1,2,3]", "HEADER_MISMATCH"],
    ["another timestamp", "indices/by-timestamp.json", '"1749855135648"', '"1749855135647"', "HEADER_MISMATCH"],
    ["another batch's", "indices/by-date.json", "BATCH-2025-06-13", "BATCH-2025-06-12", "HEADER_MISMATCH"],
  ])("%s", (_, name, from, to, code) => {
    const text = new TextDecoder().decode(good.derived.get(name));
    expect(text).toContain(from);
    const derived = new Map([[name, new TextEncoder().encode(text.replace(from, to))]]);
    expect(() => verifyBatch({ ...good, derived })).toThrow(
      expect.objectContaining({ code, place: expect.stringContaining(code === "HEADER_MISMATCH" ? name : "etrap") }),
    );
  });

  test.each(["indices/by-owner.json", "", "__proto__", "payload.json"])("another name is refused: %s", (name) => {
    const derived = new Map([[name, new TextEncoder().encode("{}")]]);
    expect(() => verifyBatch({ ...good, derived })).toThrow(expect.objectContaining({ code: "MALFORMED_DOCUMENT" }));
  });
});

test("a batch with a fields commitment opens column by column and in no other way", () => {
  const columns = Array.from({ length: 3 }, (_, index) => sampleRow(index, { id: String(index) }, "fields"));
  const documents = sampleDocuments(columns);
  expect(verifyBatch(documents).rows).toEqual(columns);
  const header = { ...documents.header, commitment: "row" as const };
  const data = createBatchData({ header, rows: columns, tree: recordTree(columns.map(({ record }) => record)) });
  expect(() => verifyBatch({ slot: encodeHeader(header), batchData: encodeBatchData(data) })).toThrow(
    expect.objectContaining({ code: "COMMITMENT_MISMATCH", place: "transactions[0].metadata.change_data.key" }),
  );
});
