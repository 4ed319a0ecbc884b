import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readRecording } from "@etrap/testdata";
import { startRedis, startVersitygw } from "@etrap/test-servers";
import type { Versitygw } from "@etrap/test-servers";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { startEtrap } from "../fixtures/etrap-process.ts";
import type { EtrapProcess } from "../fixtures/etrap-process.ts";
import { loadEntries, untilAllCommitted } from "../fixtures/load-entries.ts";
import { changesOf, readLedger } from "../fixtures/read-ledger.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";
import { s3Environment } from "../fixtures/s3-environment.ts";

const BUCKET = "etrap-acme";
const ENTRIES = readRecording("restart-duplicates").filter(({ stream }) => stream !== "etrap.transaction");
const STREAMS = new Set(ENTRIES.map(({ stream }) => stream));
const idsOf = (entries: readonly { readonly stream: string; readonly id: string }[]): string[] =>
  entries.map(({ stream, id }) => `${stream} ${id}`).toSorted();

interface Bench {
  readonly s3: Versitygw;
  readonly redis: Redis;
  readonly environment: Readonly<Record<string, string>>;
  start(environment?: Readonly<Record<string, string>>, ...options: string[]): EtrapProcess;
  /** Verifies the ledger from the server's files, and returns the changes in it. */
  recorded(): string[];
}

async function startBench(): Promise<Bench> {
  const [server, s3] = await Promise.all([startRedis(), startVersitygw()]);
  const redis = new Redis(server.port, "127.0.0.1");
  onTestFinished(async () => {
    redis.disconnect();
    await Promise.all([server.stop(), s3.stop()]);
  });
  const environment = {
    ETRAP_ORG_ID: "acme",
    ETRAP_STREAM_PATTERN: "etrap.*",
    ETRAP_DATABASE: "erp",
    ETRAP_BATCH_SIZE: "20",
    ETRAP_BATCH_TIMEOUT: "0.1",
    ...s3Environment(s3, "auto"),
    ETRAP_STORE_DIR: "",
    REDIS_PORT: String(server.port),
  };
  return {
    s3,
    redis,
    environment,
    start(further = {}, ...options) {
      const etrap = startEtrap(["run", ...options], { ...environment, ...further });
      onTestFinished(async () => void (await etrap.end("SIGKILL")));
      return etrap;
    },
    recorded: () => idsOf(changesOf(readLedger(join(s3.folder, BUCKET)))),
  };
}

function linesOf(etrap: EtrapProcess, type: string): Record<string, unknown>[] {
  const events = etrap.lines.map((line): Record<string, unknown> => JSON.parse(line));
  return events.filter((event) => event["event"] === type);
}

test("records to a bucket that it creates, and every command reads it there", { timeout: 60_000 }, async () => {
  const { redis, environment, start, recorded } = await startBench();
  await loadEntries(redis, ENTRIES);
  const etrap = start();
  await untilAllCommitted(redis, STREAMS, etrap);
  expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
  expect(recorded()).toEqual(idsOf(ENTRIES));
  expect(linesOf(etrap, "bucket-created")).toMatchObject([{ bucket: BUCKET }]);
  expect(linesOf(etrap, "started")).toMatchObject([{ store: `s3://${BUCKET}` }]);
  const [first] = linesOf(etrap, "batch-stored");
  expect(first?.["place"]).toBe(
    `${BUCKET}/erp/${String(first?.["place"]).split("/")[2]}/${String(first?.["batchId"])}`,
  );

  const folder = await makeFolder();
  // The SDK reads the credentials from the variables of this process.
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const)
    process.env[name] = environment[name] ?? "";
  const listed = await runEtrap(folder, ["batches", "list", "--store", `s3://${BUCKET}`], environment);
  expect(listed.lines).toHaveLength(linesOf(etrap, "batch-stored").length);
  const proved = await runEtrap(
    folder,
    ["prove", "--table", "account", "--where", "id=10011", "--out", folder],
    environment,
  );
  expect(proved.exit, proved.errors.join()).toBe(0);
  const unset = await runEtrap(folder, ["batches", "list", "--store", "s3://"], environment);
  expect({ exit: unset.exit, errors: unset.errors }).toEqual({
    exit: 3,
    errors: [expect.stringMatching(/expected s3:\/\/bucket/)],
  });
});

test(
  "waits for a server that is away at the start, with one line, and loses nothing",
  { timeout: 60_000 },
  async () => {
    const { s3, redis, start, recorded } = await startBench();
    await s3.kill();
    await loadEntries(redis, ENTRIES);
    const etrap = start();
    await etrap.untilLine("store-waiting");
    await sleep(2_500);
    await s3.start();
    await untilAllCommitted(redis, STREAMS, etrap);
    expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
    expect(recorded()).toEqual(idsOf(ENTRIES));
    expect(linesOf(etrap, "store-waiting")).toMatchObject([{ message: expect.stringMatching(/cannot be reached/) }]);
    expect(linesOf(etrap, "store-back")).toHaveLength(1);
  },
);

