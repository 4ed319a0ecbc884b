import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, messageOf } from "@etrap/ledger";
import type { ObjectStore } from "@etrap/ledger";
import { openFsStore } from "@etrap/storage-fs";
import { createS3Store, prepareBucket } from "@etrap/storage-s3";
import type { PreparedBucket, S3StoreParts } from "@etrap/storage-s3";
import type { Report } from "../report/reporter.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import { createS3Client } from "./s3-client.ts";
import { storePlace } from "./store-place.ts";

/** What opening a store uses besides its settings. */
export interface OpeningStore {
  /** Whether a server without conditional creates is accepted (`--single-writer`). */
  readonly isSingleWriter: boolean;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** The waits between attempts to reach a store, in milliseconds. */
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [1_000, 30_000];

/**
 * Opens the store of the ledger for writing. A bucket is prepared first, however long its server is
 * away. Returns undefined where the stop came while it waited. Rejects with BUCKET_UNUSABLE, and
 * with UNAVAILABLE for a folder.
 */
export async function openWritableStore(
  settings: StoreSettings,
  opening: OpeningStore,
): Promise<ObjectStore | undefined> {
  if (settings.kind === "folder") return openFsStore({ root: settings.root });
  const { bucket, prefix, form, connection } = settings;
  const parts = { client: createS3Client(connection), bucket, prefix };
  const prepared = await untilPrepared(parts, settings, opening);
  if (prepared === undefined) return undefined;
  if (prepared.isCreated) opening.report({ type: "bucket-created", bucket });
  for (const note of prepared.notes) opening.report({ type: "bucket-note", place: storePlace(settings), ...note });
  return createS3Store(parts, { ...form, isConditional: prepared.isConditional });
}

async function untilPrepared(
  parts: S3StoreParts,
  { form }: Extract<StoreSettings, { kind: "s3" }>,
  { isSingleWriter, report, signal }: OpeningStore,
): Promise<PreparedBucket | undefined> {
  const since = performance.now();
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      const prepared = await prepareBucket(parts, { ...form, mayCreate: true, isSingleWriter });
      if (waitMs > FIRST_WAIT_MS) report({ type: "store-back", afterMs: Math.round(performance.now() - since) });
      return prepared;
    } catch (error) {
      const code = codeOf(error);
      if (code !== "UNAVAILABLE") throw error;
      const sinceMs = Math.round(performance.now() - since);
      report({ type: "store-waiting", code, message: messageOf(error), sinceMs, retryInMs: waitMs });
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
