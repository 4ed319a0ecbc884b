import { codeOf, messageOf } from "@etrap/ledger";

/** What a probe found: undefined where it works. */
export type ProbeResult = { readonly code: string; readonly message: string } | undefined;

/** The least time between two questions, and the longest time of one, in milliseconds. */
const [EVERY_MS, LONGEST_MS] = [5_000, 4_000];

/** Options of `createProbe`. */
export interface ProbeOptions {
  /** Returns milliseconds. */
  now(): number;
  /** The least time between two questions while all is well. Default: five seconds. */
  readonly whileGoodMs?: number;
}

/**
 * Creates a probe of something that the agent depends on. However often it is called, `ask` is
 * called at most once at a time and once every five seconds. Never rejects, and settles within four
 * seconds.
 */
export function createProbe(
  ask: () => Promise<unknown>,
  { now, whileGoodMs = EVERY_MS }: ProbeOptions,
): () => Promise<ProbeResult> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<ProbeResult> | undefined;
  let latest: ProbeResult;
  const run = async (): Promise<ProbeResult> => {
    askedAt = now();
    try {
      await ask();
      latest = undefined;
    } catch (error) {
      latest = { code: codeOf(error) ?? "UNKNOWN", message: messageOf(error) };
    } finally {
      running = undefined;
    }
    return latest;
  };
  return async () => {
    const everyMs = latest === undefined ? whileGoodMs : EVERY_MS;
    if (running === undefined && now() - askedAt < everyMs) return latest;
    running ??= run();
    const slow = { code: "TIMED_OUT", message: `no answer within ${LONGEST_MS / 1000} s` };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<ProbeResult>((resolve) => {
      timer = setTimeout(() => resolve(slow), LONGEST_MS);
    });
    return Promise.race([running, late]).finally(() => clearTimeout(timer));
  };
}
