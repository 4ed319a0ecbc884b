import type { ChainName } from "@etrap/proof";
import type { AnchorStatus } from "./anchoring/anchor-line.ts";
import { BatcherError } from "./batcher-error.ts";
import { codeOf } from "./error-code.ts";
import { createIntake } from "./reading/intake.ts";
import { checkOptions } from "./options.ts";
import type { BatcherOptions } from "./options.ts";
import { startRun } from "./start-run.ts";
import type { BatcherPorts, BatcherRun } from "./start-run.ts";

/** How a chain stands that something is held of, or that cannot be written. */
export interface ChainStatus {
  readonly chain: ChainName;
  /** Changes taken in and not committed yet. */
  readonly changes: number;
  /** Bytes of them, and of the batches they are sealed into. */
  readonly bytes: number;
  /** The code of what stands against it, undefined when nothing does. */
  readonly refusal: string | undefined;
}

/** How a batcher stands. */
export interface BatcherStatus {
  readonly isRunning: boolean;
  readonly changes: number;
  readonly bytes: number;
  readonly chains: readonly ChainStatus[];
  /** What waits to be anchored; undefined without an anchor, or while nothing runs. */
  readonly anchors: AnchorStatus | undefined;
}

/** Takes changes from a source and puts them into the record. */
export interface Batcher {
  /**
   * Works until `signal` is aborted, then stores what it holds, for at most `drainMs`, and resolves. A chain that cannot be written holds up no
   * other; it is reported and tried again, and is why this rejects in the end if it still is. Rejects at once with the source's error.
   * Nothing is lost by either: what is not in the record is not committed, and held for the next run, which goes on with it.
   */
  run(signal: AbortSignal): Promise<void>;
  /** Like `run`, until the source gives nothing more: for a schedule, or a test. */
  runOnce(signal?: AbortSignal): Promise<void>;
  /**
   * Closes every open batch now. Resolves once everything that was taken in before is in the record and committed; rejects with what a chain
   * refused, or with STEPPED_BACK or CUT_SHORT where it comes again.
   */
  flush(): Promise<void>;
  status(): BatcherStatus;
  /** Gives a chain that is parked, or every one, its attempts to anchor anew, and at once. */
  retryAnchors(chain?: ChainName): void;
}

const NEVER = new AbortController().signal;

/** Creates a batcher. Throws BAD_OPTIONS, which names every fault. */
export function createBatcher(ports: BatcherPorts, options: BatcherOptions): Batcher {
  const checked = checkOptions(options);
  const intake = createIntake(ports.source);
  /** The run that is at work, or the last one: what it was cut off from storing is held until the next. */
  let current: BatcherRun | undefined;
  let isRunning = false;

  const run = async (signal: AbortSignal, once: boolean): Promise<void> => {
    if (isRunning) throw new BatcherError("ALREADY_RUNNING", "expected one run at a time, got a second");
    isRunning = true;
    try {
      current = startRun(ports, checked, { intake, held: current?.lanes.letGo() ?? [] });
      await current.until(signal, once);
    } finally {
      isRunning = false;
    }
  };

  return {
    run: (signal) => run(signal, false),
    runOnce: (signal = NEVER) => run(signal, true),
    async flush() {
      await Promise.all(Array.from(current?.lanes.all ?? [], (lane) => lane.flush()));
    },
    status: () => statusOf(current, isRunning),
    retryAnchors: (chain) => current?.anchorQueue?.retryNow(chain),
  };
}

function statusOf(current: BatcherRun | undefined, isRunning: boolean): BatcherStatus {
  const lanes = current?.lanes;
  const chains = Array.from(lanes?.all ?? [], ({ chain, changes, bytes, refusal }) => {
    return { chain, changes, bytes, refusal: codeOf(refusal) };
  });
  return {
    isRunning,
    changes: lanes?.changes ?? 0,
    bytes: lanes?.bytes ?? 0,
    chains: chains.filter(({ changes, refusal }) => changes > 0 || refusal !== undefined),
    anchors: isRunning ? current?.anchorQueue?.status() : undefined,
  };
}
