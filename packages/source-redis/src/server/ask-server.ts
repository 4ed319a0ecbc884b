import type { Redis } from "ioredis";
import { sleep } from "../wait/sleep.ts";
import { connect } from "./connect.ts";
import { throwIfFinal } from "./throw-if-final.ts";
import type { ServerWatch } from "./server-watch.ts";

const RETRY_MS = 500;

/** Asks the server until it answers. */
export type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/** Options of `createAsk`. */
export interface AskOptions {
  readonly client: Redis;
  readonly watch: ServerWatch;
  readonly signal: AbortSignal;
}

/**
 * Creates a function that connects and asks a question, again and again while the server is away
 * or refuses for a reason that may pass. It rejects with a refusal, a bug, and ABORTED.
 */
export function createAsk({ client, watch, signal }: AskOptions): Ask {
  return async (question) => {
    for (;;) {
      await connect(client, watch, signal);
      try {
        const answer = await question();
        watch.works();
        return answer;
      } catch (error) {
        watch.failed(error);
        throwIfFinal(error);
        await sleep(RETRY_MS, signal);
      }
    }
  };
}
