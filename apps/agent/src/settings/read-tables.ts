import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { parseTableDescriptions } from "@etrap/debezium";
import type { TableDescriptions } from "@etrap/debezium";
import { codeOf, messageOf } from "@etrap/ledger";
import { AgentError } from "../agent-error.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import { parseStrictJson } from "./schemas/parse-strict-json.ts";

/** The content of a tables file, and its digest, which every header names. */
export interface Tables {
  readonly descriptions: TableDescriptions;
  readonly sha256: string;
}

/**
 * Reads the file that describes tables. Returns undefined where none is set. Throws BAD_SETTINGS.
 */
export async function readTables(file: string | undefined): Promise<Tables | undefined> {
  if (file === undefined) return undefined;
  try {
    const bytes = await readFile(file);
    const descriptions = parseTableDescriptions(parseStrictJson(bytes.toString("utf8")));
    return { descriptions, sha256: createHash("sha256").update(bytes).digest("hex") };
  } catch (cause) {
    throw new AgentError("BAD_SETTINGS", `ETRAP_TABLES_FILE: ${file}: ${problemOf(cause)}`, cause);
  }
}

/** Returns a problem in plain words. The parser of JSON has its own. */
function problemOf(error: unknown): string {
  if (codeOf(error) === "ENOENT") return "expected a file, found none";
  if (!(error instanceof SyntaxError)) return messageOf(error);
  const [, position] = /character (\d+)$/.exec(error.message) ?? [];
  const place = position === undefined ? "" : `, got other text at character ${Number(position) + 1}`;
  return `expected JSON in which an object has each name only once${place}`;
}

/**
 * Reads the tables file of each database, in order. Throws BAD_SETTINGS, which names every problem
 * at once.
 */
export async function readAllTables(
  databases: readonly Pick<DatabaseSettings, "tablesFile">[],
): Promise<(Tables | undefined)[]> {
  const outcomes = await Promise.allSettled(databases.map(async ({ tablesFile }) => readTables(tablesFile)));
  const problems = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [messageOf(outcome.reason)] : []));
  if (problems.length > 0) throw new AgentError("BAD_SETTINGS", Array.from(new Set(problems)).join("\n  "));
  return outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : undefined));
}
