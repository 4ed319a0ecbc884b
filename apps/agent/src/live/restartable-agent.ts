import { startEtrap } from "../fixtures/etrap-process.ts";
import type { EtrapProcess } from "../fixtures/etrap-process.ts";

/** `etrap run`, which is killed and started again like a server. */
export interface RestartableAgent {
  /** The process that was started last. */
  readonly process: EtrapProcess;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Starts `etrap run` with this environment. */
export function startAgent(environment: Readonly<Record<string, string>>): RestartableAgent {
  let process = startEtrap(["run"], environment);
  return {
    get process() {
      return process;
    },
    kill: async () => void (await process.end("SIGKILL")),
    start() {
      process = startEtrap(["run"], environment);
      return process.untilLine("started");
    },
  };
}
