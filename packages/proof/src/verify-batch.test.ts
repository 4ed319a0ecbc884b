import { describe, expect, test } from "vitest";
import { encodeCanonical } from "./canonical-json.ts";
import { sampleDocuments, sampleHeader, sampleRow } from "./testing/sample-batch.ts";
import { verifyBatch } from "./verify-batch.ts";
import { createBatchData, encodeBatchData, parseBatchData, recordTree } from "./batch-data.ts";
import { encodeHeader } from "./header.ts";

const rows = Array.from({ length: 5 }, (_, index) => sampleRow(index));
const good = sampleDocuments(rows);

test("a good batch gives its rows and header", () => {
  const batch = verifyBatch(good);
  expect(batch.rows).toEqual(rows);
  expect(batch.header).toEqual(good.header);
});

test("the document reads back as it was written", () => {
  expect(encodeBatchData(parseBatchData(good.batchData))).toEqual(good.batchData);
});

test("keeps the seed's names", () => {
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

test("prove refuses an index that no row has", () => {
  expect(() => verifyBatch(good).prove(5)).toThrow(RangeError);
});

describe("every part of the document is checked", () => {
  /** Puts another value at a path. */
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
    [
      ["transactions", 1, "metadata", "transaction_id"],
      "x",
      "HEADER_MISMATCH",
      "batch_data.transactions.1.metadata.transaction_id",
    ],
    [
      ["transactions", 1, "metadata", "timestamp"],
      5,
      "HEADER_MISMATCH",
      "batch_data.transactions.1.metadata.timestamp",
    ],
    [
      ["transactions", 1, "metadata", "operation_type"],
      "DELETE",
      "HEADER_MISMATCH",
      "batch_data.transactions.1.metadata.operation_type",
    ],
    [
      ["transactions", 1, "metadata", "database_name"],
      "x",
      "HEADER_MISMATCH",
      "batch_data.transactions.1.metadata.database_name",
    ],
    [
      ["transactions", 1, "metadata", "table_affected"],
      "x",
      "HEADER_MISMATCH",
      "batch_data.transactions.1.metadata.table_affected",
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
    [["transactions", 1, "merkle_leaf", "index"], 2, "HEADER_MISMATCH", "batch_data.transactions.1.merkle_leaf.index"],
    [
      ["transactions", 1, "merkle_leaf", "hash"],
      "0".repeat(64),
      "HEADER_MISMATCH",
      "batch_data.transactions.1.merkle_leaf.hash",
    ],
    [["merkle_tree", "root"], "0".repeat(64), "HEADER_MISMATCH", "batch_data.merkle_tree.root"],
    [
      ["merkle_tree", "proof_index", "tx-1", "proof_path", 0],
      "0".repeat(64),
      "HEADER_MISMATCH",
      "batch_data.merkle_tree.proof_index.tx-1.proof_path.0",
    ],
    [
      ["merkle_tree", "proof_index", "tx-1", "sibling_positions", 0],
      "right",
      "HEADER_MISMATCH",
      "batch_data.merkle_tree.proof_index.tx-1.sibling_positions.0",
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

describe("a header that does not summarise its rows", () => {
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
    const batchData = encodeBatchData(createBatchData(header, rows, tree));
    expect(() => verifyBatch({ slot: encodeHeader(header), batchData })).toThrow(
      expect.objectContaining({ code: "HEADER_MISMATCH", place: expect.stringMatching(`^header\\.${member}`) }),
    );
  });
});
