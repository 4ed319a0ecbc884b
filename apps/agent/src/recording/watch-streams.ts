import type { AgentEvent } from "../report/agent-event.ts";

/** The time in which a stream that exists has been found for long, in milliseconds. */
const FOUND_MS = 10_000;

/** Passes events on, and says once that no stream was found. */
export interface StreamWatch {
  report(event: AgentEvent): void;
  close(): void;
}

/** Watches whether an agent that leads finds a stream for its pattern. */
export function watchStreams(report: (event: AgentEvent) => void, pattern: string): StreamWatch {
  let timer: NodeJS.Timeout | undefined;
  let isFound = false;
  return {
    report(event) {
      if (event.type === "stream-found") isFound = true;
      if (event.type === "leading" && !isFound) {
        clearTimeout(timer);
        timer = setTimeout(() => {
          if (!isFound) report({ type: "no-streams", pattern });
        }, FOUND_MS);
      }
      if (event.type === "stream-found" || event.type === "standby") clearTimeout(timer);
      report(event);
    },
    close: () => clearTimeout(timer),
  };
}
