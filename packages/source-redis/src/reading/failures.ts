import type { Redis } from "ioredis";
import { errorCodeOf } from "../server/error-code.ts";
import type { ServerWatch } from "../server/server-watch.ts";
import { throwIfFinal } from "../server/throw-if-final.ts";
import type { Generations } from "./generations.ts";
import { reasonInReply } from "./reset-reason.ts";

/** Options of `createFailures`. */
export interface FailuresOptions {
  readonly watch: ServerWatch;
  readonly generations: Generations;
  readonly connections: readonly Redis[];
}

/**
 * Creates a function that notes a failed command: it reports the failure and requests a step back.
 * It throws a refusal and any bug, since waiting helps with neither.
 */
export function createFailures({ watch, generations, connections }: FailuresOptions): (error: unknown) => undefined {
  return (error) => {
    const reason = reasonInReply(error);
    if (reason === undefined) watch.failed(error);
    throwIfFinal(error);
    // A connection that does not answer may never be closed by the other side.
    if (errorCodeOf(error) === "ETIMEDOUT") for (const each of connections) reconnect(each);
    generations.requestReset(reason ?? "reconnected");
    return undefined;
  };
}

function reconnect(connection: Redis): void {
  if (connection.status === "ready") connection.disconnect(true);
}