test("stops at once while it waits for a server at the start, with exit code 0", async () => {
  const { s3, start } = await startBench();
  await s3.kill();
  const etrap = start();
  await etrap.untilLine("store-waiting");
  expect(await etrap.end("SIGTERM")).toBe(0);
});

test(
  "waits for a server that goes away in the middle, with one line, and loses nothing",
  { timeout: 60_000 },
  async () => {
    const { s3, redis, start, recorded } = await startBench();
    const etrap = start();
    await loadEntries(redis, ENTRIES.slice(0, 100));
    await untilAllCommitted(redis, new Set(ENTRIES.slice(0, 100).map(({ stream }) => stream)), etrap);
    await s3.kill();
    await loadEntries(redis, ENTRIES.slice(100));
    await etrap.untilLine("store-waiting");
    await sleep(5_000);
    expect(linesOf(etrap, "store-waiting")).toHaveLength(1);
    await s3.start();
    await untilAllCommitted(redis, STREAMS, etrap);
    expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
    expect(recorded()).toEqual(idsOf(ENTRIES));
    expect(linesOf(etrap, "store-back")).toHaveLength(1);
  },
);

test(
  "waits for credentials that are replaced, reads the new ones from their file, and loses nothing",
  { timeout: 60_000 },
  async () => {
    const { s3, redis, start, recorded } = await startBench();
    const file = join(await makeFolder(), "credentials");
    const writeFileWith = async (secret: string): Promise<void> =>
      writeFile(file, `[erp]\naws_access_key_id = agent\naws_secret_access_key = ${secret}\n`);
    await s3.addUser({ accessKeyId: "agent", secretAccessKey: "first-secret", role: "admin" });
    await writeFileWith("first-secret");
    const etrap = start({
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_PROFILE: "erp",
      AWS_SHARED_CREDENTIALS_FILE: file,
    });
    await loadEntries(redis, ENTRIES.slice(0, 100));
    await untilAllCommitted(redis, new Set(ENTRIES.slice(0, 100).map(({ stream }) => stream)), etrap);
    await s3.changeSecret("agent", "second-secret");
    await loadEntries(redis, ENTRIES.slice(100));
    await etrap.untilLine("store-waiting");
    await writeFileWith("second-secret");
    await untilAllCommitted(redis, STREAMS, etrap);
    expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
    expect(recorded()).toEqual(idsOf(ENTRIES));
    expect(linesOf(etrap, "store-waiting")).toMatchObject([
      { message: expect.stringMatching(/signature is not valid/) },
    ]);
    for (const line of [...etrap.lines, etrap.errors()]) expect(line).not.toMatch(/(first|second)-secret/);
  },
);

test("ends with 2 and the remedy where the bucket cannot be used", async () => {
  const { s3, start } = await startBench();
  await s3.addUser({ accessKeyId: "stranger", secretAccessKey: "stranger-secret" });
  for (const [environment, words] of [
    [{ AWS_SECRET_ACCESS_KEY: "wrong" }, /signature is not valid.*AWS_SECRET_ACCESS_KEY.*BUCKET_UNUSABLE/],
    [
      { AWS_ACCESS_KEY_ID: "stranger", AWS_SECRET_ACCESS_KEY: "stranger-secret" },
      /s3:\/\/etrap-acme.*(access is denied|may not create it)/,
    ],
    [{ ETRAP_S3_ENCRYPTION: "kms" }, /does not encrypt as asked/],
  ] as const) {
    const etrap = start(environment);
    expect(await etrap.exited).toBe(2);
    expect(etrap.errors()).toMatch(words);
  }
});

test("records compressed and locked objects below a prefix", { timeout: 60_000 }, async () => {
  const { redis, environment, start } = await startBench();
  await loadEntries(redis, ENTRIES);
  const form = {
    ETRAP_S3_PREFIX: "audit/erp",
    ETRAP_ENABLE_COMPRESSION: "true",
    ETRAP_S3_LOCK: "governance",
    ETRAP_S3_LOCK_DAYS: "1",
  };
  const etrap = start(form);
  await untilAllCommitted(redis, STREAMS, etrap);
  expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
  const batches = linesOf(etrap, "batch-stored");
  const [first] = batches;
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const)
    process.env[name] = environment[name] ?? "";
  const shown = await runEtrap(await makeFolder(), ["batches", "show", String(first?.["batchId"])], {
    ...environment,
    ...form,
  });
  expect(shown.exit, shown.errors.join()).toBe(0);
});
