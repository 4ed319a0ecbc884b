import { openFsStore } from "@etrap/storage-fs";
import { AgentError } from "../agent-error.ts";
import type { AgentEvent } from "../agent-event.ts";
import { describeError, withAdvice } from "../describe-error.ts";
import { readAllTables } from "../read-tables.ts";
import { recordDatabase } from "../record-database.ts";
import type { Report } from "../reporter.ts";
import type { Settings } from "../settings.ts";

/**
 * Records every database until `signal` is aborted and what was taken in is stored. One that fails is reported, and the others go on; once all
 * have ended, this rejects: with the error of the only one, or with DATABASES_FAILED. Nothing is lost.
 */
export async function runAgent(settings: Settings, report: Report, signal: AbortSignal): Promise<void> {
  const { databases, storeDir } = settings;
  const tables = await readAllTables(databases);
  const store = await openFsStore({ root: storeDir });
  signal.addEventListener("abort", () => report({ type: "stopping" }), { once: true });

  const [only, ...others] = databases;
  if (only !== undefined && others.length === 0) {
    return recordDatabase(settings, only, { store, tables: tables[0], report, signal });
  }
  const failed: string[] = [];
  const runs = databases.map(async (database, index) => {
    const name = database.name ?? "";
    const recording = {
      store,
      tables: tables[index],
      report: (event: AgentEvent): void => report(event, name),
      signal,
    };
    await recordDatabase(settings, database, recording).catch((error: unknown) => {
      failed.push(name);
      report({ type: "database-failed", ...withAdvice(describeError(error)) }, name);
    });
  });
  await Promise.all(runs);
  if (failed.length === 0) return;
  throw new AgentError(
    "DATABASES_FAILED",
    `${failed.join(", ")}: not recorded to the end, as was said when it happened`,
  );
}
