import type { ChainName } from "@etrap/proof";
import { BatcherError } from "./batcher-error.ts";
import { openChain } from "./chain.ts";
import type { Chain } from "./chain.ts";
import { completeDerived } from "./complete-derived.ts";
import type { OnEvent } from "./events.ts";
import { checkPolicy, DEFAULT_POLICY } from "./policy.ts";
import type { Policy } from "./policy.ts";
import type { ChangeSource, Clock, ObjectStore } from "./ports.ts";
import { run } from "./run.ts";
import type { SealInputs, Writer } from "./seal.ts";
import type { Patience } from "./store-object.ts";
import { systemClock } from "./system-clock.ts";

/** What a batcher is made of. */
export interface BatcherPorts {
  readonly source: ChangeSource;
  readonly store: ObjectStore;
  readonly clock?: Clock;
  /** A cryptographic generator; the platform's by default. */
  readonly randomBytes?: SealInputs["randomBytes"];
}

/** What a batcher is told. */
export interface BatcherOptions extends Writer {
  /** Members left out are those of `DEFAULT_POLICY`. */
  readonly policy?: Partial<Policy>;
  readonly onEvent?: OnEvent;
}

/** Takes changes from a source and puts them into the record. */
export interface Batcher {
  /**
   * Works until `signal` is aborted, then stores what it holds and resolves. Rejects with BatcherError, or the source's or store's own
   * error; nothing is lost by that, and a new `run` goes on.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** Creates a batcher. Throws BAD_OPTIONS, which names every fault. */
export function createBatcher(ports: BatcherPorts, options: BatcherOptions): Batcher {
  const policy = checkPolicy({ ...DEFAULT_POLICY, ...options.policy });
  if (options.organization === "")
    throw new BatcherError("BAD_OPTIONS", "organization: expected a name, got an empty one");
  const { source, store, clock = systemClock, randomBytes = cryptoRandomBytes } = ports;
  const onEvent = options.onEvent ?? (() => undefined);

  return {
    run: (signal) => {
      const chainAt = rememberChains((name) => openCompleteChain(store, name, { clock, onEvent, signal }));
      return run({ source, store, clock, randomBytes, policy, writer: options, onEvent, chainAt }, signal);
    },
  };
}

/** Opens a chain, and completes what a crash cut off behind its newest slot: the documents that are pure functions of the batch. */
async function openCompleteChain(store: ObjectStore, name: ChainName, patience: Patience): Promise<Chain> {
  const chain = await openChain(store, name);
  if (chain.newest !== undefined) await completeDerived(store, chain.newest, await chain.newestRows(), patience);
  return chain;
}

function rememberChains(open: (name: ChainName) => Promise<Chain>): (name: ChainName) => Promise<Chain> {
  const chains = new Map<string, Promise<Chain>>();
  return (name) => {
    const key = JSON.stringify([name.database, name.schema, name.table]);
    const chain = chains.get(key) ?? open(name);
    chains.set(key, chain);
    return chain;
  };
}

function cryptoRandomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
