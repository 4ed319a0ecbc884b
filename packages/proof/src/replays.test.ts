import { describe, expect, test } from "vitest";
import type { Row } from "./batch-data.ts";
import { hideColumns } from "./image.ts";
import { ERASED } from "./payload.ts";
import type { ChangeRecord } from "./record.ts";
import { replays } from "./replays.ts";
import { sampleGap, samplePoison, sampleRow, sampleWithheldPoison } from "./testing/sample-batch.ts";

let clock = 0;

/** An insert of `owner` at LSN 100 by the first run; each arrival by a later clock. */
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

test("changes at other places of the log are distinct, however equal they are", () => {
  const rows = [
    arrival("Ana"),
    arrival("Ana", { lsn: "101" }),
    arrival("Ana", { lsn: "102", run: "second" }),
    arrival("Ana", { tx_id: "556" }),
    arrival("Ana", { operation: "UPDATE" }),
    arrival("Bob"),
  ];
  expect(replays(rows)).toEqual(rows.map(() => "distinct"));
});

test("a run that starts again repeats what the one before it sent", () => {
  const rows = [
    arrival("Ana"),
    arrival("Ana", { lsn: "101" }),
    arrival("Ana", { run: "second" }),
    arrival("Ana", { lsn: "101", run: "second" }),
    arrival("Ana", { lsn: "102", run: "second" }),
    arrival("Ana", { run: "third" }),
  ];
  expect(replays(rows)).toEqual(["distinct", "distinct", "replay", "replay", "distinct", "replay"]);
});

describe("equal rows without a key", () => {
  test("of one run are rows of their own", () => {
    expect(replays([keyless("x"), keyless("x"), keyless("x")])).toEqual(["distinct", "distinct", "distinct"]);
  });

  test("in another run, the n-th is a replay where an earlier run has n", () => {
    const rows = [1, 2].map((tx_order) => keyless("x", { tx_order }));
    rows.push(...[1, 2, 3].map((tx_order) => keyless("x", { tx_order, run: "second" })));
    expect(replays(rows)).toEqual(["distinct", "distinct", "replay", "replay", "distinct"]);
    expect(replays([...rows, keyless("x", { tx_order: 1, run: "third" })])).toEqual([...replays(rows), "replay"]);
  });

  test("in a run that begins within them, its order tells how many it left out", () => {
    const at = (run: string, ...orders: number[]): Row[] => orders.map((tx_order) => keyless("x", { run, tx_order }));
    const first = at("first", 11, 12, 13, 14, 15);
    const all = (kind: string, count: number): string[] => Array.from({ length: count }, () => kind);
    // Two were stored, three are sent again, and two are new.
    expect(replays([...first, ...at("second", 13, 14, 15, 16, 17)])).toEqual([
      ...all("distinct", 5),
      ...all("replay", 3),
      ...all("distinct", 2),
    ]);
    // A third run begins within what the second added.
    expect(replays([...first, ...at("second", 13, 14, 15, 16, 17), ...at("third", 16, 17, 18)]).slice(-3)).toEqual([
      "replay",
      "replay",
      "distinct",
    ]);
    // All were stored.
    expect(replays([...first, ...at("second", 16, 17)])).toEqual(all("distinct", 7));
    // From the first of them, counted anew or from an order that was stored before them.
    for (const begin of [1, 9, 11]) {
      const again = at("second", ...Array.from({ length: 6 }, (_, index) => begin + index));
      expect(replays([...first, ...again])).toEqual([...all("distinct", 5), ...all("replay", 5), "distinct"]);
    }
  });

  test("rows of other values between them are left out too", () => {
    const rows = [
      keyless("x", { tx_order: 1 }),
      keyless("y", { tx_order: 2 }),
      keyless("x", { tx_order: 3 }),
      keyless("x", { tx_order: 3, run: "second" }),
      keyless("x", { tx_order: 4, run: "second" }),
      keyless("y", { tx_order: 5, run: "second" }),
    ];
    expect(replays(rows)).toEqual(["distinct", "distinct", "distinct", "replay", "distinct", "distinct"]);
  });

  test("in a second run without orders nobody can say, but of more than the first run had", () => {
    const blind = { tx_order: null, run: "second" };
    expect(replays([keyless("x"), keyless("x", blind)])).toEqual(["distinct", "undecided"]);
    const both = [keyless("x", { tx_order: null }), keyless("y", blind), keyless("y", blind), keyless("x", blind)];
    expect(replays(both)).toEqual(["distinct", "distinct", "distinct", "undecided"]);
  });

  test("of one run and one clock are still rows of their own where the transaction counts them", () => {
    const same = { captured_at: "7" };
    expect(replays([keyless("x", { ...same, tx_order: 1 }), keyless("x", { ...same, tx_order: 2 })])).toEqual([
      "distinct",
      "distinct",
    ]);
  });

  test("without a run nobody can say", () => {
    const rows = [keyless("x", { run: null }), keyless("x", { run: null }), keyless("x")];
    expect(replays(rows)).toEqual(["distinct", "undecided", "undecided"]);
  });

  test("without an order, one clock may be a second sending", () => {
    const blind = { tx_order: null, captured_at: "7" };
    expect(replays([keyless("x", blind), keyless("x", blind)])).toEqual(["distinct", "undecided"]);
    expect(
      replays([
        keyless("x", { tx_order: null, captured_at: null }),
        keyless("x", { tx_order: null, captured_at: null }),
      ]),
    ).toEqual(["distinct", "undecided"]);
    expect(replays([keyless("x", blind), keyless("x", { ...blind, captured_at: "8" })])).toEqual([
      "distinct",
      "distinct",
    ]);
  });
});

