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

/** Whether an entry that was recorded under one set of rules is found again under another. */
function isFound(recorded: Arrival, again: Arrival, commitment: Commitment = "row"): boolean {
  const { record, payload } = rowOf(recorded, commitment, () => "ab".repeat(16));
  const parts = Object.entries(payload).map(([part, text]) => [part, JSON.parse(text)]);
  return isSameArrival(again, { record, payload: Object.fromEntries(parts) });
}

test("a poison entry without bytes is the same at its position, for its reason, while bytes are withheld", () => {
  const recorded = arrive(poison(), SOME);
  expect(isFound(recorded, arrive(poison(), SOME))).toBe(true);
  expect(isFound(recorded, arrive(poison(), SOME, "2-0"))).toBe(false);
  expect(isFound(recorded, arrive(poison("UNKNOWN_SHAPE"), SOME))).toBe(false);
});

test("what more can be recorded of than its reason is not the same", () => {
  const recorded = arrive(poison(), SOME);
  expect(isFound(recorded, arrive(poison(), ALL))).toBe(false);
  expect(isFound(recorded, arrive(sampleChange(0), SOME))).toBe(false);
  expect(isFound(arrive(sampleChange(0), SOME), arrive(poison(), SOME))).toBe(false);
});

test("a poison entry that was recorded with its bytes is known by them under any rules", () => {
  const recorded = arrive(poison(), ALL);
  expect(isFound(recorded, arrive(poison(), ALL))).toBe(true);
  expect(isFound(recorded, arrive(poison(), SOME))).toBe(true);
  expect(isFound(recorded, arrive(poison("UNKNOWN_SHAPE"), SOME))).toBe(false);
});

test("a change whose carrier says neither when nor where it was seen is known by its values", () => {
  const bare = { capturedAt: null, lsn: null, txId: null, txOrder: null, timestamp: null };
  const [one, other] = [arrive(sampleChange(1, bare), ALL), arrive(sampleChange(2, bare), ALL)];
  const removed = arrive(sampleChange(1, { ...bare, before: null, after: null }), ALL);
  for (const commitment of ["row", "fields"] as const) {
    expect(isFound(one, one, commitment)).toBe(true);
    expect(isFound(one, other, commitment)).toBe(false);
    expect(isFound(one, removed, commitment)).toBe(false);
    expect(isFound(removed, one, commitment)).toBe(false);
  }
  // Erased: rather recorded twice than dropped.
  const { record } = rowOf(one, "row", () => "ab".repeat(16));
  expect(isSameArrival(one, { record, payload: { key: null, before: null, after: null, entry: null } })).toBe(false);
});

test("a gap is the same at its position, for its reason, under any rules", () => {
  for (const rules of [ALL, SOME]) {
    const recorded = arrive(gap(), rules);
    for (const others of [ALL, SOME]) expect(isFound(recorded, arrive(gap(), others))).toBe(true);
    expect(isFound(recorded, arrive(gap(), rules, "2-0"))).toBe(false);
    expect(isFound(recorded, arrive(gap("OTHER"), rules))).toBe(false);
  }
});

test("a gap is no poison of the same reason, whose bytes are withheld, and the other way round", () => {
  expect(isFound(arrive(gap("NOT_JSON"), SOME), arrive(poison(), SOME))).toBe(false);
  expect(isFound(arrive(poison(), SOME), arrive(gap("NOT_JSON"), SOME))).toBe(false);
});

test("a gap that no record can hold stays a gap, under the source's name", () => {
  const held = arrive({ kind: "gap", database: "\ud800", reason: "TRIMMED_UNREAD" }, SOME).entry;
  expect(held).toEqual({ kind: "gap", database: sampleWriter.capture.source_name, reason: "NOT_RECORDABLE" });
});

test("a change is the same whatever columns the rules took out of it", () => {
  expect(isFound(arrive(sampleChange(0), SOME), arrive(sampleChange(0), ALL))).toBe(true);
});
