import type { Redis } from "ioredis";
import type { RedisSourceEvent } from "../events.ts";
import { readServerFacts } from "../server/server-facts.ts";
import type { ServerFacts } from "../server/server-facts.ts";
import { createGeneration } from "./generation.ts";
import type { Generation, GenerationOptions } from "./generation.ts";
import type { ResetReason } from "./reset-reason.ts";

/** The generations of a source, of which one is current. */
export interface Generations {
  readonly current: Generation;
  /** Why the current generation began, undefined for the first one. */
  readonly resetReason: ResetReason | undefined;
  /** Why the next pull must step back first, undefined when it need not. */
  readonly pendingReset: ResetReason | undefined;
  /**
   * Requests a step back at the next pull. The first reason is kept. Undefined requests nothing.
   */
  requestReset(reason: ResetReason | undefined): void;
  /**
   * Begins a generation at once, on the server of the current one. It has the same number as one
   * that has handed over nothing.
   */
  begin(reason: ResetReason): void;
  /**
   * Carries out the requested reset: begins a generation on the server that answers now. Rejects
   * when the server is away or unsuitable, or the two connections lead to different servers. The
   * request stays pending then.
   */
  stepBack(reason: ResetReason): Promise<void>;
}

/** Options of `createGenerations`: the server at the start, and the connection that reads. */
export interface GenerationsOptions extends GenerationOptions {
  readonly server: ServerFacts;
  readonly reading: Redis;
}

/** Creates the first generation. */
export function createGenerations(options: GenerationsOptions): Generations {
  const { client, reading } = options;
  let { server } = options;
  const quiet = { ...options, onEvent: reportOncePerPosition(options.onEvent) };
  let current = createGeneration(0, server, quiet);
  let resetReason: ResetReason | undefined;
  let pendingReset: ResetReason | undefined;

  const begin = (reason: ResetReason): void => {
    // A number stands for deliveries that must be thrown away. While a server refuses, a new
    // number for each attempt would say the same again and again.
    const number = current.hasDelivered ? current.number + 1 : current.number;
    current = createGeneration(number, server, quiet);
    resetReason = reason;
  };

  return {
    get current() {
      return current;
    },
    get resetReason() {
      return resetReason;
    },
    get pendingReset() {
      return pendingReset;
    },
    // Callers await the reason before this call. `pendingReset ??= await …` would look at the
    // variable before the wait, and overwrite a reason that came during it.
    requestReset(reason) {
      pendingReset ??= reason;
    },
    begin,
    async stepBack(reason) {
      // The connection that reads may still lead to the old server. Its entries would be committed
      // on the new one.
      if (reason === "other-server") reading.disconnect(true);
      // Cleared before the wait: a request that comes during it is about the new generation, and
      // must stay.
      pendingReset = undefined;
      try {
        server = await readServerFacts(client);
        await checkSameServer(reading, server);
      } catch (error) {
        pendingReset ??= reason;
        throw error;
      }
      begin(reason);
    },
  };
}

/** Leaves out each `stream-found` that says the same of a stream as the one before. */
function reportOncePerPosition(onEvent: (event: RedisSourceEvent) => void): (event: RedisSourceEvent) => void {
  const positions = new Map<string, string>();
  return (event) => {
    if (event.type === "stream-found") {
      if (positions.get(event.stream) === event.committed) return;
      positions.set(event.stream, event.committed);
    }
    onEvent(event);
  };
}

/**
 * Checks that the connection that reads leads to this server. Rejects and reconnects otherwise: ids
 * of one server would be committed on the other.
 */
async function checkSameServer(reading: Redis, server: ServerFacts): Promise<void> {
  const { runId } = await readServerFacts(reading);
  if (runId === server.runId) return;
  reading.disconnect(true);
  throw new Error("expected both connections to lead to one server, but they lead to two");
}
