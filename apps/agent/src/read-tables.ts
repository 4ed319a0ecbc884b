import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseTableDescriptions } from "@etrap/debezium";
import type { TableDescriptions } from "@etrap/debezium";
import { AgentError } from "./agent-error.ts";
import { describeError } from "./describe-error.ts";
import { parseStrictJson } from "./parse-strict-json.ts";

/** What the tables file says, and its digest, which every header names. */
export interface Tables {
  readonly descriptions: TableDescriptions;
  readonly sha256: string;
}

/** Reads the file that describes tables, if there is one. Throws BAD_SETTINGS. */
export async function readTables(file: string | undefined): Promise<Tables | undefined> {
  if (file === undefined) return undefined;
  try {
    const bytes = await readFile(file);
    const descriptions = parseTableDescriptions(parseStrictJson(bytes.toString("utf8")));
    return { descriptions, sha256: createHash("sha256").update(bytes).digest("hex") };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "not readable";
    throw new AgentError("BAD_SETTINGS", `ETRAP_TABLES_FILE: ${file}: ${why}`, cause);
  }
}

/** Reads the tables file of each database, where it has one. Throws BAD_SETTINGS, which names every fault at once. */
export async function readAllTables(
  databases: readonly { readonly tablesFile: string | undefined }[],
): Promise<(Tables | undefined)[]> {
  const outcomes = await Promise.allSettled(databases.map(async ({ tablesFile }) => readTables(tablesFile)));
  const faults = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [describeError(outcome.reason).message] : [],
  );
  if (faults.length > 0) throw new AgentError("BAD_SETTINGS", Array.from(new Set(faults)).join("\n  "));
  return outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : undefined));
}
