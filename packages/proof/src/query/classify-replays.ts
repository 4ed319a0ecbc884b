import { sha256 } from "@noble/hashes/sha2.js";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { bytesToHex } from "../bytes/digest.ts";
import type { Row } from "../format/batch-data.ts";
import { disclosedValues } from "../format/image.ts";
import { IMAGES, undisclosedParts } from "../format/payload.ts";
import type { Payload } from "../format/payload.ts";
import type { ChangeRecord, Operation } from "../format/record.ts";

/**
 * The relation of an arrival to the earlier ones. `distinct`: a change of its own. `replay`: an
 * earlier change sent again, by a restarted connector or by the carrier. `undecided`: either, and
 * the records do not show which.
 */
export type ArrivalKind = "distinct" | "replay" | "undecided";

/** The arrivals of one transaction, LSN, operation and commit time. */
interface ArrivalGroup {
  /**
   * The digest of the values that each event showed, by run, order and clock; null if it did not
   * show all. No two events have the same run, order and clock.
   */
  readonly events: Map<string, string | null>;
  /** The order of the first arrival of each run. */
  readonly runStarts: Map<string | null, number | null>;
  /** The arrivals that show the same values, by the digest of the values. */
  readonly byValues: Map<string, EqualArrivals>;
  /**
   * Whether later arrivals cannot be told from earlier ones, because one does not show all its
   * values or came out of its run's order.
   */
  isUnclear: boolean;
}

/** The arrivals of a group that show the same values. */
interface EqualArrivals {
  readonly counts: Map<string | null, RunCount>;
  /** The orders of the distinct arrivals. */
  readonly orders: (number | null)[];
  /** The runs and clocks of all arrivals. */
  readonly clocks: Set<string>;
  isUndecided: boolean;
}

/** The equal arrivals of one run. The run null stands for arrivals whose run is unknown. */
interface RunCount {
  readonly shown: number;
  /** The number of distinct ones whose order comes before the start of the run. */
  readonly beforeStart: number;
}

/**
 * Classifies every arrival of one chain, oldest first. Writers record every arrival, because a
 * writer that dropped apparent repetitions could drop one of two equal changes. Readers who count
 * changes use this function, which is a pure function of the records and payloads.
 *
 * Arrivals are compared by transaction, LSN, operation, commit time, key and images. The
 * connector's order and clock alone decide nothing, because they change when it restarts.
 *
 * - Equal arrivals of one run are distinct rows: the rows of one COPY share an LSN.
 * - In another run, the n-th equal arrival is a replay if an earlier run has n. A connector that
 *   restarts sends the rows of an LSN from the first one (Debezium 3.6), with orders no higher than
 *   before. One that resumes within them (3.7) continues the count, so a higher order shows how
 *   many it left out.
 * - Without a run, only a key, or an operation with one row per LSN, shows a replay. Equal rows
 *   inserted without either are `undecided`, and so are equal rows in a second run without orders.
 * - An arrival that does not show all its values is `undecided` unless it is the first of its
 *   group, and so are all later ones of the group.
 *
 * Two cases are invisible in the records. If a key (`message.key.columns`, a partial or deferred
 * index) identifies more than one row, two equal rows of one LSN count as one. If a connector is
 * replaced by one that counts differently, or restarts twice within one transaction, an equal row
 * without a key may be counted once too often or too seldom.
 */
export function classifyReplays(rows: Iterable<Row>): ArrivalKind[] {
  const groups = new Map<string, ArrivalGroup>();
  return Array.from(rows, (row) => {
    // Connectors do not send gaps, so they cannot send one again.
    if (row.record.operation === "GAP") return "distinct";
    const { tx_id, lsn, operation, timestamp } = row.record;
    // The commit time is included because a restored database uses the same numbers again.
    const name = `${tx_id} ${lsn} ${operation} ${timestamp}`;
    const group = groups.get(name) ?? {
      events: new Map(),
      runStarts: new Map(),
      byValues: new Map(),
      isUnclear: false,
    };
    groups.set(name, group);
    return classifyArrival(row, group);
  });
}

function classifyArrival(row: Row, group: ArrivalGroup): ArrivalKind {
  const isFirst = group.events.size === 0;
  const values = isWhole(row) ? digestOfValues(row) : null;
  const resent = classifyResent(row.record, values, group);
  if (resent !== undefined) return resent;
  noteRunStart(row.record, group);
  if (values === null) {
    group.isUnclear = true;
    return isFirst ? "distinct" : "undecided";
  }
  const equals: EqualArrivals = group.byValues.get(values) ?? {
    counts: new Map(),
    orders: [],
    clocks: new Set(),
    isUndecided: false,
  };
  group.byValues.set(values, equals);
  const kind = group.isUnclear ? "undecided" : classifyAmongEquals(row, equals, group.runStarts);
  if (kind === "undecided") equals.isUndecided = true;
  if (kind === "distinct") equals.orders.push(row.record.tx_order);
  return kind;
}

