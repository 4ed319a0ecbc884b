import type { Redis } from "ioredis";
import { refusalOf, RedisSourceError } from "../redis-source-error.ts";
import { sleep } from "../wait/sleep.ts";
import type { ServerWatch } from "./server-watch.ts";

const POLL_MS = 50;

/**
 * Connects, and resolves once the server takes commands. Rejects when the server refuses, and with
 * ABORTED.
 */
export async function connect(client: Redis, watch: ServerWatch, signal: AbortSignal): Promise<void> {
  let refusal: RedisSourceError | undefined;
  const onError = (error: unknown): void => {
    refusal ??= refusalOf(error);
  };
  client.on("error", onError);
  try {
    // The client repeats a failed attempt by itself, and reports the reason as an error event.
    if (client.status === "wait") client.connect().catch(onError);
    for (;;) {
      if (refusal !== undefined) throw refusal;
      if (signal.aborted) throw new RedisSourceError("ABORTED", "the source was stopped while it waited for Redis");
      if (client.status === "ready") return;
      watch.failed(undefined);
      await sleep(POLL_MS, signal);
    }
  } finally {
    client.off("error", onError);
  }
}
