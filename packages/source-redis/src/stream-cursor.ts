/** Where reading and committing stand in one stream. */
export interface StreamCursor {
  readonly stream: string;
  /** The newest entry read. */
  readonly cursor: string;
  /** The newest entry of the committed prefix that the server is still to be told, undefined when it knows. */
  readonly uncommunicated: Commit | undefined;
  /** Notes an entry as read. */
  read(id: string): void;
  /** Notes an entry as committed; the position moves only along the contiguous prefix. */
  commit(id: string): void;
  /** Notes that the server was told. */
  communicated(commit: Commit): void;
}

/** A committed position, and how many entries of the stream lie up to it, where that is known. */
export interface Commit {
  readonly id: string;
  readonly entriesRead: number | undefined;
}

/** Creates a cursor at a group's position. */
export function createStreamCursor(stream: string, position: string, entriesRead: number | undefined): StreamCursor {
  let cursor = position;
  let count = entriesRead;
  let pending: Commit | undefined;
  /** Entries read and not in the committed prefix, in order, each with whether it is committed. */
  const outstanding = new Map<string, boolean>();
  return {
    stream,
    get cursor() {
      return cursor;
    },
    get uncommunicated() {
      return pending;
    },
    read(id) {
      cursor = id;
      outstanding.set(id, false);
    },
    commit(id) {
      if (!outstanding.has(id)) return;
      outstanding.set(id, true);
      for (const [first, isCommitted] of outstanding) {
        if (!isCommitted) break;
        outstanding.delete(first);
        count = count === undefined ? undefined : count + 1;
        pending = { id: first, entriesRead: count };
      }
    },
    communicated(commit) {
      if (pending?.id === commit.id) pending = undefined;
    },
  };
}
