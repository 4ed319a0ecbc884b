import type { Commitment, Rules } from "@etrap/proof";
import { expect, test } from "vitest";
import { isSameArrival } from "./arrival.ts";
import type { Arrival } from "./arrival.ts";
import type { Entry } from "../ports.ts";
import { rowOf } from "../sealing/row.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";

const ALL = sampleWriter.rules;
const SOME: Rules = { ...ALL, excluded_columns: ["*.iban"] };
const poison = (reason = "NOT_JSON"): Entry => ({ kind: "poison", database: "erp", reason });
const gap = (reason = "TRIMMED_UNREAD"): Entry => ({ kind: "gap", database: "erp", reason });

function arrive(entry: Entry, rules: Rules, id = "1-0"): Arrival {
  return sampleArrival(sampleDelivery(entry, id), { ...sampleWriter, rules });
}

/** Whether an arrival that was recorded is recognized in another one. */
function isRecognized(recorded: Arrival, again: Arrival, commitment: Commitment = "row"): boolean {
  const { record, payload } = rowOf(recorded, commitment, () => "ab".repeat(16));
  const parts = Object.entries(payload).map(([part, text]) => [part, JSON.parse(text)]);
  return isSameArrival(again, { record, payload: Object.fromEntries(parts) });
}

test("a poison entry whose bytes are withheld is recognized by its position and reason", () => {
  const recorded = arrive(poison(), SOME);
  expect(isRecognized(recorded, arrive(poison(), SOME))).toBe(true);
  expect(isRecognized(recorded, arrive(poison(), SOME, "2-0"))).toBe(false);
  expect(isRecognized(recorded, arrive(poison("UNKNOWN_SHAPE"), SOME))).toBe(false);
});

test("a poison entry whose bytes are withheld is not recognized in an arrival with bytes or values", () => {
  const recorded = arrive(poison(), SOME);
  expect(isRecognized(recorded, arrive(poison(), ALL))).toBe(false);
  expect(isRecognized(recorded, arrive(sampleChange(0), SOME))).toBe(false);
  expect(isRecognized(arrive(sampleChange(0), SOME), arrive(poison(), SOME))).toBe(false);
});

test("a poison entry that was recorded with its bytes is recognized by them under any rules", () => {
  const recorded = arrive(poison(), ALL);
  expect(isRecognized(recorded, arrive(poison(), ALL))).toBe(true);
  expect(isRecognized(recorded, arrive(poison(), SOME))).toBe(true);
  expect(isRecognized(recorded, arrive(poison("UNKNOWN_SHAPE"), SOME))).toBe(false);
});

test("a change without a time and an LSN is recognized by its values", () => {
  const bare = { capturedAt: null, lsn: null, txId: null, txOrder: null, timestamp: null };
  const [one, other] = [arrive(sampleChange(1, bare), ALL), arrive(sampleChange(2, bare), ALL)];
  const removed = arrive(sampleChange(1, { ...bare, before: null, after: null }), ALL);
  for (const commitment of ["row", "fields"] as const) {
    expect(isRecognized(one, one, commitment)).toBe(true);
    expect(isRecognized(one, other, commitment)).toBe(false);
    expect(isRecognized(one, removed, commitment)).toBe(false);
    expect(isRecognized(removed, one, commitment)).toBe(false);
  }
  // The values were erased. Recording the change twice is better than dropping it.
  const { record } = rowOf(one, "row", () => "ab".repeat(16));
  expect(isSameArrival(one, { record, payload: { key: null, before: null, after: null, entry: null } })).toBe(false);
});

test("a gap is recognized by its position and reason under any rules", () => {
  for (const rules of [ALL, SOME]) {
    const recorded = arrive(gap(), rules);
    for (const others of [ALL, SOME]) expect(isRecognized(recorded, arrive(gap(), others))).toBe(true);
    expect(isRecognized(recorded, arrive(gap(), rules, "2-0"))).toBe(false);
    expect(isRecognized(recorded, arrive(gap("OTHER"), rules))).toBe(false);
  }
});

test("a gap and a poison entry with the same reason are not taken for each other", () => {
  expect(isRecognized(arrive(gap("NOT_JSON"), SOME), arrive(poison(), SOME))).toBe(false);
  expect(isRecognized(arrive(poison(), SOME), arrive(gap("NOT_JSON"), SOME))).toBe(false);
});

test("a gap that no record can hold stays a gap, under the name of the source", () => {
  const held = arrive({ kind: "gap", database: "\ud800", reason: "TRIMMED_UNREAD" }, SOME).entry;
  expect(held).toEqual({ kind: "gap", database: sampleWriter.capture.source_name, reason: "NOT_RECORDABLE" });
});

test("a change is recognized whatever columns the rules exclude", () => {
  expect(isRecognized(arrive(sampleChange(0), SOME), arrive(sampleChange(0), ALL))).toBe(true);
});
