import type { NearProvider } from "@etrap/anchor-near";
import type { ObjectStore } from "@etrap/ledger";

/** A process that is killed at one of its calls to the nodes and the store. */
export interface KilledProcess {
  /** Resolves once it is killed. */
  readonly killed: Promise<void>;
  /** Returns how many calls it has begun. */
  readonly calls: () => number;
  readonly node: (provider: NearProvider) => NearProvider;
  readonly store: (store: ObjectStore) => ObjectStore;
}

/**
 * Kills a process at its call number `at`, before or after the call has its effect. That call and
 * all later ones never return. Without `at`, it lives on.
 */
export function killAt(at: number | undefined, isServed: boolean): KilledProcess {
  let calls = 0;
  let isDead = false;
  let onKill: () => void = () => undefined;
  const killed = new Promise<void>((resolve) => {
    onKill = resolve;
  });
  const call = async <T>(act: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (isDead) return new Promise(() => undefined);
    if (calls !== at) {
      const result = await act();
      return isDead ? new Promise(() => undefined) : result;
    }
    isDead = true;
    // An effect is there even if the answer is an error.
    if (isServed) await act().catch(() => undefined);
    onKill();
    return new Promise(() => undefined);
  };
  return {
    killed,
    calls: () => calls,
    node: (provider) => ({
      name: provider.name,
      call: async (method, params, signal) => call(async () => provider.call(method, params, signal)),
    }),
    store: (store) => ({
      get: async (key) => call(async () => store.get(key)),
      create: async (key, bytes) => call(async () => store.create(key, bytes)),
      list: (prefix, after) => store.list(prefix, after),
    }),
  };
}
