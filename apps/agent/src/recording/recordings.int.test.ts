import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { disclosedValues } from "@etrap/proof";
import { compareChanges, readRecording, recordingNames, tablesFile } from "@etrap/testdata";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { startRedis } from "@etrap/test-servers";
import { startEtrap } from "../fixtures/etrap-process.ts";
import { isRowChange } from "../fixtures/is-row-change.ts";
import { loadEntries, untilAllCommitted } from "../fixtures/load-entries.ts";
import { changesOf, readLedger } from "../fixtures/read-ledger.ts";
import type { RecordedChange } from "../fixtures/read-ledger.ts";

/**
 * Loads a recording into a real Redis, records it with `etrap run`, and reads the ledger from its
 * files alone.
 */
async function recordThroughRedis(name: string): Promise<RecordedChange[]> {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.port, "127.0.0.1");
  onTestFinished(() => redis.disconnect());
  const folder = await mkdtemp(join(tmpdir(), "etrap-"));
  onTestFinished(() => rm(folder, { recursive: true }));

  const entries = readRecording(name);
  await loadEntries(redis, entries);
  const etrap = startEtrap(["run"], {
    ETRAP_ORG_ID: "acme",
    ETRAP_STORE_DIR: folder,
    ETRAP_STREAM_PATTERN: "etrap.*",
    ETRAP_TABLES_FILE: tablesFile,
    ETRAP_BATCH_SIZE: "50",
    ETRAP_BATCH_TIMEOUT: "0.2",
    REDIS_PORT: String(server.port),
  });
  await untilAllCommitted(redis, new Set(entries.map(({ stream }) => stream)), etrap);
  expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
  return changesOf(readLedger(folder));
}

test.each(recordingNames)(
  "records every entry of %s that is not a skip once, in order",
  { timeout: 60_000 },
  async (name) => {
    const changes = await recordThroughRedis(name);
    const expected = readRecording(name).filter(isRowChange);
    const inOrder = (stream: string): string[] =>
      expected.filter((entry) => entry.stream === stream).map(({ id }) => id);
    const recorded = Map.groupBy(changes, ({ stream, record }) => `${stream} ${record.schema}.${record.table}`);

    expect(changes.filter(({ record }) => record.operation === "POISON")).toEqual([]);
    expect(changes.map(({ stream, id }) => `${stream} ${id}`).toSorted()).toEqual(
      expected.map(({ stream, id }) => `${stream} ${id}`).toSorted(),
    );
    for (const members of recorded.values()) {
      const order = inOrder(members[0]?.stream ?? "");
      const places = members.map(({ id }) => order.indexOf(id));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  },
);

test.each(["extended-schemas-on", "extended-schemas-off"])(
  "records the images of %s as PostgreSQL's own text",
  { timeout: 60_000 },
  async (name) => {
    const changes = await recordThroughRedis(name);
    expect(compareChanges(name, changes.map(imagesOf))).toEqual([]);
  },
);

function imagesOf({ stream, id, record, payload }: RecordedChange): Parameters<typeof compareChanges>[1][number] {
  const { operation, schema, table, omitted } = record;
  return {
    stream,
    id,
    operation,
    schema,
    table,
    omitted,
    key: payload.key && disclosedValues(payload.key),
    before: payload.before && disclosedValues(payload.before),
    after: payload.after && disclosedValues(payload.after),
  };
}
