import { describe, expect, test } from "vitest";
import type { Row } from "../format/batch-data.ts";
import { hideColumns } from "../format/image.ts";
import { ERASED } from "../format/payload.ts";
import type { ChangeRecord } from "../format/record.ts";
import { classifyReplays } from "./classify-replays.ts";
import { sampleGap, samplePoison, sampleRow, sampleWithheldPoison } from "../fixtures/sample-batch.ts";

let clock = 0;

/** Returns an insert of `owner` at LSN 100 by the first run. Each arrival has a later clock. */
function arrival(owner: string, members: Partial<ChangeRecord> & { readonly isKeyless?: boolean } = {}): Row {
  const { isKeyless = false, ...rest } = members;
  clock += 1;
  const row = sampleRow(1, { owner });
  const record = { ...row.record, lsn: "100", tx_order: clock, captured_at: String(clock), run: "first", ...rest };
  return isKeyless
    ? { record: { ...record, key: null }, payload: { ...row.payload, key: null } }
    : { record, payload: row.payload };
}

const keyless = (owner: string, members: Partial<ChangeRecord> = {}): Row =>
  arrival(owner, { ...members, isKeyless: true });

test("equal changes with another transaction, LSN or operation are distinct", () => {
  const rows = [
    arrival("Ana"),
    arrival("Ana", { lsn: "101" }),
    arrival("Ana", { lsn: "102", run: "second" }),
    arrival("Ana", { tx_id: "556" }),
    arrival("Ana", { operation: "UPDATE" }),
    arrival("Bob"),
  ];
  expect(classifyReplays(rows)).toEqual(rows.map(() => "distinct"));
});

test("the arrivals of a restarted run are replays", () => {
  const rows = [
    arrival("Ana"),
    arrival("Ana", { lsn: "101" }),
    arrival("Ana", { run: "second" }),
    arrival("Ana", { lsn: "101", run: "second" }),
    arrival("Ana", { lsn: "102", run: "second" }),
    arrival("Ana", { run: "third" }),
  ];
  expect(classifyReplays(rows)).toEqual(["distinct", "distinct", "replay", "replay", "distinct", "replay"]);
});

describe("equal rows without a key", () => {
  test("of one run are distinct rows", () => {
    expect(classifyReplays([keyless("x"), keyless("x"), keyless("x")])).toEqual(["distinct", "distinct", "distinct"]);
  });

  test("in another run, the n-th is a replay if an earlier run has n", () => {
    const rows = [1, 2].map((tx_order) => keyless("x", { tx_order }));
    rows.push(...[1, 2, 3].map((tx_order) => keyless("x", { tx_order, run: "second" })));
    expect(classifyReplays(rows)).toEqual(["distinct", "distinct", "replay", "replay", "distinct"]);
    expect(classifyReplays([...rows, keyless("x", { tx_order: 1, run: "third" })])).toEqual([
      ...classifyReplays(rows),
      "replay",
    ]);
  });

  test("in a run that begins within them, the order shows how many it left out", () => {
    const at = (run: string, ...orders: number[]): Row[] => orders.map((tx_order) => keyless("x", { run, tx_order }));
    const first = at("first", 11, 12, 13, 14, 15);
    const all = (kind: string, count: number): string[] => Array.from({ length: count }, () => kind);
    // Two were stored, three are sent again, and two are new.
    expect(classifyReplays([...first, ...at("second", 13, 14, 15, 16, 17)])).toEqual([
      ...all("distinct", 5),
      ...all("replay", 3),
      ...all("distinct", 2),
    ]);
    // A third run begins within what the second added.
    expect(
      classifyReplays([...first, ...at("second", 13, 14, 15, 16, 17), ...at("third", 16, 17, 18)]).slice(-3),
    ).toEqual(["replay", "replay", "distinct"]);
    // All were stored.
    expect(classifyReplays([...first, ...at("second", 16, 17)])).toEqual(all("distinct", 7));
    // The run sends them all, with a new count or with an order that was stored before them.
    for (const begin of [1, 9, 11]) {
      const again = at("second", ...Array.from({ length: 6 }, (_, index) => begin + index));
      expect(classifyReplays([...first, ...again])).toEqual([...all("distinct", 5), ...all("replay", 5), "distinct"]);
    }
  });

  test("rows with other values between them are left out too", () => {
    const rows = [
      keyless("x", { tx_order: 1 }),
      keyless("y", { tx_order: 2 }),
      keyless("x", { tx_order: 3 }),
      keyless("x", { tx_order: 3, run: "second" }),
      keyless("x", { tx_order: 4, run: "second" }),
      keyless("y", { tx_order: 5, run: "second" }),
    ];
    expect(classifyReplays(rows)).toEqual(["distinct", "distinct", "distinct", "replay", "distinct", "distinct"]);
  });

  test("in a second run without orders are undecided, except beyond the number of the first run", () => {
    const blind = { tx_order: null, run: "second" };
    expect(classifyReplays([keyless("x"), keyless("x", blind)])).toEqual(["distinct", "undecided"]);
    const both = [keyless("x", { tx_order: null }), keyless("y", blind), keyless("y", blind), keyless("x", blind)];
    expect(classifyReplays(both)).toEqual(["distinct", "distinct", "distinct", "undecided"]);
  });

  test("of one run and one clock are distinct rows if they have orders", () => {
    const same = { captured_at: "7" };
    expect(classifyReplays([keyless("x", { ...same, tx_order: 1 }), keyless("x", { ...same, tx_order: 2 })])).toEqual([
      "distinct",
      "distinct",
    ]);
  });

  test("without a run are undecided", () => {
    const rows = [keyless("x", { run: null }), keyless("x", { run: null }), keyless("x")];
    expect(classifyReplays(rows)).toEqual(["distinct", "undecided", "undecided"]);
  });

  test("without an order are undecided at the same clock", () => {
    const blind = { tx_order: null, captured_at: "7" };
    expect(classifyReplays([keyless("x", blind), keyless("x", blind)])).toEqual(["distinct", "undecided"]);
    expect(
      classifyReplays([
        keyless("x", { tx_order: null, captured_at: null }),
        keyless("x", { tx_order: null, captured_at: null }),
      ]),
    ).toEqual(["distinct", "undecided"]);
    expect(classifyReplays([keyless("x", blind), keyless("x", { ...blind, captured_at: "8" })])).toEqual([
      "distinct",
      "distinct",
    ]);
  });
});

