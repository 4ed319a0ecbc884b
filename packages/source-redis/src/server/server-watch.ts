import type { RedisSourceEvent } from "../events.ts";
import { RedisSourceError } from "../redis-source-error.ts";
import { errorCodeOf, isReply, NO_CONNECTION } from "./error-code.ts";
import { meaningOf } from "./meaning-of.ts";

/** The least time between two reports of the same trouble. */
const REPEAT_MS = 60_000;
/**
 * The time in which an attempt to connect has told its cause. Until then a lost connection without
 * a cause is not reported.
 */
const CAUSE_KNOWN_AFTER_MS = 6_000;
/** Replies to the first command of a connection. The connection is closed then. */
const AT_LOGIN = new Set(["NOAUTH", "WRONGPASS"]);

/** Reports when Redis cannot be used, and when it can be used again. */
export interface ServerWatch {
  /**
   * Notes a failed attempt. Reports the first one with a known cause, and then one a minute while
   * the trouble lasts.
   */
  failed(error: unknown): void;
  /** Notes that the server did what was asked. Reports this once after a reported trouble. */
  works(): void;
}

/** Creates a watch over one server. */
export function createServerWatch(onEvent: (event: RedisSourceEvent) => void): ServerWatch {
  let since: number | undefined;
  let lastCause = NO_CONNECTION;
  /** When each trouble was reported last. All reasons to be disconnected count as one. */
  const reported = new Map<string, number>();

  return {
    failed(error) {
      // The server works: it is this package that refuses it.
      if (error instanceof RedisSourceError) return;
      const now = performance.now();
      const awayMs = Math.round(now - (since ??= now));
      const code = errorCodeOf(error);
      const isRefused = isReply(error) && !AT_LOGIN.has(code);
      if (!isRefused && code !== NO_CONNECTION) lastCause = code;
      if (!isRefused && lastCause === NO_CONNECTION && awayMs < CAUSE_KNOWN_AFTER_MS) return;
      const trouble = isRefused ? code : "disconnected";
      if (now - (reported.get(trouble) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
      reported.set(trouble, now);
      const cause = isRefused ? code : lastCause;
      const type = isRefused ? "redis-refused" : "redis-disconnected";
      onEvent({ type, code: cause, meaning: meaningOf(cause), awayMs });
    },
    works() {
      if (since !== undefined && reported.size > 0) {
        onEvent({ type: "redis-connected", awayMs: Math.round(performance.now() - since) });
      }
      since = undefined;
      lastCause = NO_CONNECTION;
      reported.clear();
    },
  };
}