/**
 * Whether an arrival shows everything that is compared. Poison without bytes does not: all such
 * records look alike.
 */
function isWhole({ record, payload }: Row): boolean {
  const isWithheld = record.operation === "POISON" && record.raw === null;
  return !isWithheld && undisclosedParts(record, payload).length === 0;
}

/**
 * Returns the kind of an event that the carrier sent before, and remembers any other event. An
 * event with other values is `undecided`: otherwise a forger could hide a change behind a counted
 * one.
 */
function classifyResent(
  { run, tx_order, captured_at }: ChangeRecord,
  values: string | null,
  { events }: ArrivalGroup,
): ArrivalKind | undefined {
  const event = `${run} ${tx_order} ${captured_at}`;
  const earlier = events.get(event);
  if (earlier !== undefined && tx_order !== null && captured_at !== null) {
    return earlier !== null && earlier === values ? "replay" : "undecided";
  }
  events.set(event, values);
  return undefined;
}

function noteRunStart({ run, tx_order }: ChangeRecord, group: ArrivalGroup): void {
  const start = group.runStarts.get(run);
  if (start === undefined) group.runStarts.set(run, tx_order);
  // The carrier reordered the changes of the run, so the start of the run is unknown.
  else if (tx_order !== null && start !== null && tx_order < start) group.isUnclear = true;
}

/**
 * The operations whose rows each have an LSN of their own, with or without a key. Rows that are
 * inserted together share one LSN, and so do the rows of a snapshot.
 */
const ONE_ROW_PER_LSN: ReadonlySet<Operation> = new Set(["UPDATE", "DELETE", "TRUNCATE"]);

/**
 * The largest number of runs in a group. No connector restarts more often within one LSN. Without
 * the bound, a forged batch could cost the square of its size.
 */
const MAX_RUNS = 64;

function classifyAmongEquals(
  { record, payload }: Row,
  equals: EqualArrivals,
  runStarts: ArrivalGroup["runStarts"],
): ArrivalKind {
  if (runStarts.size > MAX_RUNS) return "undecided";
  const { counts, orders } = equals;
  const isFirst = counts.size === 0;
  const { shown, beforeStart, isTimed } = countArrival(record, equals, runStarts.get(record.run) ?? 0);
  if (isFirst) return "distinct";
  if (equals.isUndecided || record.lsn === null) return "undecided";
  const isUnique = ONE_ROW_PER_LSN.has(record.operation) || hasUniqueKey(record, payload);
  if (counts.has(null)) return isUnique ? "replay" : "undecided";
  // A unique row twice in one run is explained neither by a restart nor by a second row.
  if (isUnique) return shown === 1 ? "replay" : "undecided";
  if (shown > 1 && !isTimed) return "undecided";
  if (shown > orders.length) return "distinct";
  if (Array.from(runStarts.values()).includes(null)) return "undecided";
  return beforeStart + shown <= orders.length ? "replay" : "distinct";
}

/**
 * Counts an arrival among its equals and returns the count of its run. `isTimed` is whether its
 * order or a new clock shows that it is another event than the earlier ones of the run.
 */
function countArrival(
  { run, tx_order, captured_at }: ChangeRecord,
  { counts, orders, clocks }: EqualArrivals,
  start: number,
): RunCount & { readonly isTimed: boolean } {
  const beforeStart = counts.get(run)?.beforeStart ?? orders.filter((order) => order !== null && order < start).length;
  const count = { shown: (counts.get(run)?.shown ?? 0) + 1, beforeStart };
  counts.set(run, count);
  const clock = `${run} ${captured_at}`;
  const isTimed = tx_order !== null || (captured_at !== null && !clocks.has(clock));
  clocks.add(clock);
  return { ...count, isTimed };
}

/**
 * Whether a key identifies one row. It does if it is complete and has no null, because a unique
 * index admits many nulls.
 */
function hasUniqueKey({ omitted }: ChangeRecord, { key }: Payload): boolean {
  return key !== null && omitted?.key === undefined && !Object.values(disclosedValues(key)).includes(null);
}

/** Returns a digest of the compared values, so that little memory is kept for each arrival. */
function digestOfValues({ record, payload }: Row): string {
  const images = IMAGES.map((part) => payload[part] && disclosedValues(payload[part]));
  return bytesToHex(sha256(encodeCanonical([...images, payload.entry?.bytes ?? null, record.omitted])));
}
