import { randomUUID } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { createBatcher } from "@etrap/batcher";
import { createMemoryCarrier, sampleChange, sampleWriter } from "@etrap/batcher/testing";
import type { MemoryCarrier } from "@etrap/batcher/testing";
import { codeOf, listChains, readBatch, readHeaders } from "@etrap/ledger";
import type { ObjectReader, ObjectStore } from "@etrap/ledger";
import { verifyBatch } from "@etrap/proof";
import { createS3Store, s3ClientOptions } from "@etrap/storage-s3";
import type { S3Server } from "@etrap/test-servers";

const TABLES = ["a", "b", "c"];
const CHANGES = 40;
/** The number of changes that a round records. */
export const CHANGES_OF_A_ROUND: number = TABLES.length * CHANGES;
const BATCH_SIZE = 8;
/** A hanging request takes this long. */
const TIMEOUT_MS = 300;
const MOST_STARTS = 50;

/** A round of recording. */
export interface Round {
  readonly server: S3Server;
  /** The endpoint of the writer. The result is read from the server itself. */
  readonly endpoint: string;
  readonly seed: number;
  /** Disturbs the server while it is written to. */
  readonly disturb: (() => Promise<void>) | undefined;
}

/** The outcome of one or several rounds. */
export interface RoundOutcome {
  /** The errors of calls to the store, by code. */
  readonly codes: Map<string, number>;
  /** How often a batcher was started, since the one before ended with a refusal. */
  starts: number;
  recorded: number;
  lost: number;
  doubled: number;
}

/** Records three tables through faults, and counts the changes in the ledger. */
export async function recordThrough({ server, endpoint, seed, disturb }: Round): Promise<RoundOutcome> {
  const bucket = `round-${seed}-${randomUUID().slice(0, 8)}`;
  const [writing, reading] = [clientOf(server, endpoint), clientOf(server, server.endpoint)];
  await reading.send(new CreateBucketCommand({ Bucket: bucket }));
  const carrier = createMemoryCarrier();
  for (const table of TABLES)
    for (let number = 1; number <= CHANGES; number += 1)
      carrier.append(`etrap.public.${table}`, `${number}-0`, sampleChange(number, { table }));
  const codes = new Map<string, number>();
  const store = counted(createS3Store({ client: writing, bucket }, { stallMs: TIMEOUT_MS }), codes);
  const disturbed = disturb?.();
  const starts = await recordAll(carrier, store);
  await disturbed;
  const found = await changesIn(createS3Store({ client: reading, bucket }));
  for (const client of [writing, reading]) client.destroy();
  const once = new Set(found);
  const expected = TABLES.flatMap((table) =>
    Array.from({ length: CHANGES }, (_, index) => `etrap.public.${table} ${index + 1}-0`),
  );
  const lost = expected.filter((change) => !once.has(change)).length;
  return { codes, starts, recorded: found.length, lost, doubled: found.length - once.size };
}

function clientOf({ region, credentials }: S3Server, endpoint: string): S3Client {
  const limits = s3ClientOptions({ timeoutMs: TIMEOUT_MS });
  return new S3Client({ ...limits, endpoint, region, credentials, forcePathStyle: true });
}

/** Starts batchers until everything is committed. Returns how many it took. */
async function recordAll(carrier: MemoryCarrier, store: ObjectStore): Promise<number> {
  const isDone = (): boolean => TABLES.every((table) => carrier.committed(`etrap.public.${table}`) === `${CHANGES}-0`);
  for (let starts = 1; starts <= MOST_STARTS; starts += 1) {
    const batcher = createBatcher(
      { source: carrier.open(), store },
      { ...sampleWriter, policy: { batchSize: BATCH_SIZE } },
    );
    // A refusal ends a run, and the next one begins from what is committed.
    await batcher.runOnce().catch((error: unknown) => {
      if (codeOf(error) === undefined) throw error;
    });
    if (isDone()) return starts;
  }
  throw new Error(`expected everything to be committed after ${MOST_STARTS} starts`);
}

function counted(store: ObjectStore, codes: Map<string, number>): ObjectStore {
  const count = (error: unknown): never => {
    const code = codeOf(error) ?? "none";
    codes.set(code, (codes.get(code) ?? 0) + 1);
    throw error;
  };
  return {
    get: async (key) => store.get(key).catch(count),
    create: async (key, bytes) => store.create(key, bytes).catch(count),
    list: (prefix, after) => store.list(prefix, after),
  };
}

/** Verifies the ledger, and returns the place of each change in it. */
async function changesIn(reader: ObjectReader): Promise<string[]> {
  const found: string[] = [];
  for await (const chain of listChains(reader))
    for await (const header of readHeaders(reader, chain)) {
      const { rows } = verifyBatch(await readBatch(reader, header));
      found.push(...rows.map(({ record }) => `${header.stream} ${record.position}`));
    }
  return found;
}
