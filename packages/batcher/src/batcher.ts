import { codeOf } from "@etrap/ledger";
import type { ChainName } from "@etrap/ledger";
import type { AnchorStatus } from "./anchoring/chain-progress.ts";
import { BatcherError } from "./batcher-error.ts";
import type { ChangeBuffer } from "./lanes/change-buffer.ts";
import { checkOptions } from "./options/options.ts";
import type { BatcherOptions } from "./options/options.ts";
import { createRun } from "./run.ts";
import type { BatcherPorts, RunCounts } from "./run.ts";

/** The state of a chain that holds changes or cannot be written. */
export interface ChainStatus {
  readonly chain: ChainName;
  /** The number of changes that were delivered and are not committed yet. */
  readonly changes: number;
  /** Their bytes as received, and the bytes of the batches they are sealed into. */
  readonly bytes: number;
  /** The code of the reason why the chain cannot be written. Undefined while it can. */
  readonly refusal: string | undefined;
}

/** The state of a batcher. */
export interface BatcherStatus {
  readonly isRunning: boolean;
  readonly changes: number;
  readonly bytes: number;
  readonly chains: readonly ChainStatus[];
  /** The numbers of what this run left out, by reason or code. */
  readonly counts: RunCounts;
  /**
   * The batches that wait to be anchored. Undefined without an anchor, or while the batcher does
   * not run.
   */
  readonly anchors: AnchorStatus | undefined;
}

/**
 * Takes changes from a source and records them in the ledger. A batcher runs once: call either
 * `run` or `runOnce`, one time.
 */
export interface Batcher {
  /**
   * Works until `signal` is aborted, then stores what it holds, for at most `drainMs`, and
   * resolves. A chain that cannot be written delays no other chain: it is reported and tried again.
   * Rejects after the drain with the refusal of a chain that still cannot be written. Rejects at
   * once with an error of the source, or with ALREADY_STARTED.
   *
   * Nothing is lost by a rejection, since changes that are not recorded are not committed. A new
   * batcher on a newly opened source begins at the committed position.
   */
  run(signal: AbortSignal): Promise<void>;
  /** Works like `run`, and also ends once the source has nothing more. For a schedule or a test. */
  runOnce(signal?: AbortSignal): Promise<void>;
  /**
   * Closes every open batch now. Resolves once every change that was delivered before is recorded
   * and committed. Rejects with the refusal of a chain, or with SOURCE_RESET or RUN_ENDED where the
   * changes will be delivered again.
   */
  flush(): Promise<void>;
  /** Returns the state of the batcher and of the chains that hold changes or cannot be written. */
  status(): BatcherStatus;
  /** Lets a parked chain, or every chain, be anchored again at once. */
  retryAnchors(chain?: ChainName): void;
}

const NEVER = new AbortController().signal;

/** Creates a batcher. Throws BAD_OPTIONS, which names every problem. */
export function createBatcher(ports: BatcherPorts, options: BatcherOptions): Batcher {
  const { buffer, counts, anchorQueue, start } = createRun(ports, checkOptions(options));
  let state: "new" | "running" | "over" = "new";

  const run = async (signal: AbortSignal, once: boolean): Promise<void> => {
    if (state !== "new") {
      const message =
        "expected one run per batcher, got a second; open the source again and create another batcher on it";
      throw new BatcherError("ALREADY_STARTED", message);
    }
    state = "running";
    try {
      await start(signal, once);
    } finally {
      state = "over";
    }
  };

  return {
    run: (signal) => run(signal, false),
    runOnce: (signal = NEVER) => run(signal, true),
    async flush() {
      await Promise.all(Array.from(buffer.lanes, (lane) => lane.flush()));
    },
    status() {
      const isRunning = state === "running";
      return {
        isRunning,
        changes: buffer.changes,
        bytes: buffer.bytes,
        chains: chainStatuses(buffer),
        counts: counts(),
        anchors: isRunning ? anchorQueue?.status() : undefined,
      };
    },
    retryAnchors: (chain) => anchorQueue?.retryNow(chain),
  };
}

function chainStatuses({ lanes }: ChangeBuffer): ChainStatus[] {
  const all = Array.from(lanes, ({ chain, changes, bytes, refusal }) => {
    return { chain, changes, bytes, refusal: codeOf(refusal) };
  });
  return all.filter(({ changes, refusal }) => changes > 0 || refusal !== undefined);
}
