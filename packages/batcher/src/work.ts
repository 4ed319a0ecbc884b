import { setMaxListeners } from "node:events";
import type { Batching } from "./batching.ts";
import { createChains } from "./chains.ts";
import { drain } from "./drain.ts";
import { keepServing } from "./keep-serving.ts";
import { createLanes } from "./lanes.ts";
import type { Lanes } from "./lanes.ts";
import type { CheckedOptions } from "./options.ts";
import type { ChangeSource, Clock, ObjectStore } from "./ports.ts";
import { read } from "./run.ts";
import type { SealInputs } from "./seal.ts";
import { codeOf } from "./store-object.ts";
import { systemClock } from "./system-clock.ts";

/** What a batcher is made of. */
export interface BatcherPorts {
  readonly source: ChangeSource;
  readonly store: ObjectStore;
  readonly clock?: Clock;
  /** A cryptographic generator; the platform's by default. */
  readonly randomBytes?: SealInputs["randomBytes"];
}

/** One run of a batcher. */
export interface Work {
  readonly lanes: Lanes;
  /** Reads until `signal` is aborted, or with `once` until the source has nothing more; then drains. */
  until(signal: AbortSignal, once: boolean): Promise<void>;
}

/** Puts together what one run uses. */
export function startWork(ports: BatcherPorts, options: CheckedOptions): Work {
  const { source, store, clock = systemClock, randomBytes = cryptoRandomBytes } = ports;
  const [stop, cut] = [new AbortController(), new AbortController()];
  // Every lane waits on these: Node would take so many listeners for a leak.
  setMaxListeners(0, stop.signal, cut.signal);
  const workers: Promise<void>[] = [];
  let fault: { readonly error: unknown } | undefined;

  const ended = new AbortController();
  const endReading = (): void => {
    if (stop.signal.aborted) return;
    stop.abort();
    lanes.freed.ring();
    // From now on, not from when reading has ended: a source that hangs must not keep a process for ever.
    void clock.sleep(options.drainMs, ended.signal).then(() => {
      if (!ended.signal.aborted) cutShort();
    });
  };
  const cutShort = (): void => {
    cut.abort();
    lanes.ring();
  };
  const lanes = createLanes({
    ...options,
    onNew: (lane) => {
      const worker = keepServing(batching, lane, stop.signal).catch((error: unknown) => {
        fault ??= { error };
        endReading();
        cutShort();
      });
      workers.push(worker);
    },
  });
  const batching: Batching = {
    ...options,
    source,
    store,
    clock,
    randomBytes,
    random: () => fractionOf(randomBytes(4)),
    lanes,
    chains: createChains(store),
    cut: cut.signal,
  };

  return {
    lanes,
    async until(signal, once) {
      if (signal.aborted) endReading();
      signal.addEventListener("abort", endReading);
      try {
        await read(batching, stop.signal, { once });
        endReading();
        await drain(batching);
      } catch (error) {
        if (codeOf(error) !== "CUT_SHORT") throw error;
        options.onEvent({ type: "drain-cut", changes: lanes.changes });
      } finally {
        ended.abort();
        signal.removeEventListener("abort", endReading);
        cutShort();
        await Promise.all(workers);
      }
      if (fault !== undefined) throw fault.error;
    },
  };
}

function cryptoRandomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

function fractionOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum + byte) / 256, 0);
}