describe("without a run", () => {
  test("a key shows a replay", () => {
    expect(classifyReplays([arrival("Ana", { run: null }), arrival("Ana", { run: null })])).toEqual([
      "distinct",
      "replay",
    ]);
  });

  test("an operation with one row per LSN shows a replay", () => {
    const update = { run: null, operation: "UPDATE" } as const;
    expect(classifyReplays([keyless("x", update), keyless("x", update)])).toEqual(["distinct", "replay"]);
  });

  test("a later arrival with a run is compared too", () => {
    expect(classifyReplays([arrival("Ana", { run: null }), arrival("Ana")])).toEqual(["distinct", "replay"]);
  });
});

describe("one event sent twice by the carrier", () => {
  const event = { tx_order: 5, captured_at: "5" };

  test("is a replay if it shows the same values", () => {
    expect(classifyReplays([keyless("x", event), keyless("x", event)])).toEqual(["distinct", "replay"]);
    expect(classifyReplays([arrival("x", event), arrival("x", event)])).toEqual(["distinct", "replay"]);
  });

  test("is undecided with other values, so that it hides no change", () => {
    expect(classifyReplays([keyless("Ana", event), keyless("Mallory", event)])).toEqual(["distinct", "undecided"]);
    expect(classifyReplays([arrival("Ana", event), { ...arrival("Ana", event), payload: ERASED }])).toEqual([
      "distinct",
      "undecided",
    ]);
  });
});

test("a key without one of its columns does not identify one row", () => {
  const part = { omitted: { key: { at: "LOSSY_TYPE" } } };
  expect(classifyReplays([arrival("x", part), arrival("x", part)])).toEqual(["distinct", "distinct"]);
  expect(classifyReplays([arrival("x", { ...part, run: null }), arrival("x", { ...part, run: null })])).toEqual([
    "distinct",
    "undecided",
  ]);
});

test("a key with a null does not identify one row", () => {
  const withNull = (members: Partial<ChangeRecord>): Row => {
    const row = arrival("x", members);
    return { ...row, payload: { ...row.payload, key: { salt: "0".repeat(32), values: { code: null } } } };
  };
  expect(classifyReplays([withNull({ tx_order: 1 }), withNull({ tx_order: 2, run: "second" })])).toEqual([
    "distinct",
    "distinct",
  ]);
  expect(classifyReplays([withNull({ run: null }), withNull({ run: null })])).toEqual(["distinct", "undecided"]);
});

