import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDebezium, startPostgres, startRedis, startVersitygw } from "@etrap/test-servers";
import type { ChildServer, PostgresServer, Versitygw } from "@etrap/test-servers";
import { stringify } from "yaml";
import { startEtrap } from "../fixtures/etrap-process.ts";
import { s3Environment } from "../fixtures/s3-environment.ts";
import { describeTables, TABLES } from "./describe-tables.ts";
import { freePort, startPrometheus } from "./start-prometheus.ts";
import { startLocalnet } from "./start-localnet.ts";
import type { LocalnetProcess } from "./start-localnet.ts";
import { startAgent } from "./restartable-agent.ts";
import type { RestartableAgent } from "./restartable-agent.ts";

const BUCKET = "etrap-live";

/**
 * PostgreSQL, Debezium, Redis, and `etrap run` with its ledger in a bucket and its anchor on NEAR.
 */
export interface Pipeline {
  readonly postgres: PostgresServer;
  readonly debezium: ChildServer;
  readonly redis: ChildServer;
  readonly agent: RestartableAgent;
  readonly s3: Versitygw;
  readonly localnet: LocalnetProcess;
  readonly contractId: string;
  readonly prometheus: ChildServer;
  /** The address of the agent's `/health` and `/metrics`. */
  readonly watchUrl: string;
  /** The options by which a stranger names the contract. */
  readonly trust: readonly string[];
  /** The folder of the ledger's files. */
  readonly ledger: string;
  /** Runs a command of `etrap` with the agent's settings, and returns its exit code and output. */
  etrap(...args: string[]): Promise<{ readonly exit: number | null; readonly output: string }>;
  stop(): Promise<void>;
}

/** The account that owns the contract. */
const OWNER = "acme";

/** Starts a pipeline for the tables of tables.sql. It writes its settings to `folder`. */
export async function startPipeline(folder: string): Promise<Pipeline> {
  const stops: (() => Promise<void>)[] = [];
  const keep = <Server extends { stop(): Promise<void> }>(server: Server): Server => {
    stops.unshift(server.stop);
    return server;
  };
  const stop = async (): Promise<void> => {
    for (const stopOne of stops) await stopOne();
  };
  try {
    const postgres = keep(await startPostgres());
    await postgres.psql(readFileSync(join(import.meta.dirname, "tables.sql"), "utf8"));
    const redis = keep(await startRedis());
    const s3 = keep(await startVersitygw());
    const localnet = keep(await startLocalnet());
    const near = await initContract(localnet, folder);
    const debezium = keep(await startDebezium({ postgres, redisPort: redis.port, tables: TABLES }));
    const watchPort = String(await freePort());
    const tablesFile = join(folder, "tables.json");
    writeFileSync(tablesFile, describeTables());
    const { AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "", ...bucket } = s3Environment(s3, BUCKET);
    const secrets = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    const settings = {
      ...near,
      ETRAP_ORG_ID: "acme",
      ...bucket,
      REDIS_PORT: String(redis.port),
      ETRAP_STREAM_PATTERN: "etrap.*",
      ETRAP_TABLES_FILE: tablesFile,
      ETRAP_BATCH_SIZE: "50",
      ETRAP_BATCH_TIMEOUT: "0.2",
      ETRAP_LEASE: "1",
      ETRAP_HEALTH_PORT: watchPort,
      ETRAP_METRICS_PORT: watchPort,
    };
    const configFile = join(folder, "etrap.yaml");
    writeFileSync(configFile, settingsFileOf(settings));
    const environment = { ...secrets, ETRAP_CONFIG_FILE: configFile };
    const agent = startAgent(environment);
    stops.unshift(agent.kill);
    const watchUrl = `127.0.0.1:${watchPort}`;
    const prometheus = keep(await startPrometheus(watchUrl));
    return {
      postgres,
      debezium,
      redis,
      agent,
      s3,
      localnet,
      prometheus,
      watchUrl: `http://${watchUrl}`,
      contractId: `notary.${OWNER}`,
      trust: ["--network", "localnet", "--contract", `notary.${OWNER}`, "--rpc", localnet.url],
      stop,
      ledger: join(s3.folder, BUCKET),
      etrap: async (...args) => runToEnd(args, environment),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Writes variables as the settings file names them. */
function settingsFileOf(variables: Readonly<Record<string, string>>): string {
  const file: Record<string, unknown> = {};
  const sections: Record<string, Record<string, string>> = { s3: {}, redis: {}, near: {}, aws: {} };
  for (const [variable, value] of Object.entries(variables)) {
    const [, section, name = ""] = /^(?:ETRAP_)?(S3|REDIS|NEAR|AWS)_(\w+)$/.exec(variable) ?? [];
    const members = section === undefined ? undefined : sections[section.toLowerCase()];
    if (members === undefined) file[variable.replace(/^ETRAP_/, "").toLowerCase()] = value;
    else members[name.toLowerCase()] = value;
  }
  return stringify({ ...file, ...sections });
}

type Ended = Awaited<ReturnType<Pipeline["etrap"]>>;

async function runToEnd(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  const { exited, lines, errors } = startEtrap(args, environment);
  return { exit: await exited, output: [...lines, errors()].join("\n") };
}

/** Sets up the contract with `etrap init`, and returns the settings that it wrote. */
export async function initContract(
  { url, ownerKey }: LocalnetProcess,
  folder: string,
): Promise<Record<string, string>> {
  const out = join(folder, "near");
  const place = ["--network", "localnet", "--rpc", url, "--out", out];
  const args = ["init", "--organization", "acme", "--account", OWNER, ...place, "--yes"];
  const { exit, output } = await runToEnd(args, { NEAR_PRIVATE_KEY: ownerKey });
  if (exit !== 0) throw new Error(`expected etrap init to succeed: ${output}`);
  const lines = readFileSync(join(out, "near.env"), "utf8").trimEnd().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(/='|'$/).slice(0, 2) as [string, string]));
}
