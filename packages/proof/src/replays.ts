import { sha256 } from "@noble/hashes/sha2.js";
import type { Row } from "./batch-data.ts";
import { encodeCanonical } from "./canonical-json.ts";
import { bytesToHex } from "./digest.ts";
import { shownValues } from "./image.ts";
import { hiddenParts, IMAGES } from "./payload.ts";
import type { Payload } from "./payload.ts";
import type { ChangeRecord, Operation } from "./record.ts";

/**
 * What an arrival is to those before it. `distinct`: a change of its own. `replay`: one that came before, sent again by a connector that
 * started again or a carrier that sent twice. `undecided`: one or the other, and the record does not say which.
 */
export type ArrivalKind = "distinct" | "replay" | "undecided";

/** The arrivals at one place of the log that show the same. */
interface Equals {
  /** How many arrivals each run has shown, and how many it left out by beginning behind them. Null: a run that is not known. */
  readonly counts: Map<string | null, { readonly shown: number; readonly leftOut: number }>;
  /** The orders of the distinct ones. */
  readonly orders: (number | null)[];
  /** The clocks of the arrivals whose run gives no order. */
  readonly clocks: Set<string>;
  isUndecided: boolean;
}

/** The arrivals at one place of the log: one transaction, LSN and operation. */
interface Place {
  /** What each event showed, by run, order and clock, of which no two events have all three; null: not all of it. */
  readonly events: Map<string, string | null>;
  /** The order with which each run begins here. */
  readonly begins: Map<string | null, number | null>;
  readonly equals: Map<string, Equals>;
  /** Whether a later one cannot be told from those before: because one is not shown whole, or came out of its run's order. */
  isUnclear: boolean;
}

/**
 * Says of each change of one chain, oldest first, whether it repeats an earlier one. A writer that dropped what looks like a repetition would
 * some day drop one of two true, equal rows; so it records arrivals, and this pure function of the record is for whoever counts.
 *
 * Changes are compared by transaction, LSN, operation, key and images, never by the connector's order or clock alone, which change when it
 * starts again. Equal ones of one run are rows of their own (the rows of one COPY share an LSN); in another run the n-th of them is a replay
 * where an earlier run has n. A connector that starts again sends the rows of an LSN from their first (Debezium 3.6), which gives them no
 * higher orders than before; one that begins within them (3.7) goes on counting, so a higher order tells how many it left out. Without a run
 * only a key tells, or an operation that has an LSN to itself; so equal rows inserted without either are `undecided`, as they are in a second
 * run without orders. So is what was erased, where anything else stands at its place in the log. What no record
 * shows: that a key (`message.key.columns`, an index that is partial or deferred) names more than one row, so that two equal rows of one LSN
 * pass for one; and that a connector was replaced by one that counts otherwise, or started again twice, within one transaction, so that an
 * equal row without a key may be counted once too often or too seldom.
 */
export function replays(rows: Iterable<Row>): ArrivalKind[] {
  const places = new Map<string, Place>();
  return Array.from(rows, (row) => {
    // Nothing that a connector sends, so nothing that it sends again.
    if (row.record.operation === "GAP") return "distinct";
    const { tx_id, lsn, operation, timestamp } = row.record;
    // The time of the commit too: a database that was restored to a point in time uses its numbers again.
    const name = `${tx_id} ${lsn} ${operation} ${timestamp}`;
    const place = places.get(name) ?? { events: new Map(), begins: new Map(), equals: new Map(), isUnclear: false };
    places.set(name, place);
    return judge(row, place);
  });
}

/** Whether an arrival shows all that there is to compare. Entries whose bytes the rules kept out of the record look all the same. */
function isWhole({ record, payload }: Row): boolean {
  const isWithheld = record.operation === "POISON" && record.raw === null;
  return !isWithheld && hiddenParts(record, payload).length === 0;
}

function judge(row: Row, place: Place): ArrivalKind {
  const { run, tx_order, captured_at } = row.record;
  const isFirst = place.events.size === 0;
  const values = isWhole(row) ? digestOfValues(row) : null;
  const event = `${run} ${tx_order} ${captured_at}`;
  const sent = place.events.get(event);
  // Sent twice by the carrier. With other values, a forger would hide a change behind one that is counted.
  if (sent !== undefined && tx_order !== null && captured_at !== null)
    return sent !== null && sent === values ? "replay" : "undecided";
  place.events.set(event, values);
  const begin = place.begins.get(run);
  if (begin === undefined) place.begins.set(run, tx_order);
  // A carrier that wrote a run's changes in another order: what it began with is not known.
  else if (tx_order !== null && begin !== null && tx_order < begin) place.isUnclear = true;
  if (values === null) {
    place.isUnclear = true;
    return isFirst ? "distinct" : "undecided";
  }
  const equals: Equals = place.equals.get(values) ?? {
    counts: new Map(),
    orders: [],
    clocks: new Set(),
    isUndecided: false,
  };
  place.equals.set(values, equals);
  const kind = place.isUnclear ? "undecided" : compare(row, equals, place.begins);
  if (kind === "undecided") equals.isUndecided = true;
  if (kind === "distinct") equals.orders.push(tx_order);
  return kind;
}

/** Operations whose rows have an LSN each, key or no key. Rows that are inserted together share one, and so do those of a snapshot. */
const ALONE_AT_LSN: ReadonlySet<Operation> = new Set(["UPDATE", "DELETE", "TRUNCATE"]);

/** No connector starts more often within one LSN; the bound keeps a forged record from costing the square of its size. */
const MAX_RUNS = 64;

function compare(
  { record, payload }: Row,
  { counts, orders, clocks, isUndecided }: Equals,
  begins: Place["begins"],
): ArrivalKind {
  const { run, lsn, operation, tx_order, captured_at } = record;
  if (begins.size > MAX_RUNS) return "undecided";
  const isFirst = counts.size === 0;
  const begin = begins.get(run) ?? 0;
  const before = counts.get(run) ?? {
    shown: 0,
    leftOut: orders.filter((order) => order !== null && order < begin).length,
  };
  const count = before.shown + 1;
  const clock = `${run} ${captured_at}`;
  const isTimed = tx_order !== null || (captured_at !== null && !clocks.has(clock));
  counts.set(run, { ...before, shown: count });
  clocks.add(clock);

  if (isFirst) return "distinct";
  if (isUndecided || lsn === null) return "undecided";
  const isUnique = ALONE_AT_LSN.has(operation) || namesOneRow(record, payload);
  if (counts.has(null)) return isUnique ? "replay" : "undecided";
  // One row twice in one run: neither a connector that started again nor a row of its own explains it.
  if (isUnique) return count === 1 ? "replay" : "undecided";
  if (count > 1 && !isTimed) return "undecided";
  if (count > orders.length) return "distinct";
  if (Array.from(begins.values()).includes(null)) return "undecided";
  return before.leftOut + count <= orders.length ? "replay" : "distinct";
}

/** Whether a key names one row: a whole one does, and no null is in it, of which an index admits many. */
function namesOneRow({ omitted }: ChangeRecord, { key }: Payload): boolean {
  return key !== null && omitted?.key === undefined && !Object.values(shownValues(key)).includes(null);
}

/** A digest, so that what is kept of each arrival is small. */
function digestOfValues({ record, payload }: Row): string {
  const images = IMAGES.map((part) => payload[part] && shownValues(payload[part]));
  return bytesToHex(sha256(encodeCanonical([...images, payload.entry?.bytes ?? null, record.omitted])));
}
