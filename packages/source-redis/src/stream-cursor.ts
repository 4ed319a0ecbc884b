import { nextEntryId } from "./entry-id.ts";
import type { RedisSourceEvent } from "./events.ts";
import { findLoss } from "./find-loss.ts";
import type { Finding, Reached } from "./find-loss.ts";
import type { StreamFacts } from "./stream-facts.ts";

/** Where reading and committing stand in one stream. */
export interface StreamCursor {
  readonly stream: string;
  /** The newest entry read. */
  readonly cursor: string;
  /** Where entries are lost that stood right behind the cursor: to be handed over before the next entry. Undefined when none are. */
  readonly gap: string | undefined;
  /** The newest entry of the committed prefix that the server is still to be told, undefined when it knows. */
  readonly uncommunicated: Reached | undefined;
  /** Looks for entries that are lost. Requires that nothing was read since the facts were. */
  compare(facts: StreamFacts): void;
  /** Notes an entry, or the gap, as read. */
  read(id: string): void;
  /** Notes an entry as committed; the position moves only along the contiguous prefix. */
  commit(id: string): void;
  /** Notes that the server was told. */
  communicated(commit: Reached): void;
}

/** Creates a cursor at a group's position. */
export function createStreamCursor(
  stream: string,
  position: Reached,
  onEvent: (event: RedisSourceEvent) => void,
): StreamCursor {
  let reached = position;
  let loss: Extract<Finding, { kind: "lost" }> | undefined;
  let isUntold = false;
  let pending: Reached | undefined;
  /** What was read and is not in the committed prefix, in order, each with whether it is committed. */
  const outstanding = new Map<string, { readonly reached: Reached; isCommitted: boolean }>();

  const readOne = (id: string): Reached => {
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
    get uncommunicated() {
      return pending;
    },
    compare(facts) {
      const finding = findLoss(facts, reached);
      if (finding.kind === "lost") loss = finding;
      // What was certain once stays so, whatever was deleted since.
      if (loss !== undefined) return;
      reached = { id: reached.id, entriesRead: finding.entriesRead };
      if (finding.kind === "untold" && !isUntold) onEvent({ type: "loss-untold", stream, reason: finding.reason });
      isUntold = finding.kind === "untold";
    },
    read(id) {
      reached = readOne(id);
      loss = undefined;
      outstanding.set(id, { reached, isCommitted: false });
    },
    commit(id) {
      const committed = outstanding.get(id);
      if (committed === undefined) return;
      committed.isCommitted = true;
      for (const [first, { reached: place, isCommitted }] of outstanding) {
        if (!isCommitted) break;
        outstanding.delete(first);
        pending = place;
      }
    },
    communicated(commit) {
      if (pending?.id === commit.id) pending = undefined;
    },
  };
}
