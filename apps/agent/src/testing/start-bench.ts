import { join } from "node:path";
import { startRedis } from "@etrap/source-redis/testing";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { startEtrap } from "./etrap-process.ts";
import type { EtrapProcess } from "./etrap-process.ts";
import { changesOf, readRecord } from "./read-record.ts";
import type { RecordedChange } from "./read-record.ts";
import { makeFolder } from "./run-etrap.ts";

/** A Redis server, a folder for the record, and any number of agents on both, all of one test. */
export interface Bench {
  readonly redis: Redis;
  /** Where the test may write; the record is in `record` below it. */
  readonly folder: string;
  /** Starts `etrap run` with these settings besides those that lead here. */
  start(environment?: Readonly<Record<string, string>>): EtrapProcess;
  /** Every change in the record, which is verified first. */
  recorded(): RecordedChange[];
}

/** Starts a bench, which ends with the test. */
export async function startBench(): Promise<Bench> {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.port, "127.0.0.1");
  onTestFinished(() => redis.disconnect());
  const folder = await makeFolder();
  const record = join(folder, "record");
  return {
    redis,
    folder,
    start(environment = {}) {
      const settings = {
        ETRAP_ORG_ID: "acme",
        ETRAP_STORE_DIR: record,
        REDIS_PORT: String(server.port),
        ...environment,
      };
      const etrap = startEtrap(["run"], settings);
      onTestFinished(async () => void (await etrap.end("SIGKILL")));
      return etrap;
    },
    recorded: () => changesOf(readRecord(record)),
  };
}
