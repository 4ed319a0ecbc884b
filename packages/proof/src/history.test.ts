import { expect, test } from "vitest";
import type { Row } from "./batch-data.ts";
import { history } from "./history.ts";
import { commitToImage } from "./image.ts";
import type { Image } from "./image.ts";
import { ERASED } from "./payload.ts";
import { sampleDocuments, sampleRow, sampleSalt } from "./testing/sample-batch.ts";
import { verifyBatch } from "./verify-batch.ts";
import type { VerifiedBatch } from "./verify-batch.ts";

let count = 0;

/** A change of the row `id`, at the next position. */
function change(operation: "INSERT" | "UPDATE" | "DELETE" | "TRUNCATE", id: string, members: object = {}): Row {
  const row = sampleRow((count += 1), { id, owner: `at ${count}` });
  const open = (values: Image): { salt: string; values: Image } => ({ salt: sampleSalt(), values });
  const payload =
    operation === "TRUNCATE"
      ? ERASED
      : { ...row.payload, key: open({ id }), after: operation === "DELETE" ? null : row.payload.after };
  const record = {
    ...row.record,
    operation,
    key: payload.key && commitToImage(payload.key),
    after: payload.after && commitToImage(payload.after),
    ...members,
  };
  return { record, payload };
}

function chain(...batches: readonly Row[][]): VerifiedBatch[] {
  const verified: VerifiedBatch[] = [];
  for (const rows of batches)
    verified.push(verifyBatch(sampleDocuments(rows, verified.at(-1)?.header, { payload: "separate" })));
  return verified;
}

const told = (batches: readonly VerifiedBatch[], id: string): unknown[] =>
  history(batches, { id }).entries.map(({ batch, index, arrival }) => [batch.rows[index]?.record.operation, arrival]);

test("every change of the row, oldest first, over batches", () => {
  const batches = chain(
    [change("INSERT", "1"), change("INSERT", "2")],
    [change("UPDATE", "1"), change("DELETE", "2")],
    [change("DELETE", "1")],
  );
  expect(told(batches, "1")).toEqual([
    ["INSERT", "distinct"],
    ["UPDATE", "distinct"],
    ["DELETE", "distinct"],
  ]);
  const { entries, changes, unknown } = history(batches, { id: "1" });
  expect(entries.map(({ batch, index }) => [batch.header.seq, index])).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
  ]);
  expect(changes).toEqual({ least: 3, most: 3 });
  expect(unknown).toEqual([]);
});

test("a truncate ends every row of the table", () => {
  const batches = chain([change("INSERT", "1"), change("TRUNCATE", "")]);
  expect(told(batches, "1")).toEqual([
    ["INSERT", "distinct"],
    ["TRUNCATE", "distinct"],
  ]);
});

test("a replayed change is an arrival, counted once", () => {
  const first = change("INSERT", "1", { run: "one" });
  const again = sampleRow((count += 1));
  const replayed = {
    payload: first.payload,
    record: { ...first.record, position: again.record.position, captured_at: again.record.captured_at, run: "two" },
  };
  const batches = chain([first], [replayed]);
  expect(told(batches, "1")).toEqual([
    ["INSERT", "distinct"],
    ["INSERT", "replay"],
  ]);
  expect(history(batches, { id: "1" }).changes).toEqual({ least: 1, most: 1 });
});

test("what was erased may be the row's, and is said to be unknown", () => {
  const erased = { ...change("UPDATE", "1"), payload: ERASED };
  const { entries, unknown } = history(chain([change("INSERT", "1")], [erased]), { id: "1" });
  expect(entries).toHaveLength(1);
  expect(unknown.map(({ batch, index }) => [batch.header.seq, index])).toEqual([[1, 0]]);
});

test("an arrival that cannot be decided makes a range", () => {
  const first = change("INSERT", "1", { lsn: null });
  const second = change("INSERT", "1", { lsn: null });
  const same = {
    record: { ...second.record, timestamp: first.record.timestamp, after: first.record.after },
    payload: { ...second.payload, after: first.payload.after },
  };
  expect(history(chain([first, same]), { id: "1" }).changes).toEqual({ least: 1, most: 2 });
});

test("says which batches it is of, and refuses a stretch with a hole, an order that is not the chain's, and none", () => {
  const batches = chain([change("INSERT", "1")], [change("UPDATE", "1")], [change("DELETE", "1")]);
  expect(history(batches.slice(1), { id: "1" }).range).toEqual({ first: 1, last: 2 });
  const [first, , third] = batches;
  if (first === undefined || third === undefined) throw new Error("expected three batches");
  expect(() => history([first, third], { id: "1" })).toThrow(expect.objectContaining({ code: "CHAIN_GAP" }));
  expect(() => history(batches.toReversed(), { id: "1" })).toThrow(
    expect.objectContaining({ code: "CHAIN_REORDERED" }),
  );
  expect(() => history([], { id: "1" })).toThrow(expect.objectContaining({ code: "CHAIN_EMPTY" }));
});

test("rows of a table without a key are all unknown", () => {
  const { record, payload } = change("INSERT", "1");
  const batches = chain([{ record: { ...record, key: null }, payload: { ...payload, key: null } }]);
  expect(history(batches, { id: "1" })).toMatchObject({ entries: [], unknown: [{ index: 0, arrival: "distinct" }] });
});

test("an arrival may repeat one that was erased", () => {
  const first = change("INSERT", "1", { run: "one" });
  const again = { ...first, record: { ...first.record, position: "1749855135650-999", run: "two", captured_at: "9" } };
  const { entries, unknown } = history(chain([{ ...first, payload: ERASED }], [again]), { id: "1" });
  expect(entries.map(({ arrival }) => arrival)).toEqual(["undecided"]);
  expect(unknown).toHaveLength(1);
});

test("a query without columns is refused", () => {
  expect(() => history(chain([change("INSERT", "1")]), {})).toThrow(expect.objectContaining({ code: "BAD_ARGUMENT" }));
});