test("a run whose changes came in another order is undecided", () => {
  const rows = [1, 2].map((tx_order) => keyless("x", { tx_order }));
  rows.push(...[2, 1].map((tx_order) => keyless("x", { tx_order, run: "second" })));
  expect(classifyReplays(rows)).toEqual(["distinct", "distinct", "replay", "undecided"]);
});

test("a transaction of another time is another, even with the same numbers", () => {
  expect(classifyReplays([arrival("Ana"), arrival("Ana", { run: "second", timestamp: 5 })])).toEqual([
    "distinct",
    "distinct",
  ]);
});

test("one keyed row twice in one run is undecided", () => {
  expect(classifyReplays([arrival("Ana"), arrival("Ana")])).toEqual(["distinct", "undecided"]);
});

test("an equal arrival without an LSN is undecided", () => {
  expect(classifyReplays([arrival("Ana", { lsn: null }), arrival("Ana", { lsn: null, run: "second" })])).toEqual([
    "distinct",
    "undecided",
  ]);
});

describe("an erased arrival", () => {
  const erased = (row: Row): Row => ({ ...row, payload: ERASED });

  test("is distinct if it is alone in its group", () => {
    expect(classifyReplays([erased(arrival("Ana")), erased(arrival("Ana", { lsn: "101" }))])).toEqual([
      "distinct",
      "distinct",
    ]);
  });

  test("may equal an earlier or a later arrival", () => {
    expect(classifyReplays([arrival("Ana"), erased(arrival("Ana", { run: "second" }))])).toEqual([
      "distinct",
      "undecided",
    ]);
    expect(classifyReplays([erased(arrival("Ana")), arrival("Ana", { run: "second" })])).toEqual([
      "distinct",
      "undecided",
    ]);
  });

  test("is treated like a row with one undisclosed column", () => {
    const row = sampleRow(1, { a: "1", b: "2" }, "fields");
    const { after } = row.payload;
    if (after === null || !("fields" in after)) throw new Error("expected fields");
    const hidden = { ...row, payload: { ...row.payload, after: hideColumns(after, new Set(["a"])) } };
    const later = { ...hidden, record: { ...hidden.record, run: "second", captured_at: "9" } };
    expect(classifyReplays([row, later])).toEqual(["distinct", "undecided"]);
  });
});

test("an undecided arrival leaves the later equal ones undecided", () => {
  const rows = [keyless("x", { run: null }), keyless("x", { run: null }), keyless("x", { run: "late" })];
  expect(classifyReplays(rows)).toEqual(["distinct", "undecided", "undecided"]);
});

test("the omitted columns are compared too", () => {
  const omitted = { after: { photo: "UNCHANGED_TOAST" } };
  expect(classifyReplays([arrival("Ana"), arrival("Ana", { run: "second", omitted })])).toEqual([
    "distinct",
    "distinct",
  ]);
});

test("poison is compared by its bytes", () => {
  // Poison has no LSN.
  expect(classifyReplays([samplePoison(1), samplePoison(2)])).toEqual(["distinct", "undecided"]);
});

test("poison without bytes may be a replay of any other", () => {
  expect(classifyReplays([sampleWithheldPoison(1), samplePoison(2)])).toEqual(["distinct", "undecided"]);
  expect(classifyReplays([samplePoison(1), sampleWithheldPoison(2)])).toEqual(["distinct", "undecided"]);
});

test("gaps are distinct and make no arrival undecided", () => {
  expect(classifyReplays([sampleGap(1), sampleGap(2), samplePoison(3)])).toEqual(["distinct", "distinct", "distinct"]);
  expect(classifyReplays([sampleGap(1), sampleWithheldPoison(2), sampleGap(3)])).toEqual([
    "distinct",
    "distinct",
    "distinct",
  ]);
});

test("a batch forged to be slow is undecided at once", () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => keyless("x", { run: `run ${index}`, tx_order: index }));
  expect(classifyReplays(rows).filter((kind) => kind === "undecided").length).toBeGreaterThan(19_900);
});

test("no arrivals give no kinds", () => {
  expect(classifyReplays([])).toEqual([]);
});
