import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "./child-server.ts";
import type { ChildServer } from "./child-server.ts";

/** A key and its secret. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A real S3 server. versitygw keeps its data on disk; moto loses it when it ends. */
export interface S3Server extends ChildServer {
  readonly name: "versitygw" | "moto";
  readonly endpoint: string;
  readonly region: string;
  /** The credentials of the owner of everything. */
  readonly credentials: S3Credentials;
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
  const server = await startChild({
    name,
    folder,
    command: (port) => {
      const [program = "", ...args] = commandLine(port);
      return { program, args };
    },
    // Any answer will do: without a signature, a server answers with a refusal.
    isUp: (port) =>
      fetch(`http://127.0.0.1:${port}/`).then(
        async (answer) => {
          await answer.body?.cancel();
          return true;
        },
        () => false,
      ),
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  return { ...server, name, endpoint, region: REGION, credentials: OWNER };
}
