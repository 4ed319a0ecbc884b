import type { ObjectReader } from "../object-store.ts";
import type { AuditFinding } from "./finding.ts";

/** A finding, or the progress so far. */
export type AuditEvent =
  | { readonly type: "finding"; readonly finding: AuditFinding }
  /** Another batch was checked, or its header alone. */
  | { readonly type: "progress"; readonly batches: number; readonly leaves: number };

/**
 * The time that a writer has, after it sealed a batch, to give it its slot and all of its
 * documents, in milliseconds.
 */
export const COMPLETION_MS = 600_000;

/** The parts that every step of an audit uses. */
export interface AuditContext {
  readonly reader: ObjectReader;
  readonly report: (finding: AuditFinding) => void;
  /** Counts a header, and whether its whole batch was read. */
  readonly count: (leaves: number, isRead: boolean) => void;
  readonly headersOnly: boolean;
  /** Milliseconds since 1970. Batches that were sealed before are not read whole. */
  readonly since: number;
  /** The time of the audit, in milliseconds since 1970. */
  readonly now: number;
  /** The largest number of batches of a chain that are read at a time. */
  readonly batchesAtOnce: number;
  /** Aborted when the audit is to end. */
  readonly signal: AbortSignal;
}
