import { spawn } from "node:child_process";
import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A real server in a process of its own, on the loopback interface, for tests. */
export interface ChildServer {
  readonly port: number;
  /** The file to which the server writes its output, over all its starts. */
  readonly logPath: string;
  /** Ends the server with a signal, by default SIGKILL. What it keeps on disk stays there. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stops the server without ending it: it accepts connections, and answers nothing. */
  pause(): void;
  /** Lets a paused server go on. */
  resume(): void;
  /** Starts the server again at the same port, on the data that it kept. */
  start(): Promise<void>;
  /** Whether the process runs. A server may end by itself when another one is away. */
  isRunning(): boolean;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** The program of a server, with its arguments. */
interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly options?: Pick<SpawnOptions, "env" | "uid" | "gid">;
}

/** Options of `startChild`. */
export interface ChildOptions {
  readonly name: string;
  /** The folder of the server's data, in which it starts. `stop` removes it. */
  readonly folder: string;
  readonly command: (port: number) => Command;
  /** Whether the server with this port and process id answers now. */
  readonly isUp: (port: number, pid: number) => Promise<boolean>;
}

/** Starts on other ports before the server is taken for one that cannot start. */
const TRIES = 3;
/** Milliseconds after which a server that runs, and does not answer, is killed. */
const UP_MS = 60_000;
/** Milliseconds for which a killed server's port or data may still be held. */
const RELEASE_MS = 20_000;

/** Starts a server on a free port. Rejects with the end of its output if it cannot start. */
export async function startChild({ name, folder, command, isUp }: ChildOptions): Promise<ChildServer> {
  const logPath = join(folder, "output.log");
  let child: ChildProcess | undefined;
  const isRunning = (): boolean => child !== undefined && !hasEnded(child);
  /** Resolves with true once the server answers, and with false when it ended. */
  const untilUp = async (started: ChildProcess, port: number): Promise<boolean> => {
    const end = performance.now() + UP_MS;
    while (started.pid !== undefined && !hasEnded(started)) {
      if (performance.now() > end) started.kill("SIGKILL");
      if ((await isUp(port, started.pid)) && !hasEnded(started)) return true;
      await sleep(20);
    }
    return false;
  };
  const startOn = async (port: number): Promise<boolean> => {
    // Whoever holds the port would answer in place of the new server, which has not yet ended.
    if (!(await isFree(port))) return false;
    const { program, args, options } = command(port);
    const log = openSync(logPath, "a");
    const started = spawn(program, args, { ...options, cwd: folder, stdio: ["ignore", log, log] });
    closeSync(log);
    // Rejects where the program is missing.
    await once(started, "spawn");
    child = started;
    return untilUp(started, port);
  };
  const kill = async (signal: NodeJS.Signals = "SIGKILL"): Promise<void> => {
    if (child === undefined || hasEnded(child)) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };
  const refuse = (): never => {
    throw new Error(
      `expected ${name} to start and answer, but it ended: ${readFileSync(logPath, "utf8").slice(-2000)}`,
    );
  };

  let port = await freePort();
  for (let tries = 1; !(await startOn(port)); tries += 1) {
    if (tries === TRIES) refuse();
    port = await freePort();
  }
  return {
    port,
    logPath,
    kill,
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    isRunning,
    async start() {
      // Processes of a server that was killed, such as PostgreSQL's, outlive it for a moment.
      const end = performance.now() + RELEASE_MS;
      while (!(await startOn(port))) {
        if (performance.now() > end) refuse();
        await sleep(100);
      }
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Returns a port below those that the kernel gives to outgoing connections, of which tests make
 * many.
 */
async function freePort(): Promise<number> {
  const port = 15_000 + Math.floor(Math.random() * 15_000);
  return (await isFree(port)) ? port : freePort();
}

/** Whether no program listens on a port. */
async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  const isOpen = once(probe, "listening").then(
    () => true,
    () => false,
  );
  probe.listen(port, "127.0.0.1");
  if (!(await isOpen)) return false;
  probe.close();
  await once(probe, "close");
  return true;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
