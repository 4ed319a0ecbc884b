import { createBatcher } from "@etrap/batcher";
import { createDecoder } from "@etrap/debezium";
import type { DecoderOptions } from "@etrap/debezium";
import { AgentError } from "../agent-error.ts";
import { countStored } from "../report/count-stored.ts";
import { openAnchor } from "../near/open-anchor.ts";
import type { Report } from "../report/reporter.ts";
import type { DatabaseSettings } from "../settings/database-settings.ts";
import { readTables } from "../settings/read-tables.ts";
import type { Settings } from "../settings/settings.ts";
import { openWritableStore } from "../storage/open-writable-store.ts";
import { storePlace } from "../storage/store-place.ts";
import { toBatcherOptions } from "./batcher-options.ts";
import { readCapture } from "./capture-file.ts";
import { createCaptureSource } from "./capture-source.ts";
import { withSettings } from "./with-settings.ts";

/** A capture file, and the settings to record it with. */
export interface Replay {
  readonly file: string;
  readonly settings: Settings;
  readonly database: DatabaseSettings;
  /** Whether an S3 server without conditional creates is accepted. */
  readonly isSingleWriter: boolean;
}

/**
 * Records the changes of a capture file, with the decoder and the loop that `etrap run` uses.
 * Changes that are in the ledger already are not recorded again. Rejects with CHANGES_UNSTORED
 * where a stop cut it.
 */
export async function replayCapture(
  { file, settings, database, isSingleWriter }: Replay,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const tables = await readTables(database.tablesFile);
  const { maxEntryBytes } = database;
  const sourceName = database.name ?? (await findDatabase(file, { maxEntryBytes, tables: tables?.descriptions }));
  const nameDatabase = (connectorsName: string | undefined): string => database.name ?? connectorsName ?? sourceName;
  const decode = createDecoder({ nameDatabase, maxEntryBytes, tables: tables?.descriptions });
  const source = createCaptureSource(file, decode);
  const store = await openWritableStore(settings.store, { isSingleWriter, report, signal });
  if (store === undefined)
    throw new AgentError(
      "CHANGES_UNSTORED",
      `${file}: nothing was recorded: the stop came before the store could be used`,
    );
  const near = await openAnchor(settings, report);
  const counted = countStored(withSettings(report, settings), near !== undefined);

  const place = { from: file, store: storePlace(settings.store) };
  report({ type: "started", ...place, policy: database.policy, ...(near?.ready && { near: near.ready }) });
  signal.addEventListener("abort", () => report({ type: "stopping" }), { once: true });
  const options = toBatcherOptions(settings, database, { sourceName, tables });
  const batcher = createBatcher(
    { source, store, ...(near && { anchor: near.anchor }) },
    { ...options, onEvent: counted.report },
  );
  counted.follow(batcher);
  await batcher.runOnce(signal);
  report({ type: "stopped", ...counted.totals() });
  counted.checkDrained();
}

/**
 * Returns the database that the first change in the file names. Poison names none, so it is
 * recorded under this name.
 */
async function findDatabase(file: string, options: Omit<DecoderOptions, "nameDatabase">): Promise<string> {
  const decode = createDecoder({ nameDatabase: (connectorsName) => connectorsName ?? "", ...options });
  for await (const { fields } of readCapture(file)) {
    const entry = decode(fields);
    if (entry.kind === "change" && entry.database !== "") return entry.database;
  }
  throw new AgentError(
    "DATABASE_UNKNOWN",
    `${file}: expected a change that names its database, found none; give the name with --database or ETRAP_DATABASE`,
  );
}
