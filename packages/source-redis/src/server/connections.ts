import type { Redis } from "ioredis";
import type { ServerWatch } from "./server-watch.ts";

/** The two connections of a source. */
export interface Connections {
  /** The connection that was passed in. It stays open. */
  readonly client: Redis;
  /** The connection of the source's own. Reads that wait block it, so nothing else uses it. */
  readonly reading: Redis;
  /** Calls `listener` whenever one of them is lost. */
  onLost(listener: () => void): void;
  /** Ends the second connection, and stops watching both. */
  close(): void;
}

/** Creates the second connection, not connected yet. Notes every failure of either. */
export function createConnections(client: Redis, watch: ServerWatch): Connections {
  const reading = client.duplicate();
  const listeners: (() => void)[] = [];
  let isWatched = true;
  const noteLost = (): void => {
    watch.failed(undefined);
    for (const listener of listeners) listener();
  };
  for (const each of [client, reading]) {
    // This listener stays: the client prints an error that has no listener.
    each.on("error", (error: unknown) => {
      if (isWatched) watch.failed(error);
    });
    each.on("close", noteLost);
  }
  return {
    client,
    reading,
    onLost: (listener) => void listeners.push(listener),
    close() {
      isWatched = false;
      for (const each of [client, reading]) each.off("close", noteLost);
      reading.disconnect();
    },
  };
}
