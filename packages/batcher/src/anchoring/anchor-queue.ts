import { chainFolder, codeOf, messageOf } from "@etrap/ledger";
import type { ChainName } from "@etrap/ledger";
import type { Header } from "@etrap/proof";
import type { AnchorPolicy } from "../options/anchor-policy.ts";
import type { Publication } from "../ports.ts";
import { backOff } from "../wait/back-off.ts";
import { createWakeup } from "../wait/wakeup.ts";
import type { Wakeup } from "../wait/wakeup.ts";
import { allocate } from "./allocate.ts";
import { createChainProgress, dueAtOf, isDue, pendingIn, statusOf } from "./chain-progress.ts";
import type { AnchorFailure, AnchorPlace, AnchorStatus, ChainProgress } from "./chain-progress.ts";

/** The share of one chain in a call: `count` batches from the seq `first` on. */
export interface AnchorTurn {
  readonly progress: ChainProgress;
  readonly first: number;
  readonly count: number;
}

/**
 * The batches that wait to be anchored. A crash loses nothing, since the queue is made again from
 * the store and the anchor.
 */
export interface AnchorQueue {
  /**
   * Notes a chain whose batches are to be anchored. Without `newest`, the newest seq is read from
   * the store.
   */
  chainOpened(chain: ChainName, newest?: Header): void;
  /** Notes a batch whose slot stands. */
  batchStored(publication: Publication): void;
  /** Lets a chain, or every chain, be tried again at once. */
  retryNow(chain?: ChainName): void;
  /** Sums up what waits. */
  status(): AnchorStatus;

  /**
   * For the loop: takes chains that are due, at most as many as one call takes. The one that waited
   * longest comes first.
   */
  takeDue(now: number): ChainProgress[];
  /** For the loop: plans what these chains publish in one call. */
  planTurns(chains: readonly ChainProgress[]): AnchorTurn[];
  /** For the loop: returns a publication that is still in memory. */
  recall(chain: ChainName, seq: number): Publication | undefined;
  /** For the loop: notes how far a chain is anchored. */
  placed(progress: ChainProgress, place: AnchorPlace): void;
  /** For the loop: notes that a batch is anchored. */
  anchored(progress: ChainProgress, header: Header): void;
  /** For the loop: notes a failure, and returns it. */
  failed(progress: ChainProgress, error: unknown, now: number): AnchorFailure;
  /** For the loop: returns the milliseconds until a chain is due, at most `limitMs`. */
  msUntilDue(now: number, limitMs: number): number;
  /** Notified when there is something new for the loop. */
  readonly wakeup: Wakeup;
}

/** Options of `createAnchorQueue`. */
export interface AnchorQueueOptions {
  readonly policy: AnchorPolicy;
  /** Returns a number from 0 to 1, which spreads retries. */
  random(): number;
}

/** The fraction of a wait that chance may take off. Agents share an anchor, so they spread out. */
const RETRY_SPREAD = 1 / 5;

/** Creates an empty queue. */
export function createAnchorQueue({ policy, random }: AnchorQueueOptions): AnchorQueue {
  const waits = { firstMs: policy.firstRetryMs, longestMs: policy.longestRetryMs, spread: RETRY_SPREAD };
  const chains = new Map<string, ChainProgress>();
  /**
   * The newest publications. The oldest are dropped first, so a chain that cannot be anchored does
   * not take the place of others.
   */
  const recent = new Map<string, Publication>();
  const wakeup = createWakeup();

  const progressOf = (chain: ChainName): ChainProgress => {
    const key = chainFolder(chain);
    const progress = chains.get(key) ?? createChainProgress(nameOf(chain));
    chains.set(key, progress);
    return progress;
  };

  const remember = (publication: Publication): void => {
    recent.set(keyOf(publication.header, publication.header.seq), publication);
    for (const key of recent.keys()) if (recent.size > policy.maxInMemory) recent.delete(key);
  };

  return {
    chainOpened(chain, newest) {
      const progress = progressOf(chain);
      if (newest !== undefined) progress.newest = Math.max(progress.newest ?? -1, newest.seq);
      wakeup.notify();
    },
    batchStored(publication) {
      const { header } = publication;
      const progress = progressOf(header);
      progress.newest = Math.max(progress.newest ?? -1, header.seq);
      progress.stored += 1;
      progress.oldestSealedAt ??= header.sealed_at;
      remember(publication);
      wakeup.notify();
    },
    retryNow(chain) {
      for (const [key, progress] of chains)
        if (chain === undefined || key === chainFolder(chain)) progress.failure = undefined;
      wakeup.notify();
    },
    status: () => statusOf([...chains.values()]),

    takeDue(now) {
      const due = [...chains].filter(([, progress]) => isDue(progress, now)).slice(0, policy.maxPerCall);
      for (const [key, progress] of due) {
        // Moves the chain to the end of the map, so that the others come first next time.
        chains.delete(key);
        chains.set(key, progress);
      }
      return due.map(([, progress]) => progress);
    },
    planTurns(chosen) {
      const shares = allocate(chosen.map(pendingIn), policy.maxPerCall);
      return chosen.flatMap((progress, index) => {
        const [first, count] = [progress.next, shares[index] ?? 0];
        return first === undefined || count === 0 ? [] : [{ progress, first, count }];
      });
    },
    recall: (chain, seq) => recent.get(keyOf(chain, seq)),
    placed(progress, { next, newest, begins, oldestSealedAt }) {
      progress.next = next;
      progress.begins = begins;
      // More may have been stored while the anchor was asked.
      progress.newest = Math.max(progress.newest ?? -1, newest);
      progress.oldestSealedAt = oldestSealedAt ?? recent.get(keyOf(progress.chain, next))?.header.sealed_at;
      progress.mustAsk = false;
      if (pendingIn(progress) === 0) progress.failure = undefined;
    },
    anchored(progress, { seq, sealed_at }) {
      recent.delete(keyOf(progress.chain, seq));
      progress.next = seq + 1;
      progress.begins = false;
      progress.failure = undefined;
      const following = recent.get(keyOf(progress.chain, progress.next));
      progress.oldestSealedAt = pendingIn(progress) === 0 ? undefined : (following?.header.sealed_at ?? sealed_at);
    },
    failed(progress, error, now) {
      const code = codeOf(error) ?? "UNKNOWN";
      const attempts = (progress.failure?.attempts ?? 0) + 1;
      progress.mustAsk = true;
      progress.failure = {
        code,
        message: messageOf(error),
        attempts,
        isParked: attempts >= policy.maxMintRetries,
        since: progress.failure?.since ?? now,
        failedAt: now,
        retryAt: now + backOff(attempts - 1, random(), waits),
      };
      return progress.failure;
    },
    msUntilDue(now, limitMs) {
      const times = Array.from(chains.values(), dueAtOf);
      return times.reduce((ms, dueAt) => Math.min(ms, Math.max(0, dueAt - now)), limitMs);
    },
    wakeup,
  };
}

function keyOf(chain: ChainName, seq: number): string {
  return `${chainFolder(chain)}${seq}`;
}

/**
 * Returns the names alone, since the progress of a chain must not keep a whole header in memory.
 */
function nameOf({ database, schema, table }: ChainName): ChainName {
  return { database, schema, table };
}
