import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key and its secret. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A real S3 server on the loopback interface, for tests. */
export interface S3Server {
  readonly name: "versitygw" | "moto";
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  /** The credentials of the owner of everything. */
  readonly credentials: S3Credentials;
  /** Ends the server with SIGKILL. versitygw keeps its data on disk, moto loses it. */
  kill(): Promise<void>;
  /** Stops the server without ending it: it accepts connections, and answers nothing. */
  pause(): void;
  /** Lets a paused server go on. */
  resume(): void;
  /** Starts the server again at the same port, on the data that it kept. */
  start(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** versitygw, which can have further users. They have no rights until a policy gives them some. */
export interface Versitygw extends S3Server {
  /** The folder of the objects: each is a file at `{bucket}/{key}`. */
  readonly folder: string;
  /** Adds a user. An `admin` may do everything; a `user`, the default, nothing. */
  addUser(user: S3Credentials & { readonly role?: "user" | "admin" }): Promise<void>;
  /** Replaces the secret of a user, as its owner does. */
  changeSecret(accessKeyId: string, secretAccessKey: string): Promise<void>;
}

const REGION = "us-east-1";
const OWNER: S3Credentials = { accessKeyId: "test", secretAccessKey: "testsecret" };

/** Starts versitygw: signatures, users, policies, versions and locks are checked as by AWS. */
export async function startVersitygw(): Promise<Versitygw> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-s3-"));
  const [data, versions, users] = ["data", "versions", "users"].map((name) => join(folder, name));
  for (const each of [data, versions, users]) mkdirSync(String(each));
  const server = await startServer("versitygw", folder, (port) =>
    [
      ["versitygw", "--port", `127.0.0.1:${port}`, "--region", REGION, "--quiet", "--keep-alive"],
      ["--access", OWNER.accessKeyId, "--secret", OWNER.secretAccessKey, "--iam-dir", String(users)],
      ["posix", "--versioning-dir", String(versions), String(data)],
    ].flat(),
  );
  return {
    ...server,
    folder: String(data),
    addUser: async ({ accessKeyId, secretAccessKey, role = "user" }) =>
      administer(server.endpoint, "create-user", "-a", accessKeyId, "-s", secretAccessKey, "-r", role),
    changeSecret: async (accessKeyId, secretAccessKey) =>
      administer(server.endpoint, "update-user", "-a", accessKeyId, "-s", secretAccessKey),
  };
}

async function administer(endpoint: string, ...command: string[]): Promise<void> {
  const owner = ["-a", OWNER.accessKeyId, "-s", OWNER.secretAccessKey, "-er", endpoint];
  const child = spawn("versitygw", ["admin", ...owner, ...command], { stdio: "ignore" });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`expected versitygw to ${command[0]}, but it exited with ${code}`);
}

/** Starts moto, which checks neither signatures nor rights, and keeps everything in memory. */
export async function startMoto(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-s3-"));
  return startServer("moto", folder, (port) => ["moto_server", "-H", "127.0.0.1", "-p", String(port)]);
}

async function startServer(
  name: S3Server["name"],
  folder: string,
  commandLine: (port: number) => string[],
): Promise<S3Server> {
  let child: ChildProcess | undefined;
  const startOn = async (port: number): Promise<boolean> => {
    // Whoever holds the port would answer in place of the new server, which has not yet ended.
    if (!(await isFree(port))) return false;
    const [program = "", ...args] = commandLine(port);
    child = spawn(program, args, { stdio: "ignore", cwd: folder });
    const missing = once(child, "error").then(([error]) => Promise.reject(error));
    return Promise.race([untilUp(port, child), missing]);
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || hasEnded(child)) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  let port = randomPort();
  while (!(await startOn(port))) port = randomPort();
  return {
    name,
    endpoint: `http://127.0.0.1:${port}`,
    port,
    region: REGION,
    credentials: OWNER,
    kill,
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    async start() {
      if (!(await startOn(port))) throw new Error(`expected ${name} to start again on port ${port}, but it ended`);
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns a port below those that the kernel gives to outgoing connections. */
function randomPort(): number {
  return 15_000 + Math.floor(Math.random() * 15_000);
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

/** Resolves with true once the server answers, and with false when it ended. */
async function untilUp(port: number, child: ChildProcess): Promise<boolean> {
  while (!hasEnded(child)) {
    // Any answer will do: without a signature, a server answers with a refusal.
    const isUp = await fetch(`http://127.0.0.1:${port}/`).then(
      async (answer) => {
        await answer.body?.cancel();
        return true;
      },
      () => false,
    );
    if (isUp && !hasEnded(child)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
