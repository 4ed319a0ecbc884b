import type { Clock } from "../ports.ts";
import { withTurn } from "./turn.ts";

/**
 * Returns a clock on which every sleep takes a turn of the event loop at least, also one whose
 * signal is aborted already. A loop that tries again after a sleep then starves no other task.
 */
export function turningClock(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    sleep: (ms, signal) => withTurn(() => clock.sleep(ms, signal)),
  };
}
