import { chainFolder } from "@etrap/proof";
import type { ChainName, Header } from "@etrap/proof";
import { createAnchorLine, dueAtOf, isDue, pendingIn, shareOut, statusOf } from "./anchor-line.ts";
import type { AnchorFailure, AnchorLine, AnchorPlace, AnchorStatus } from "./anchor-line.ts";
import { isParkedAfter, restAfter } from "./anchor-policy.ts";
import type { AnchorPolicy } from "./anchor-policy.ts";
import { createBell } from "../lanes/bell.ts";
import type { Bell } from "../lanes/bell.ts";
import { codeOf, isContradiction, messageOf } from "../error-code.ts";
import type { Publication } from "../ports.ts";

/** What a turn of the loop publishes of one chain: `count` batches from `first` on. */
export interface AnchorTurn {
  readonly line: AnchorLine;
  readonly first: number;
  readonly count: number;
}

/** What waits to be anchored. It can be made again from store and anchor, so a crash loses nothing of it. */
export interface AnchorQueue {
  /** Notes a chain whose batches are to be anchored. Without `newest`, the store is asked for it. */
  chainOpened(chain: ChainName, newest?: Header): void;
  /** Notes a batch whose slot stands. */
  batchStored(publication: Publication): void;
  /** Gives a chain, or every chain, its attempts anew, and at once. */
  retryNow(chain?: ChainName): void;
  status(): AnchorStatus;

  /** For the loop: takes chains that are due, at most as many as one call takes; the one that waited longest for its turn comes first. */
  takeDue(now: number): AnchorLine[];
  /** For the loop: what these chains publish in one call. */
  planTurns(lines: readonly AnchorLine[]): AnchorTurn[];
  /** For the loop: a publication that is in memory still. */
  recall(chain: ChainName, seq: number): Publication | undefined;
  placed(line: AnchorLine, place: AnchorPlace): void;
  anchored(line: AnchorLine, header: Header): void;
  failed(line: AnchorLine, error: unknown, now: number): AnchorFailure;
  /** Why a chain must not be written: the anchor contradicts it, as far as the loop has found. */
  contradiction(chain: ChainName): AnchorFailure | undefined;
  /** Notes that the anchor answered, and says nothing against the chain any more. */
  headConfirmed(chain: ChainName): void;
  /** For the loop: how long until a chain is due, at most `limitMs`. */
  msUntilDue(now: number, limitMs: number): number;
  /** Rings when there is something new for the loop. */
  readonly bell: Bell;
}

/** What a queue takes from outside. `random` gives numbers from 0 to 1, to spread retries. */
export interface AnchorQueueOptions {
  readonly policy: AnchorPolicy;
  random(): number;
}

/** Creates an empty queue. */
export function createAnchorQueue({ policy, random }: AnchorQueueOptions): AnchorQueue {
  const lines = new Map<string, AnchorLine>();
  /** The newest publications: those of a chain that does not get on make room for those of one that does. */
  const recent = new Map<string, Publication>();
  const bell = createBell();

  const lineOf = (chain: ChainName): AnchorLine => {
    const key = chainFolder(chain);
    const line = lines.get(key) ?? createAnchorLine(nameOf(chain));
    lines.set(key, line);
    return line;
  };

  const remember = (publication: Publication): void => {
    recent.set(keyOf(publication.header, publication.header.seq), publication);
    for (const key of recent.keys()) if (recent.size > policy.maxInMemory) recent.delete(key);
  };

  return {
    chainOpened(chain, newest) {
      const line = lineOf(chain);
      if (newest !== undefined) line.newest = Math.max(line.newest ?? -1, newest.seq);
      bell.ring();
    },
    batchStored(publication) {
      const { header } = publication;
      const line = lineOf(header);
      line.newest = Math.max(line.newest ?? -1, header.seq);
      line.stored += 1;
      line.oldestSealedAt ??= header.sealed_at;
      remember(publication);
      bell.ring();
    },
    retryNow(chain) {
      for (const [key, line] of lines) if (chain === undefined || key === chainFolder(chain)) line.failure = undefined;
      bell.ring();
    },
    status: () => statusOf([...lines.values()]),

    takeDue(now) {
      const due = [...lines].filter(([, line]) => isDue(line, now)).slice(0, policy.maxPerCall);
      for (const [key, line] of due) {
        // To the end of the map: next time the others come first.
        lines.delete(key);
        lines.set(key, line);
      }
      return due.map(([, line]) => line);
    },
    planTurns(chosen) {
      const shares = shareOut(chosen.map(pendingIn), policy.maxPerCall);
      return chosen.flatMap((line, index) => {
        const [first, count] = [line.next, shares[index] ?? 0];
        return first === undefined || count === 0 ? [] : [{ line, first, count }];
      });
    },
    recall: (chain, seq) => recent.get(keyOf(chain, seq)),
    placed(line, { next, newest, oldestSealedAt }) {
      line.next = next;
      // More may have been stored while the anchor was asked.
      line.newest = Math.max(line.newest ?? -1, newest);
      line.oldestSealedAt = oldestSealedAt ?? recent.get(keyOf(line.chain, next))?.header.sealed_at;
      line.mustAsk = false;
      line.contradiction = undefined;
      if (pendingIn(line) === 0) line.failure = undefined;
    },
    anchored(line, { seq, sealed_at }) {
      recent.delete(keyOf(line.chain, seq));
      line.next = seq + 1;
      line.failure = undefined;
      const following = recent.get(keyOf(line.chain, line.next));
      line.oldestSealedAt = pendingIn(line) === 0 ? undefined : (following?.header.sealed_at ?? sealed_at);
    },
    failed(line, error, now) {
      const code = codeOf(error) ?? "UNKNOWN";
      const attempts = (line.failure?.attempts ?? 0) + 1;
      // As after a crash: what became of the batches is for the anchor to say.
      line.mustAsk = true;
      line.failure = {
        code,
        message: messageOf(error),
        attempts,
        isParked: isParkedAfter(attempts, policy),
        since: line.failure?.since ?? now,
        failedAt: now,
        retryAt: now + restAfter(attempts, code, random(), policy),
      };
      if (isContradiction(code)) line.contradiction = line.failure;
      return line.failure;
    },
    headConfirmed(chain) {
      const line = lines.get(chainFolder(chain));
      if (line?.contradiction === undefined) return;
      [line.contradiction, line.failure] = [undefined, undefined];
      bell.ring();
    },
    contradiction: (chain) => lines.get(chainFolder(chain))?.contradiction,
    msUntilDue(now, limitMs) {
      return Array.from(lines.values(), dueAtOf).reduce((ms, dueAt) => Math.min(ms, Math.max(0, dueAt - now)), limitMs);
    },
    bell,
  };
}

function keyOf(chain: ChainName, seq: number): string {
  return `${chainFolder(chain)}${seq}`;
}

/** The names alone: what a line holds must not keep a whole header in memory. */
function nameOf({ database, schema, table }: ChainName): ChainName {
  return { database, schema, table };
}
