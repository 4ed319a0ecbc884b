import { batchFolder } from "@etrap/ledger";
import type { ObjectReader } from "@etrap/ledger";
import { batchId, parseIndexDocument } from "@etrap/proof";
import type { ChangeRecord, Header, IndexDocument, IndexName } from "@etrap/proof";
import { AgentError } from "../agent-error.ts";
import { parseTime } from "./parse-time.ts";

/** The options of a command that restrict the times of changes. */
export interface PeriodOptions {
  readonly on?: string;
  readonly since?: string;
  readonly until?: string;
  /** Reads every batch whole, whatever headers and indices say. */
  readonly readAll: boolean;
}

/** A period of time: from `from`, and before `end`, in milliseconds since 1970. */
export interface ChangePeriod {
  readonly from: number;
  readonly end: number;
  /** The index that is asked. Days are fewer than times, so its document is smaller. */
  readonly index: IndexName;
}

const DAY_MS = 86_400_000;

/**
 * The records of a batch are in the order of their positions, and their times may differ from that
 * order by a little: a commit gets its time before its place. A header states the times of the
 * first and last record, so a batch is read where the period comes as near as this.
 */
const MARGIN_MS = 3_600_000;

/** Parses the options, undefined where they restrict nothing. Throws BAD_ARGUMENT. */
export function parsePeriod({ on, since, until }: PeriodOptions): ChangePeriod | undefined {
  if (on === undefined && since === undefined && until === undefined) return undefined;
  if (on !== undefined) {
    const isAlone = since === undefined && until === undefined && /^\d{4}-\d{2}-\d{2}$/.test(on);
    if (!isAlone)
      throw new AgentError("BAD_ARGUMENT", "--on: expected a day such as 2026-11-30, without --since and --until");
    const from = parseTime("--on", on);
    return { from, end: from + DAY_MS, index: "by-date" };
  }
  const from = since === undefined ? Number.NEGATIVE_INFINITY : parseTime("--since", since);
  const end = until === undefined ? Number.POSITIVE_INFINITY : parseTime("--until", until);
  if (from < end) return { from, end, index: "by-timestamp" };
  throw new AgentError("BAD_ARGUMENT", "--until: expected a time after --since");
}

/** Whether a change was committed in a period, undefined where it has no time. */
export function isInPeriod({ timestamp }: ChangeRecord, { from, end }: ChangePeriod): boolean | undefined {
  return timestamp === null ? undefined : timestamp >= from && timestamp < end;
}

/** Whether the header of a batch leaves it open that the batch holds a change of a period. */
export function mayHold(
  { first_timestamp: first, last_timestamp: last }: Header,
  { from, end }: ChangePeriod,
): boolean {
  if (first === null || last === null) return true;
  return Math.max(first, last) + MARGIN_MS >= from && Math.min(first, last) - MARGIN_MS < end;
}

/**
 * Whether the index of a batch names a change of a period, or one without a time. An index that is
 * missing or cannot be read says nothing, so this returns true. An index proves nothing either:
 * whoever holds the store can change it.
 */
export async function indexNames(reader: ObjectReader, header: Header, period: ChangePeriod): Promise<boolean> {
  const bytes = await reader
    .get(`${batchFolder(header, batchId(header))}indices/${period.index}.json`)
    .catch(nothingIfDamaged);
  if (bytes === undefined) return true;
  let document: IndexDocument;
  try {
    document = parseIndexDocument(period.index, bytes);
  } catch {
    return true;
  }
  if (document.batch_id !== batchId(header)) return true;
  return Object.keys(document.leaves).some((group) => isGroupIn(group, period));
}

function isGroupIn(group: string, { from, end, index }: ChangePeriod): boolean {
  if (group === "null") return true;
  if (index !== "by-date") return Number(group) >= from && Number(group) < end;
  const day = Date.parse(group);
  return Number.isNaN(day) || (day + DAY_MS > from && day < end);
}

function nothingIfDamaged(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "DAMAGED") return undefined;
  throw error;
}
