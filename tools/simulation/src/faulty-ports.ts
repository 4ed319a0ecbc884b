import type { Anchor, ChangeSource } from "@etrap/batcher";
import type { ObjectStore } from "@etrap/ledger";
import { MemoryAnchorError } from "@etrap/batcher/testing";
import type { MemorySource } from "@etrap/batcher/testing";
import { MemoryStoreError } from "@etrap/ledger/testing";
import type { Port } from "./faults.ts";
import type { World } from "./world.ts";

/** One call to the world. */
interface PortCall<T> {
  readonly port: Port;
  /** The name of the call in the trace. */
  readonly what: string;
  readonly effect: () => Promise<T>;
  /** Settles as the port does where the call fails. */
  readonly fail: () => Promise<T>;
  /** Settles as the port does while it is away. Default: `fail`. */
  readonly away?: () => Promise<T>;
}

/** Makes one call, which takes time and may have a fault. */
export type Call = <T>(call: PortCall<T>) => Promise<T>;

/**
 * Returns the world's store as one process uses it. It is away during the outages of the scenario.
 */
export function createFaultyStore({ scheduler, scenario, store, watch }: World, call: Call): ObjectStore {
  const port = "store";
  const isOut = (key: string): boolean =>
    scenario.outages.some(
      ({ from, to, prefix }) => from <= scheduler.now && scheduler.now < to && key.startsWith(prefix),
    );
  const away = async (): Promise<never> => {
    throw new MemoryStoreError("UNAVAILABLE", "planned");
  };
  const unknown = async (): Promise<never> => {
    throw new MemoryStoreError("OUTCOME_UNKNOWN", "planned");
  };
  return {
    get: (key) => call({ port, what: `get ${key}`, effect: () => (isOut(key) ? away() : store.get(key)), fail: away }),
    create: (key, bytes) =>
      call({
        port,
        what: `create ${key}`,
        effect: async () => {
          if (isOut(key)) return away();
          await store.create(key, bytes);
          await watch.created(key, bytes);
        },
        fail: unknown,
      }),
    async *list(prefix, after) {
      const list = async (): Promise<string[]> => {
        const keys: string[] = [];
        for await (const key of store.list(prefix, after)) keys.push(key);
        return isOut(prefix) ? away() : keys;
      };
      yield* await call({ port, what: `list ${prefix}`, effect: list, fail: away });
    },
  };
}

/** Returns the source of a process. A pull ends at once when the process is asked to stop. */
export function createFaultySource(
  { watch }: World,
  call: Call,
  { source, stopping }: { readonly source: MemorySource; readonly stopping: AbortSignal },
): ChangeSource {
  const port = "source";
  const stopped = new Promise<never[]>((resolve) => stopping.addEventListener("abort", () => resolve([])));
  const loseReply = async (): Promise<never[]> => {
    // The reply is lost, so the source does not know what it delivered.
    source.stepBack();
    return [];
  };
  return {
    get generation() {
      return source.generation;
    },
    pull: (options) =>
      Promise.race([
        call({ port, what: "pull", effect: () => source.pull(options), fail: loseReply, away: async () => [] }),
        stopped,
      ]),
    commit: (deliveries) =>
      call({
        port,
        what: `commit ${deliveries.map(({ position }) => position.id).join()}`,
        effect: async () => {
          watch.committing(deliveries);
          await source.commit(deliveries);
        },
        fail: async () => undefined,
      }),
  };
}

/** Returns the world's anchor as one process uses it. */
export function createFaultyAnchor({ anchor }: World, call: Call): Anchor {
  const port = "anchor";
  const noAnswer = async (): Promise<never> => {
    throw new MemoryAnchorError("OUTCOME_UNKNOWN", "planned");
  };
  return {
    publish: (publications, signal) =>
      Promise.race([
        call({
          port,
          what: `publish ${publications.map(({ header }) => `${header.table} ${header.seq}`).join()}`,
          effect: () => anchor.publish(publications, new AbortController().signal),
          fail: noAnswer,
        }),
        new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(new MemoryAnchorError("OUTCOME_UNKNOWN", "aborted"))),
        ),
      ]),
    chainHead: (chain) =>
      call({ port, what: `head ${chain.table}`, effect: () => anchor.chainHead(chain), fail: noAnswer }),
  };
}
