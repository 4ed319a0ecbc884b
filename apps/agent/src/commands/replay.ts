import { createBatcher } from "@etrap/batcher";
import { createDecoder } from "@etrap/debezium";
import type { TableDescriptions } from "@etrap/debezium";
import { openFsStore } from "@etrap/storage-fs";
import { AgentError } from "../agent-error.ts";
import { createCaptureSource, encodeFields, readCapture } from "../capture-source.ts";
import { countStored } from "../count-stored.ts";
import { readTables } from "../read-tables.ts";
import type { AgentEvent } from "../reporter.ts";
import type { Settings } from "../settings.ts";
import { writerOf } from "../writer.ts";

/** A capture file to a folder, through the same decoder and loop. What the record holds already is not recorded again. */
export async function replayCapture(
  file: string,
  settings: Settings,
  report: (event: AgentEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { policy } = settings;
  const tables = await readTables(settings.tablesFile);
  const database = settings.database ?? (await findDatabase(file, tables?.descriptions));
  const nameDatabase = (connectorsName: string | undefined): string => settings.database ?? connectorsName ?? database;
  const source = createCaptureSource(
    file,
    createDecoder({ nameDatabase, ...(tables && { tables: tables.descriptions }) }),
  );
  const store = await openFsStore({ root: settings.storeDir });
  const counted = countStored(report);
  report({ type: "started", from: file, folder: settings.storeDir, policy });
  const batcher = createBatcher(
    { source, store },
    { ...writerOf(settings, database, tables), policy, onEvent: counted.report },
  );
  await batcher.run(AbortSignal.any([source.ended, signal]));
  report({ type: "stopped", ...counted.totals() });
}

/** The database that the first change in the file names: poison entries have no other name to go by. */
async function findDatabase(file: string, tables: TableDescriptions | undefined): Promise<string> {
  const decode = createDecoder({ nameDatabase: (connectorsName) => connectorsName ?? "", ...(tables && { tables }) });
  for await (const captured of readCapture(file)) {
    const entry = decode(encodeFields(captured));
    if (entry.kind === "change" && entry.database !== "") return entry.database;
  }
  throw new AgentError("DATABASE_UNKNOWN", `${file}: no change in it names its database; set ETRAP_DATABASE`);
}
