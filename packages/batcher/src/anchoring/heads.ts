import { chainFolder, codeOf, createSlots } from "@etrap/ledger";
import type { ChainName, ObjectReader } from "@etrap/ledger";
import pLimit from "p-limit";
import { isContradiction } from "../batcher-error.ts";
import type { Anchor, ChainHead, Clock } from "../ports.ts";
import { orAbort, runEnded } from "../wait/or-abort.ts";
import { verifyHead } from "./verify-head.ts";
import type { HeadCheck } from "./verify-head.ts";

/**
 * What the anchor holds of each chain, compared with the store. The storing loop and the anchoring
 * loop share one answer for each chain, so that what one of them finds stops the other.
 */
export interface Heads {
  /**
   * Returns the head of a chain, or undefined where the anchor holds nothing of it. The answer is
   * kept until it is forgotten. An error is not kept, so the next call asks again. Rejects with
   * HEAD_ROLLED_BACK, ANCHOR_FORKED, the error of the anchor, or that of reading the slot.
   */
  of(chain: ChainName): Promise<ChainHead | undefined>;
  /**
   * Resolves where a chain may be written: the store holds what is anchored, or the anchor does not
   * say so in time. Rejects with the contradiction that stands, the error of reading the slot, or
   * RUN_ENDED.
   */
  allowWriting(chain: ChainName): Promise<void>;
  /**
   * Returns the error by which the anchor contradicts a chain. It stands until the anchor answers
   * otherwise, and not only until the answer is forgotten.
   */
  contradiction(chain: ChainName): unknown;
  /** Forgets the answer, also one that is still to come, so that the anchor is asked again. */
  forget(chain: ChainName): void;
}

/** The ports that the heads are asked and compared by. */
export interface HeadPorts {
  readonly store: ObjectReader;
  readonly anchor: Anchor;
  readonly clock: Clock;
  /** Once aborted, the anchor is not asked any more. */
  readonly deadline: AbortSignal;
}

/**
 * The largest number of heads that are asked for at once. A start with many tables asks for all.
 */
const MAX_AT_ONCE = 8;
/**
 * The longest wait for an answer, and for the turn to ask, before a chain is written without it.
 */
const LONGEST_WAIT_MS = 10_000;

/** Creates heads of which nothing is known yet. */
export function createHeads({ store, anchor, clock, deadline }: HeadPorts): Heads {
  const limit = pLimit(MAX_AT_ONCE);
  const checks = new Map<string, Promise<HeadCheck>>();
  const contradictions = new Map<string, unknown>();
  /** The chains that waited for an answer in vain. Their writers do not wait again. */
  const unanswered = new Set<string>();

  const ask = (chain: ChainName): Promise<HeadCheck> => {
    const key = chainFolder(chain);
    const check = limit(async () => {
      if (deadline.aborted) throw runEnded();
      return verifyHead(createSlots(store, chain), anchor, chain);
    });
    checks.set(key, check);
    // Runs before whoever waits for the check goes on. One that was forgotten meanwhile is older
    // than what is known now.
    const note = (isAnswered: boolean, error?: unknown): void => {
      if (checks.get(key) !== check) return;
      if (isAnswered) contradictions.delete(key);
      else checks.delete(key);
      if (isContradiction(codeOf(error))) contradictions.set(key, error);
    };
    check.then(
      ({ kind }) => note(kind === "answered"),
      (error: unknown) => note(false, error),
    );
    return check;
  };
  const checkOf = (chain: ChainName): Promise<HeadCheck> => checks.get(chainFolder(chain)) ?? ask(chain);

  return {
    async of(chain) {
      const check = await checkOf(chain);
      if (check.kind === "unanswered") throw check.error;
      return check.head;
    },
    async allowWriting(chain) {
      const key = chainFolder(chain);
      if (unanswered.has(key) && !contradictions.has(key)) return;
      const isOver = new AbortController();
      const wait = clock.sleep(LONGEST_WAIT_MS, isOver.signal);
      try {
        const check = await orAbort(deadline, Promise.race([checkOf(chain), wait]));
        if (check?.kind !== "answered") unanswered.add(key);
      } finally {
        isOver.abort();
      }
      // An anchor that is away does not take a contradiction back.
      if (contradictions.has(key)) throw contradictions.get(key);
    },
    contradiction: (chain) => contradictions.get(chainFolder(chain)),
    forget: (chain) => void checks.delete(chainFolder(chain)),
  };
}
