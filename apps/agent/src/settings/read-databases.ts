import { messageOf } from "@etrap/ledger";
import { databaseMembers } from "./database-settings.ts";
import { parseDatabase } from "./parse-database.ts";
import { parseDatabases } from "./parse-databases.ts";
import type { ParsedDatabases, SharedSettings } from "./parse-databases.ts";
import { variableOf } from "./process-variables.ts";
import type { Environment } from "./process-variables.ts";

/**
 * Reads the settings of the databases: from ETRAP_DATABASES_FILE, or of a single one from the
 * environment. Returns every problem. `readText` reads a file.
 */
export function readDatabases(given: Environment, readText: (file: string) => string): ParsedDatabases {
  const { ETRAP_DATABASE: name, ETRAP_DATABASES: content, ETRAP_DATABASES_FILE: file } = given;
  const shared = { members: sharedMembers(given), nameOf: variableOf };
  if (file !== undefined || content !== undefined) {
    const parsed =
      file === undefined
        ? parseDatabases("ETRAP_DATABASES", content ?? "", shared)
        : readFileOfDatabases(file, readText, shared);
    const both =
      file !== undefined && content !== undefined
        ? ["ETRAP_DATABASES_FILE: expected unset, since ETRAP_DATABASES is set"]
        : [];
    return { ...parsed, problems: [...both, ...nameProblems(name), ...parsed.problems] };
  }
  const parsed = parseDatabase({ name, ...shared });
  if (parsed.kind === "invalid") return { databases: [], problems: parsed.problems };
  return { databases: [parsed.settings], problems: [] };
}

function sharedMembers(given: Environment): Readonly<Record<string, unknown>> {
  const members = Array.from(databaseMembers.keys(), (member) => [member, given[variableOf(member)]] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

function readFileOfDatabases(
  file: string,
  readText: (file: string) => string,
  shared: SharedSettings,
): ParsedDatabases {
  let content: string;
  try {
    content = readText(file);
  } catch (error) {
    return { databases: [], problems: [`ETRAP_DATABASES_FILE: ${messageOf(error)}`] };
  }
  return parseDatabases(file, content, shared);
}

/** Returns the problem of a name that stands beside a file of databases. */
function nameProblems(name: string | undefined): string[] {
  if (name === undefined) return [];
  return [
    "ETRAP_DATABASE: expected unset, since ETRAP_DATABASES_FILE names the databases; use --database for etrap replay",
  ];
}