describe("without a run", () => {
  test("a key tells a repetition", () => {
    expect(replays([arrival("Ana", { run: null }), arrival("Ana", { run: null })])).toEqual(["distinct", "replay"]);
  });

  test("so does an operation that has an LSN to itself", () => {
    const update = { run: null, operation: "UPDATE" } as const;
    expect(replays([keyless("x", update), keyless("x", update)])).toEqual(["distinct", "replay"]);
  });

  test("and a run after it", () => {
    expect(replays([arrival("Ana", { run: null }), arrival("Ana")])).toEqual(["distinct", "replay"]);
  });
});

describe("one event sent twice by the carrier", () => {
  const event = { tx_order: 5, captured_at: "5" };

  test("is a replay where it shows the same", () => {
    expect(replays([keyless("x", event), keyless("x", event)])).toEqual(["distinct", "replay"]);
    expect(replays([arrival("x", event), arrival("x", event)])).toEqual(["distinct", "replay"]);
  });

  test("hides nothing behind what is counted: other values are undecided", () => {
    expect(replays([keyless("Ana", event), keyless("Mallory", event)])).toEqual(["distinct", "undecided"]);
    expect(replays([arrival("Ana", event), { ...arrival("Ana", event), payload: ERASED }])).toEqual([
      "distinct",
      "undecided",
    ]);
  });
});

test("a key of which a column was left out names more than one row", () => {
  const part = { omitted: { key: { at: "LOSSY_TYPE" } } };
  expect(replays([arrival("x", part), arrival("x", part)])).toEqual(["distinct", "distinct"]);
  expect(replays([arrival("x", { ...part, run: null }), arrival("x", { ...part, run: null })])).toEqual([
    "distinct",
    "undecided",
  ]);
});

test("a key with a null names more than one row", () => {
  const withNull = (members: Partial<ChangeRecord>): Row => {
    const row = arrival("x", members);
    return { ...row, payload: { ...row.payload, key: { salt: "0".repeat(32), values: { code: null } } } };
  };
  expect(replays([withNull({ tx_order: 1 }), withNull({ tx_order: 2, run: "second" })])).toEqual([
    "distinct",
    "distinct",
  ]);
  expect(replays([withNull({ run: null }), withNull({ run: null })])).toEqual(["distinct", "undecided"]);
});

