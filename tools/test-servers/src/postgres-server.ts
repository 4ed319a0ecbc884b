import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, chownSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "./child-server.ts";
import type { ChildServer } from "./child-server.ts";

/** PostgreSQL with one database, whose changes can be decoded. */
export interface PostgresServer extends ChildServer {
  readonly database: string;
  readonly user: string;
  readonly url: string;
  /**
   * Runs SQL with psql, and returns the lines of its answer, with `|` between columns. Stops at the
   * first error, and rejects with it.
   */
  psql(sql: string): Promise<string[]>;
}

const USER = "postgres";
const DATABASE = "erp";
/** The user `nobody` and its group. */
const NOBODY = { uid: 65_534, gid: 65_534 };

const CONFIGURATION = `
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = logical
timezone = 'GMT'
log_timezone = 'GMT'
# A killed process loses nothing of what it wrote, and these tests do not cut the power.
fsync = off
`;

/** Starts PostgreSQL on a free port, with an empty database named `erp`. No password is asked. */
export async function startPostgres(): Promise<PostgresServer> {
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? NOBODY : undefined;
  const folder = mkdtempSync(join(tmpdir(), "etrap-postgres-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  initialize(data, { cwd: folder, ...user });
  const server = await startChild({
    name: "postgres",
    folder,
    command: (port) => ({ program: "postgres", args: ["-D", data, "-p", String(port)], options: { ...user } }),
    isUp: (port) =>
      runPsql({ port, database: USER }, "SELECT 1").then(
        () => true,
        () => false,
      ),
  });
  await runPsql({ port: server.port, database: USER }, `CREATE DATABASE ${DATABASE}`);
  return {
    ...server,
    database: DATABASE,
    user: USER,
    url: `postgres://${USER}@127.0.0.1:${server.port}/${DATABASE}`,
    psql: (sql) => runPsql({ port: server.port, database: DATABASE }, sql),
  };
}

function initialize(
  data: string,
  options: { readonly cwd: string; readonly uid?: number; readonly gid?: number },
): void {
  const args = ["--pgdata", data, "--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-locale"];
  try {
    execFileSync("initdb", [...args, "--no-sync"], { ...options, stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    const reason = "as root, PostgreSQL is run by the user nobody, who must be able to read its program";
    throw new Error(`expected initdb to make a database (${reason}): ${String(error)}`, { cause: error });
  }
  appendFileSync(join(data, "postgresql.conf"), CONFIGURATION);
}

interface Place {
  readonly port: number;
  readonly database: string;
}

function runPsql({ port, database }: Place, sql: string): Promise<string[]> {
  const place = ["-h", "127.0.0.1", "-p", String(port), "-U", USER, "-d", database];
  return new Promise((resolve, reject) => {
    const child = execFile(
      "psql",
      ["-XqAt", "-v", "ON_ERROR_STOP=1", ...place, "-f", "-"],
      { maxBuffer: 2 ** 28, env: { ...process.env, LC_ALL: "C", PGCLIENTENCODING: "UTF8" } },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout.split("\n").slice(0, -1));
        reject(new Error(`expected psql to run the statement: ${stderr}`, { cause: error }));
      },
    );
    // A psql that finds no server closes its input, and says so itself.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(sql);
  });
}
