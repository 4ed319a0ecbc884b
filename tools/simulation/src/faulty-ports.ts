import type { Anchor, ChangeSource } from "@etrap/batcher";
import type { ObjectStore } from "@etrap/ledger";
import { MemoryAnchorError } from "@etrap/batcher/testing";
import type { MemorySource } from "@etrap/batcher/testing";
import { MemoryStoreError } from "@etrap/ledger/testing";
import type { World } from "./world.ts";

/**
 * Makes one call, which takes time and may have a fault. `fail` produces the result that the caller
 * gets where the call fails.
 */
export type Call = <T>(name: string, effect: () => Promise<T>, fail: () => Promise<T>) => Promise<T>;

/**
 * Returns the world's store as one process uses it. It is away during the outages of the scenario.
 */
export function createFaultyStore({ scheduler, scenario, store, watch }: World, call: Call): ObjectStore {
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
    get: (key) => call(`get ${key}`, () => (isOut(key) ? away() : store.get(key)), away),
    create: (key, bytes) =>
      call(
        `create ${key}`,
        async () => {
          if (isOut(key)) return away();
          await store.create(key, bytes);
          await watch.created(key, bytes);
        },
        unknown,
      ),
    async *list(prefix, after) {
      const list = async (): Promise<string[]> => {
        const keys: string[] = [];
        for await (const key of store.list(prefix, after)) keys.push(key);
        return isOut(prefix) ? away() : keys;
      };
      yield* await call(`list ${prefix}`, list, away);
    },
  };
}

/** Returns the source of a process. A pull ends at once when the process is asked to stop. */
export function createFaultySource(
  { watch }: World,
  call: Call,
  { source, stopping }: { readonly source: MemorySource; readonly stopping: AbortSignal },
): ChangeSource {
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
    pull: (options) => Promise.race([call("pull", () => source.pull(options), loseReply), stopped]),
    commit: (deliveries) =>
      call(
        `commit ${deliveries.map(({ position }) => position.id).join()}`,
        async () => {
          watch.committing(deliveries);
          await source.commit(deliveries);
        },
        async () => undefined,
      ),
  };
}

/** Returns the world's anchor as one process uses it. */
export function createFaultyAnchor({ anchor }: World, call: Call): Anchor {
  const noAnswer = async (): Promise<never> => {
    throw new MemoryAnchorError("OUTCOME_UNKNOWN", "planned");
  };
  return {
    publish: (publications, signal) =>
      Promise.race([
        call(
          `publish ${publications.map(({ header }) => `${header.table} ${header.seq}`).join()}`,
          () => anchor.publish(publications, new AbortController().signal),
          noAnswer,
        ),
        new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(new MemoryAnchorError("OUTCOME_UNKNOWN", "aborted"))),
        ),
      ]),
    chainHead: (chain) => call(`head ${chain.table}`, () => anchor.chainHead(chain), noAnswer),
  };
}