test("a run whose changes came in another order leaves open where it began", () => {
  const rows = [1, 2].map((tx_order) => keyless("x", { tx_order }));
  rows.push(...[2, 1].map((tx_order) => keyless("x", { tx_order, run: "second" })));
  expect(replays(rows)).toEqual(["distinct", "distinct", "replay", "undecided"]);
});

test("a transaction of another time is another, whatever its numbers", () => {
  expect(replays([arrival("Ana"), arrival("Ana", { run: "second", timestamp: 5 })])).toEqual(["distinct", "distinct"]);
});

test("one keyed row twice in one run is explained by nothing", () => {
  expect(replays([arrival("Ana"), arrival("Ana")])).toEqual(["distinct", "undecided"]);
});

test("without an LSN nothing can be said of an equal one", () => {
  expect(replays([arrival("Ana", { lsn: null }), arrival("Ana", { lsn: null, run: "second" })])).toEqual([
    "distinct",
    "undecided",
  ]);
});

describe("what is not shown", () => {
  const erased = (row: Row): Row => ({ ...row, payload: ERASED });

  test("alone at its place is distinct", () => {
    expect(replays([erased(arrival("Ana")), erased(arrival("Ana", { lsn: "101" }))])).toEqual(["distinct", "distinct"]);
  });

  test("may be what came before, and what comes after may be it", () => {
    expect(replays([arrival("Ana"), erased(arrival("Ana", { run: "second" }))])).toEqual(["distinct", "undecided"]);
    expect(replays([erased(arrival("Ana")), arrival("Ana", { run: "second" })])).toEqual(["distinct", "undecided"]);
  });

  test("so is a row of which one column is hidden", () => {
    const row = sampleRow(1, { a: "1", b: "2" }, "fields");
    const { after } = row.payload;
    if (after === null || !("fields" in after)) throw new Error("expected fields");
    const hidden = { ...row, payload: { ...row.payload, after: hideColumns(after, new Set(["a"])) } };
    const later = { ...hidden, record: { ...hidden.record, run: "second", captured_at: "9" } };
    expect(replays([row, later])).toEqual(["distinct", "undecided"]);
  });
});

test("an undecided one leaves those after it undecided", () => {
  const rows = [keyless("x", { run: null }), keyless("x", { run: null }), keyless("x", { run: "late" })];
  expect(replays(rows)).toEqual(["distinct", "undecided", "undecided"]);
});

test("what was left out of a row is part of what is compared", () => {
  const omitted = { after: { photo: "UNCHANGED_TOAST" } };
  expect(replays([arrival("Ana"), arrival("Ana", { run: "second", omitted })])).toEqual(["distinct", "distinct"]);
});

test("poison is compared by its bytes", () => {
  // An entry that nobody understood has no place in the log.
  expect(replays([samplePoison(1), samplePoison(2)])).toEqual(["distinct", "undecided"]);
});

test("poison whose bytes the rules kept out of the record may be any other", () => {
  expect(replays([sampleWithheldPoison(1), samplePoison(2)])).toEqual(["distinct", "undecided"]);
  expect(replays([samplePoison(1), sampleWithheldPoison(2)])).toEqual(["distinct", "undecided"]);
});

test("gaps are facts of their own, and make nothing undecided", () => {
  expect(replays([sampleGap(1), sampleGap(2), samplePoison(3)])).toEqual(["distinct", "distinct", "distinct"]);
  expect(replays([sampleGap(1), sampleWithheldPoison(2), sampleGap(3)])).toEqual(["distinct", "distinct", "distinct"]);
});

test("a record forged to be slow is answered at once: undecided", () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => keyless("x", { run: `run ${index}`, tx_order: index }));
  expect(replays(rows).filter((kind) => kind === "undecided").length).toBeGreaterThan(19_900);
});

test("of nothing is nothing", () => {
  expect(replays([])).toEqual([]);
});
