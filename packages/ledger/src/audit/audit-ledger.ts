import { parseChainFolder, parseSlotKey } from "../object-keys.ts";
import type { ChainName } from "../object-keys.ts";
import type { ObjectReader } from "../object-store.ts";
import { auditChain } from "./audit-chain.ts";
import type { AuditContext, AuditEvent } from "./audit-context.ts";
import { eachAtOnce } from "../each-at-once.ts";
import { findingOf, findingOfError } from "./finding.ts";
import type { AuditCode, AuditFinding, Severity } from "./finding.ts";
import { listFolders } from "./list-folders.ts";

/** Options of `auditLedger`. */
export interface AuditOptions {
  /** Called with each finding, and with the progress. */
  readonly onEvent?: (event: AuditEvent) => void;
  /** Whether to audit a chain. Default: all. Stray keys are reported in any case. */
  readonly includes?: (chain: ChainName) => boolean;
  /** Whether to check the slots and their links alone. Default: false. */
  readonly headersOnly?: boolean;
  /**
   * Milliseconds since 1970. Reads only batches whole that may hold changes of this time or later.
   * The slots of all batches are checked. Default: all.
   */
  readonly since?: number;
  /** The time of the audit, in milliseconds since 1970. Default: now. */
  readonly now?: number;
  /** Ends the audit, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The result of an audit. */
export interface AuditSummary {
  /** Whether the walk came to its end. It is given up where the store gives no answer any more. */
  readonly isComplete: boolean;
  readonly chains: number;
  /** Slots that hold a header of their chain. */
  readonly batches: number;
  /** Batches that were read whole. */
  readonly batchesRead: number;
  /** Leaves of the batches that were read whole. */
  readonly leaves: number;
  /** The number of findings of each code. A code without findings is not there. */
  readonly findings: Readonly<Partial<Record<AuditCode, number>>>;
  readonly severities: Readonly<Record<Severity, number>>;
}

const CHAINS_AT_ONCE = 4;
/** After so many reads without an answer in a row, the store is taken to be away. */
const MOST_UNREADABLE = 20;
const BATCHES_AT_ONCE = 8;

/**
 * Audits a ledger: walks every chain, and checks slots, links, batches, derived documents and
 * anchors. Reports everything that is wrong, missing or left over, each with its key, and goes on.
 * Holds a few bytes for each batch of the chains that it walks at a time.
 *
 * An audit cannot see that the newest slots of a chain are hidden together with their batches. Only
 * an anchor shows that. Rejects only with the reason of `signal`.
 */
export async function auditLedger(reader: ObjectReader, options: AuditOptions = {}): Promise<AuditSummary> {
  const { onEvent = () => undefined, includes = () => true, signal } = options;
  const totals = createTotals();
  const away = new AbortController();
  let unreadable = 0;
  const report = (finding: AuditFinding): void => {
    unreadable = finding.code === "UNREADABLE" ? unreadable + 1 : unreadable;
    if (unreadable === MOST_UNREADABLE) away.abort();
    totals.add(finding);
    onEvent({ type: "finding", finding });
  };
  const context: AuditContext = {
    reader,
    report,
    count(leaves, isRead) {
      unreadable = 0;
      totals.count(leaves, isRead);
      onEvent({ type: "progress", ...totals.progress() });
    },
    headersOnly: options.headersOnly ?? false,
    since: options.since ?? Number.NEGATIVE_INFINITY,
    now: options.now ?? Date.now(),
    batchesAtOnce: BATCHES_AT_ONCE,
    signal: AbortSignal.any([away.signal, ...(signal === undefined ? [] : [signal])]),
  };
  const onStray = (key: string): void => report(findingOf("STRAY_KEY", { key, message: "it belongs to no chain" }));
  const walk = orReport(context, "", async () =>
    eachAtOnce(listFolders(reader, onStray), CHAINS_AT_ONCE, async (folder) =>
      orReport(context, folder, async () => auditFolder(context, folder, { includes, onChain: totals.addChain })),
    ),
  );
  // The reads that were under way have reported themselves.
  await walk.catch((error: unknown) => {
    if (!away.signal.aborted) throw error;
  });
  signal?.throwIfAborted();
  return { isComplete: !away.signal.aborted, ...totals.summary() };
}

/** Reports a folder that the store does not let be read to its end. */
async function orReport(context: AuditContext, key: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    context.signal.throwIfAborted();
    context.report(findingOfError(error, "UNREADABLE", key));
  }
}

interface FolderAudit {
  readonly includes: (chain: ChainName) => boolean;
  readonly onChain: () => void;
}

async function auditFolder(context: AuditContext, folder: string, { includes, onChain }: FolderAudit): Promise<void> {
  // The source ids, and the probes of S3.
  if (folder.startsWith(".etrap/")) return;
  const chain = parseChainFolder(folder);
  if (chain === undefined) return reportUnknown(context, folder);
  if (!includes(chain)) return;
  onChain();
  await auditChain(context, chain);
}

/**
 * Reports a folder that is not named as a chain's. With slots, it may be a chain that was moved.
 */
async function reportUnknown({ reader, report }: AuditContext, folder: string): Promise<void> {
  for await (const key of reader.list(`${folder}chain/`)) {
    if (parseSlotKey(key) === undefined) continue;
    const message = "holds slots, but is not named as the folder of a table; move it out of the store";
    return report(findingOf("FOLDER_UNKNOWN", { key: folder, message }));
  }
  for await (const key of reader.list(folder))
    report(findingOf("STRAY_KEY", { key, message: "it belongs to no chain" }));
}

interface Totals {
  add(finding: AuditFinding): void;
  addChain(): void;
  count(leaves: number, isRead: boolean): void;
  progress(): { readonly batches: number; readonly leaves: number };
  summary(): Omit<AuditSummary, "isComplete">;
}

function createTotals(): Totals {
  const findings: Partial<Record<AuditCode, number>> = {};
  const severities: Record<Severity, number> = { fault: 0, unchecked: 0, note: 0 };
  let [chains, batches, batchesRead, leaves] = [0, 0, 0, 0];
  return {
    add({ code, severity }) {
      findings[code] = (findings[code] ?? 0) + 1;
      severities[severity] += 1;
    },
    addChain() {
      chains += 1;
    },
    count(count, isRead) {
      batches += 1;
      if (!isRead) return;
      batchesRead += 1;
      leaves += count;
    },
    progress: () => ({ batches, leaves }),
    summary: () => ({ chains, batches, batchesRead, leaves, findings, severities }),
  };
}
