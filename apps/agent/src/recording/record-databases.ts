import { AgentError } from "../agent-error.ts";
import { addAdvice, toErrorInfo } from "../report/error-info.ts";
import { openAnchor } from "../near/open-anchor.ts";
import type { Report } from "../report/reporter.ts";
import type { DatabaseSettings } from "../settings/database-settings.ts";
import { readAllTables } from "../settings/read-tables.ts";
import type { Settings } from "../settings/settings.ts";
import { openWritableStore } from "../storage/open-writable-store.ts";
import { startWatch } from "../watching/watch.ts";
import type { Watch } from "../watching/watch.ts";
import { recordDatabase } from "./record-database.ts";
import type { Recording } from "./record-database.ts";

/** What recording all databases uses besides the settings. */
export interface RecordingRun extends Pick<Recording, "adopt" | "signal"> {
  readonly report: Report;
  /** Whether an S3 server without conditional creates is accepted. */
  readonly isSingleWriter: boolean;
}

/**
 * Records every database until `signal` is aborted and the changes that were read are stored. An
 * error of one database is reported and does not stop the others. Once all have ended, rejects with
 * the error of a single database or, with several, with DATABASES_FAILED. Nothing is lost by a
 * rejection.
 */
export async function recordDatabases(settings: Settings, run: RecordingRun): Promise<void> {
  const watch = await startWatch(settings, run.report);
  try {
    await recordAll(settings, { ...run, report: watch.report }, watch);
  } finally {
    await watch.close();
  }
}

async function recordAll(settings: Settings, run: RecordingRun, watch: Watch): Promise<void> {
  const { adopt, report, signal } = run;
  const { databases } = settings;
  const tables = await readAllTables(databases);
  const store = await openWritableStore(settings.store, run);
  if (store === undefined) return;
  watch.useStore(store);
  const near = await openAnchor(settings, report);
  if (near !== undefined) watch.useAnchor(near.anchor);
  signal.addEventListener("abort", () => report({ type: "stopping" }), { once: true });

  const [only, ...others] = databases;
  if (only !== undefined && others.length === 0) {
    return recordDatabase(settings, only, { store, near, tables: tables[0], adopt, report, watch, signal });
  }
  const outcomes = await Promise.all(
    databases.map((database, index) =>
      recordNamed(settings, database, { store, near, tables: tables[index], adopt, report, watch, signal }),
    ),
  );
  const failed = outcomes.flatMap((outcome) => (outcome.kind === "failed" ? [outcome.name] : []));
  if (failed.length === 0) return;
  throw new AgentError(
    "DATABASES_FAILED",
    `recording ended early for ${failed.join(", ")}; the log has the reason for each`,
  );
}

type Outcome = { readonly kind: "recorded" } | { readonly kind: "failed"; readonly name: string };

/**
 * Records one of several databases. Each of its events names it, and so does the report of its
 * error.
 */
async function recordNamed(
  settings: Settings,
  database: DatabaseSettings,
  { report, ...rest }: Omit<Recording, "report"> & { readonly report: Report },
): Promise<Outcome> {
  const name = database.name ?? "";
  try {
    await recordDatabase(settings, database, { ...rest, report: (event) => report(event, name) });
    return { kind: "recorded" };
  } catch (error) {
    report({ type: "database-failed", ...addAdvice(toErrorInfo(error)) }, name);
    return { kind: "failed", name };
  }
}
