import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startRedis } from "@etrap/source-redis/testing";
import { readRecording } from "@etrap/testdata";
import { Redis } from "ioredis";
import type { CapturedEntry } from "../capture-source.ts";
import { startEtrap } from "./etrap-process.ts";
import { loadEntries, untilAllCommitted } from "./load-entries.ts";
import { changesOf, readRecord } from "./read-record.ts";

/** What one killed process had done. */
interface Kill {
  /** Milliseconds from its first stored batch to its end. */
  readonly afterMs: number;
  readonly batches: number;
  /** Changes that it found in the record already, left uncommitted by the one before. */
  readonly redelivered: number;
  readonly exitCode: number | null;
}

/** What came of it all. */
export interface KillRun {
  readonly kills: readonly Kill[];
  /** `stream id` of every entry that is a row change, sorted. */
  readonly expected: readonly string[];
  /** `stream id` of every change in the record, as read and verified from its files alone, sorted. */
  readonly recorded: readonly string[];
}

const LOAD_CHUNK = 250;

/** Entries that a real Debezium wrote, again and again under new ids, over the three streams of a recording. */
function manyEntries(count: number): CapturedEntry[] {
  const recorded = readRecording("restart-duplicates");
  return Array.from({ length: count }, (_, index) => {
    const { stream, fields } = recorded[index % recorded.length] ?? { stream: "", fields: [] };
    return { stream, id: `${1_795_395_725_706 + Math.floor(index / 100)}-${index}`, fields };
  });
}

/** Kills `etrap run` with SIGKILL at random moments while entries are loaded, starts it again each time, and lets the last one finish. */
export async function runWithKills(options: { entries: number; kills: number }): Promise<KillRun> {
  const server = await startRedis("--appendfsync", "everysec");
  const redis = new Redis(server.port, "127.0.0.1");
  const folder = await mkdtemp(join(tmpdir(), "etrap-"));
  const environment = {
    ETRAP_ORG_ID: "acme",
    ETRAP_STORE_DIR: folder,
    ETRAP_STREAM_PATTERN: "etrap.*",
    ETRAP_BATCH_SIZE: "50",
    ETRAP_BATCH_TIMEOUT: "0.05",
    ETRAP_LEASE: "0.3",
    REDIS_PORT: String(server.port),
  };
  try {
    const entries = manyEntries(options.entries);
    const chunks = Math.ceil(entries.length / LOAD_CHUNK);
    let loaded = 0;
    const kills: Kill[] = [];
    for (let kill = 0; kill < options.kills; kill += 1) {
      const until = Math.ceil((chunks * (kill + 1)) / options.kills) * LOAD_CHUNK;
      kills.push(
        await killOne(environment, async () => {
          for (; loaded < until; loaded += LOAD_CHUNK)
            await loadEntries(redis, entries.slice(loaded, loaded + LOAD_CHUNK));
        }),
      );
    }
    const last = startEtrap(["run"], environment);
    await untilAllCommitted(redis, new Set(entries.map(({ stream }) => stream)), last);
    if ((await last.end("SIGTERM")) !== 0) throw new Error(`the last run did not end well: ${last.errors()}`);

    const rowChanges = entries.filter(({ stream }) => stream !== "etrap.transaction");
    return {
      kills,
      expected: rowChanges.map(({ stream, id }) => `${stream} ${id}`).toSorted(),
      recorded: changesOf(readRecord(folder))
        .map(({ stream, id }) => `${stream} ${id}`)
        .toSorted(),
    };
  } finally {
    redis.disconnect();
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

async function killOne(environment: Record<string, string>, load: () => Promise<void>): Promise<Kill> {
  const etrap = startEtrap(["run"], environment);
  const loading = load();
  await etrap.untilLine("batch-stored");
  const started = performance.now();
  await sleep(Math.random() * 60);
  const exitCode = await etrap.end("SIGKILL");
  const afterMs = performance.now() - started;
  await loading;
  const events = etrap.lines.map((line): { type: string; count?: number } => JSON.parse(line));
  const redelivered = events
    .filter(({ type }) => type === "redeliveries-dropped")
    .reduce((sum, { count = 0 }) => sum + count, 0);
  return { afterMs, batches: events.filter(({ type }) => type === "batch-stored").length, redelivered, exitCode };
}
