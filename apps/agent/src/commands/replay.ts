import { createBatcher } from "@etrap/batcher";
import { createDecoder } from "@etrap/debezium";
import type { TableDescriptions } from "@etrap/debezium";
import { openFsStore } from "@etrap/storage-fs";
import { AgentError } from "../agent-error.ts";
import { createCaptureSource, encodeFields, readCapture } from "../capture-source.ts";
import { countStored } from "../count-stored.ts";
import type { DatabaseSettings } from "../database-settings.ts";
import { readTables } from "../read-tables.ts";
import type { Report } from "../reporter.ts";
import type { Settings } from "../settings.ts";
import { writerOf } from "../writer.ts";

/** What is replayed, and as whose. */
export interface Replay {
  readonly file: string;
  readonly settings: Settings;
  readonly database: DatabaseSettings;
}

/**
 * A capture file to a folder, through the same decoder and loop. What the record holds already is not recorded again.
 */
export async function replayCapture(
  { file, settings, database }: Replay,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { organization, storeDir, drainMs } = settings;
  const { policy, tablePolicies, maxBufferBytes, proofIndex } = database;
  const tables = await readTables(database.tablesFile);
  const sourceName = database.name ?? (await findDatabase(file, tables?.descriptions));
  const nameDatabase = (connectorsName: string | undefined): string => database.name ?? connectorsName ?? sourceName;
  const decode = createDecoder({ nameDatabase, ...(tables && { tables: tables.descriptions }) });
  const source = createCaptureSource(file, decode);
  const store = await openFsStore({ root: storeDir });
  const counted = countStored(report);

  report({ type: "started", from: file, folder: storeDir, policy });
  signal.addEventListener("abort", () => report({ type: "stopping" }), { once: true });
  const writer = writerOf(database, { organization, sourceName, tables });
  const limits = { policy, tablePolicies, maxBufferBytes, proofIndex, drainMs };
  await createBatcher({ source, store }, { ...writer, ...limits, onEvent: counted.report }).runOnce(signal);
  report({ type: "stopped", ...counted.totals() });
}

/** The database that the first change in the file names: poison entries have no other name to go by. */
async function findDatabase(file: string, tables: TableDescriptions | undefined): Promise<string> {
  const decode = createDecoder({ nameDatabase: (connectorsName) => connectorsName ?? "", ...(tables && { tables }) });
  for await (const captured of readCapture(file)) {
    const entry = decode(encodeFields(captured));
    if (entry.kind === "change" && entry.database !== "") return entry.database;
  }
  throw new AgentError(
    "DATABASE_UNKNOWN",
    `${file}: no change in it names its database; name it with --database or ETRAP_DATABASE`,
  );
}
