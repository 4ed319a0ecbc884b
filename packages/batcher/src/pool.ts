import type { ChainName } from "@etrap/proof";
import { countFilling, dueAt } from "./policy.ts";
import type { Policy } from "./policy.ts";
import { chainOf } from "./arrival.ts";
import type { Arrival } from "./arrival.ts";

/** A contiguous run of one chain's deliveries from one stream: what becomes a batch. */
export interface Run {
  readonly chain: ChainName;
  readonly stream: string;
  readonly deliveries: readonly Arrival[];
}

/** Deliveries that wait for their batch to close. Holds them in order, by chain and stream. */
export interface Pool {
  add(delivery: Arrival, at: number): void;
  /** Takes out every run that is full or due. */
  takeDue(now: number): Run[];
  /** Takes out everything, in runs no larger than a batch. */
  takeAll(): Run[];
  /** How long until something is due, at most `limitMs`. */
  msUntilDue(now: number, limitMs: number): number;
  /** Throws everything away and says how much that was. */
  clear(): number;
}

interface Line {
  readonly chain: ChainName;
  readonly stream: string;
  waiting: { readonly delivery: Arrival; readonly bytes: number; readonly at: number }[];
}

/** Creates an empty pool. */
export function createPool(policy: Policy): Pool {
  const lines = new Map<string, Line>();

  /** The first `count` of a line, out of it. */
  const take = (line: Line, count: number): Run => {
    const deliveries = line.waiting.slice(0, count).map(({ delivery }) => delivery);
    line.waiting = line.waiting.slice(count);
    return { chain: line.chain, stream: line.stream, deliveries };
  };

  /** Full runs of every line, and what is left where `closes` says so. */
  const takeRuns = (closes: (line: Line) => boolean): Run[] => {
    const runs: Run[] = [];
    for (const [key, line] of lines) {
      for (let count = countFilling(line.waiting, policy); count > 0; count = countFilling(line.waiting, policy)) {
        runs.push(take(line, count));
      }
      if (line.waiting.length > 0 && closes(line)) runs.push(take(line, line.waiting.length));
      if (line.waiting.length === 0) lines.delete(key);
    }
    return runs;
  };

  return {
    add(delivery, at) {
      const chain = chainOf(delivery);
      const { stream } = delivery.position;
      // JSON, since a name may hold any separator.
      const key = JSON.stringify([chain.database, chain.schema, chain.table, stream]);
      const line = lines.get(key) ?? { chain, stream, waiting: [] };
      lines.set(key, line);
      line.waiting.push({ delivery, bytes: delivery.size, at });
    },
    takeDue: (now) => takeRuns(({ waiting }) => dueAt(waiting, policy) <= now),
    takeAll: () => takeRuns(() => true),
    msUntilDue(now, limitMs) {
      const times = Array.from(lines.values(), ({ waiting }) => dueAt(waiting, policy));
      return Math.max(0, Math.min(limitMs, ...times.map((time) => time - now)));
    },
    clear() {
      const count = Array.from(lines.values()).reduce((sum, { waiting }) => sum + waiting.length, 0);
      lines.clear();
      return count;
    },
  };
}
