import { expect, test } from "vitest";
import type { Row } from "../format/batch-data.ts";
import { rowHistory } from "./row-history.ts";
import { commitToImage } from "../format/image.ts";
import type { Image } from "../format/image.ts";
import { ERASED } from "../format/payload.ts";
import { sampleDocuments, sampleRow, sampleSalt } from "../fixtures/sample-batch.ts";
import { verifyBatch } from "../verify/verify-batch.ts";
import type { VerifiedBatch } from "../verify/verify-batch.ts";

let count = 0;

/** Returns a change of the row `id` at the next position. */
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
  rowHistory(batches, { id }).entries.map(({ batch, index, arrival }) => [
    batch.rows[index]?.record.operation,
    arrival,
  ]);

test("lists every change of the row over several batches, oldest first", () => {
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
  const { entries, changes, unknown } = rowHistory(batches, { id: "1" });
  expect(entries.map(({ batch, index }) => [batch.header.seq, index])).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
  ]);
  expect(changes).toEqual({ least: 3, most: 3 });
  expect(unknown).toEqual([]);
});

test("a TRUNCATE ends every row of the table", () => {
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
  expect(rowHistory(batches, { id: "1" }).changes).toEqual({ least: 1, most: 1 });
});

test("an erased arrival is unknown, because it may be of the row", () => {
  const erased = { ...change("UPDATE", "1"), payload: ERASED };
  const { entries, unknown } = rowHistory(chain([change("INSERT", "1")], [erased]), { id: "1" });
  expect(entries).toHaveLength(1);
  expect(unknown.map(({ batch, index }) => [batch.header.seq, index])).toEqual([[1, 0]]);
});

test("an undecided arrival widens the number of changes to a range", () => {
  const first = change("INSERT", "1", { lsn: null });
  const second = change("INSERT", "1", { lsn: null });
  const same = {
    record: { ...second.record, timestamp: first.record.timestamp, after: first.record.after },
    payload: { ...second.payload, after: first.payload.after },
  };
  expect(rowHistory(chain([first, same]), { id: "1" }).changes).toEqual({ least: 1, most: 2 });
});

test("states its range of batches, and refuses a gap, another order, and no batch", () => {
  const batches = chain([change("INSERT", "1")], [change("UPDATE", "1")], [change("DELETE", "1")]);
  expect(rowHistory(batches.slice(1), { id: "1" }).range).toEqual({ first: 1, last: 2 });
  const [first, , third] = batches;
  if (first === undefined || third === undefined) throw new Error("expected three batches");
  expect(() => rowHistory([first, third], { id: "1" })).toThrow(expect.objectContaining({ code: "CHAIN_GAP" }));
  expect(() => rowHistory(batches.toReversed(), { id: "1" })).toThrow(
    expect.objectContaining({ code: "CHAIN_REORDERED" }),
  );
  expect(() => rowHistory([], { id: "1" })).toThrow(expect.objectContaining({ code: "CHAIN_EMPTY" }));
});

test("rows of a table without a key are all unknown", () => {
  const { record, payload } = change("INSERT", "1");
  const batches = chain([{ record: { ...record, key: null }, payload: { ...payload, key: null } }]);
  expect(rowHistory(batches, { id: "1" })).toMatchObject({ entries: [], unknown: [{ index: 0, arrival: "distinct" }] });
});

test("an arrival may repeat one that was erased", () => {
  const first = change("INSERT", "1", { run: "one" });
  const again = { ...first, record: { ...first.record, position: "1749855135650-999", run: "two", captured_at: "9" } };
  const { entries, unknown } = rowHistory(chain([{ ...first, payload: ERASED }], [again]), { id: "1" });
  expect(entries.map(({ arrival }) => arrival)).toEqual(["undecided"]);
  expect(unknown).toHaveLength(1);
});

test("a query without columns is refused", () => {
  expect(() => rowHistory(chain([change("INSERT", "1")]), {})).toThrow(
    expect.objectContaining({ code: "BAD_ARGUMENT" }),
  );
});
