import type { RedisSourceEvent, UntoldReason } from "../events.ts";
import type { GroupPosition } from "../streams/consumer-group.ts";
import { nextEntryId } from "../streams/entry-id.ts";
import type { StreamFacts } from "../streams/stream-facts.ts";
import { detectLoss } from "./detect-loss.ts";
import type { Finding } from "./detect-loss.ts";

/** The state of reading and committing in one stream. */
export interface StreamCursor {
  readonly stream: string;
  /** The id of the newest entry read. */
  readonly cursor: string;
  /**
   * The id of a gap directly after the cursor, which is delivered before the next entry. Undefined
   * when there is none.
   */
  readonly gap: string | undefined;
  /** Whether it cannot be decided if entries are lost, and this is not reported yet. */
  readonly isUnreported: boolean;
  /**
   * The end of the committed prefix, while the server does not have it yet. Undefined once it has.
   */
  readonly pendingCommit: GroupPosition | undefined;
  /**
   * Looks for lost entries after the cursor. Requires that nothing was read after the facts were
   * taken.
   */
  compare(facts: StreamFacts): void;
  /** Reports that a loss cannot be decided. */
  report(): void;
  /** Notes an entry, or the gap, as read. */
  read(id: string): void;
  /** Notes an entry as committed. The committed position moves only along the contiguous prefix. */
  commit(id: string): void;
  /** Notes that the server has this commit. */
  commitFlushed(commit: GroupPosition): void;
}

/** Creates a cursor at the position of a group. */
export function createStreamCursor(
  stream: string,
  position: GroupPosition,
  onEvent: (event: RedisSourceEvent) => void,
): StreamCursor {
  let reached = position;
  let loss: Extract<Finding, { kind: "lost" }> | undefined;
  let isUntold = false;
  let unreported: UntoldReason | undefined;
  let pending: GroupPosition | undefined;
  /** The entries that were read and are not in the committed prefix, in order. */
  const outstanding = new Map<string, { readonly position: GroupPosition; isCommitted: boolean }>();

  const readOne = (id: string): GroupPosition => {
    const { entriesRead } = reached;
    if (loss === undefined) return { id, entriesRead: entriesRead === undefined ? undefined : entriesRead + 1 };
    onEvent({ type: "entries-lost", stream, count: loss.count });
    return { id, entriesRead: loss.entriesRead };
  };

  return {
    stream,
    get cursor() {
      return reached.id;
    },
    get gap() {
      return loss && nextEntryId(reached.id);
    },
    get isUnreported() {
      return unreported !== undefined;
    },
    get pendingCommit() {
      return pending;
    },
    compare(facts) {
      const finding = detectLoss(facts, reached);
      if (finding.kind === "lost") loss = finding;
      // A loss that was certain once stays certain, whatever was deleted later.
      if (loss !== undefined) return;
      reached = { id: reached.id, entriesRead: finding.entriesRead };
      if (finding.kind === "untold" && !isUntold) unreported = finding.reason;
      isUntold = finding.kind === "untold";
    },
    report() {
      if (unreported === undefined) return;
      onEvent({ type: "loss-untold", stream, reason: unreported });
      unreported = undefined;
    },
    read(id) {
      reached = readOne(id);
      loss = undefined;
      outstanding.set(id, { position: reached, isCommitted: false });
    },
    commit(id) {
      const committed = outstanding.get(id);
      if (committed === undefined) return;
      committed.isCommitted = true;
      for (const [first, entry] of outstanding) {
        if (!entry.isCommitted) break;
        outstanding.delete(first);
        pending = entry.position;
      }
    },
    commitFlushed(commit) {
      // A newer commit may have come while this one was on its way. It is still to be flushed.
      if (pending?.id === commit.id) pending = undefined;
    },
  };
}
