/**
 * Measures storing in a folder and in S3, next to plain PutObject of the same bytes. Option:
 * `--changes N` (100,000).
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createBatcher } from "@etrap/batcher";
import { auditLedger } from "@etrap/ledger";
import type { ObjectReader, ObjectStore } from "@etrap/ledger";
import { openFsStore } from "@etrap/storage-fs";
import { createS3Store, s3ClientOptions } from "@etrap/storage-s3";
import type { S3StoreOptions } from "@etrap/storage-s3";
import { startVersitygw } from "@etrap/test-servers";
import pLimit from "p-limit";
import { createCountedSource } from "./batcher/counted-source.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { changes: { type: "string", default: "100000" } },
  allowPositionals: true,
});
const CHANGES = Number(values.changes);
const MIB = 1 << 20;

interface Stored {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** The objects of a run, how long it took, and how many creations there were at a time. */
interface Run {
  readonly seconds: number;
  readonly objects: readonly Stored[];
  readonly atOnce: number;
}

interface Recording {
  readonly tables: number;
  readonly batchSize: number;
  readonly proofIndex?: boolean;
}

const audited: [name: string, rates: string][] = [];
const server = await startVersitygw();
const client = new S3Client({
  ...s3ClientOptions(),
  endpoint: server.endpoint,
  region: server.region,
  credentials: server.credentials,
  forcePathStyle: true,
});
const folder = await mkdtemp(join(tmpdir(), "etrap-bench-"));
try {
  console.log(`${CHANGES} changes of five columns; versitygw on the same machine\n`);
  console.log("                                 batches/s     MB/s   creations at once   plain PutObject MB/s   ratio");
  for (const [tables, batchSize] of [
    [1, 1000],
    [20, 1000],
    [20, 100],
  ] as const) {
    const inFolder = await openFsStore({ root: join(folder, randomUUID()) });
    const inBucket = createS3Store({ client, bucket: await newBucket() });
    show(`${tables} tables of ${batchSize}, folder`, await record(inFolder, { tables, batchSize }));
    const inS3 = await record(inBucket, { tables, batchSize });
    show(`${tables} tables of ${batchSize}, S3`, inS3, await putAll(inS3));
    audited.push(
      [`${tables} tables of ${batchSize}, folder`, await audit(inFolder)],
      [`${tables} tables of ${batchSize}, S3`, await audit(inBucket)],
    );
  }
  console.log("\netrap audit                      batches/s   changes/s");
  for (const [name, rates] of audited) console.log(`${name.padEnd(32)} ${rates}`);
  console.log("\nbytes stored for a change, 20 tables of 1000      with proof_index   without");
  for (const [name, options] of [
    ["plain", {}],
    ["gzip", { compress: true }],
  ] as const) {
    const sizes = [await bytesOfAChange(options, true), await bytesOfAChange(options, false)];
    console.log(`${name.padEnd(48)} ${sizes.map((size) => size.toFixed(0).padStart(17)).join("")}`);
  }
} finally {
  client.destroy();
  await server.stop();
  await rm(folder, { recursive: true });
}

async function newBucket(): Promise<string> {
  const bucket = `bench-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return bucket;
}

/** Records all changes, and keeps the objects that were created. */
async function record(store: ObjectStore, { tables, batchSize, proofIndex = true }: Recording): Promise<Run> {
  const objects: Stored[] = [];
  let [now, atOnce] = [0, 0];
  const watched: ObjectStore = {
    get: async (key) => store.get(key),
    list: (prefix, after) => store.list(prefix, after),
    async create(key, bytes) {
      now += 1;
      atOnce = Math.max(atOnce, now);
      await store.create(key, bytes);
      now -= 1;
      objects.push({ key, bytes });
    },
  };
  const source = createCountedSource({ changes: CHANGES, tables });
  const batcher = createBatcher(
    { source, store: watched },
    {
      organization: "bench",
      agent: "bench",
      capture: { carrier: "bench", source_name: "erp", options: {} },
      rules: { included_tables: null, excluded_tables: [], included_operations: null, excluded_columns: [] },
      policy: { batchSize },
      proofIndex,
      drainMs: 3_600_000,
    },
  );
  const start = performance.now();
  await batcher.runOnce();
  return { seconds: (performance.now() - start) / 1000, objects, atOnce };
}

/** Audits a ledger without faults, and returns the batches and changes a second. */
async function audit(reader: ObjectReader): Promise<string> {
  const start = performance.now();
  const { batches, leaves, severities } = await auditLedger(reader);
  if (severities.fault + severities.unchecked > 0) throw new Error("expected a ledger without faults");
  const seconds = (performance.now() - start) / 1000;
  return `${(batches / seconds).toFixed(1).padStart(9)} ${(leaves / seconds).toFixed(0).padStart(11)}`;
}

/** Returns the seconds of plain PutObject of the same objects, as many at a time. */
async function putAll({ objects, atOnce }: Run): Promise<number> {
  const bucket = await newBucket();
  const start = performance.now();
  await pLimit(atOnce).map(objects, async ({ key, bytes }) =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes })),
  );
  return (performance.now() - start) / 1000;
}

async function bytesOfAChange(options: S3StoreOptions, proofIndex: boolean): Promise<number> {
  const bucket = await newBucket();
  let bytes = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === "PutObjectCommand") bytes += (args.input as { Body: Uint8Array }).Body.length;
      return next(args);
    },
    { step: "initialize", name: "count", override: true },
  );
  await record(createS3Store({ client, bucket }, options), { tables: 20, batchSize: 1000, proofIndex });
  client.middlewareStack.remove("count");
  return bytes / CHANGES;
}

function show(name: string, { seconds, objects, atOnce }: Run, plainSeconds?: number): void {
  const mib = objects.reduce((sum, { bytes }) => sum + bytes.length, 0) / MIB;
  const batches = objects.filter(({ key }) => key.includes("/chain/")).length;
  const columns = [
    (batches / seconds).toFixed(1).padStart(10),
    (mib / seconds).toFixed(1).padStart(8),
    String(atOnce).padStart(19),
  ];
  if (plainSeconds !== undefined) {
    columns.push((mib / plainSeconds).toFixed(1).padStart(22), (plainSeconds / seconds).toFixed(2).padStart(7));
  }
  console.log(`${name.padEnd(32)} ${columns.join(" ")}`);
}
