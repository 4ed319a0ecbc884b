import { patternsOverlap } from "@etrap/source-redis";
import * as v from "valibot";
import { databaseMembers, databaseName } from "./database-settings.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import { parseDatabase } from "./parse-database.ts";
import type { DatabaseInput, ParsedDatabase } from "./parse-database.ts";
import { isObject, jsonObject } from "./schemas/json-object.ts";

/** The settings of several databases, and every problem of them. */
export interface ParsedDatabases {
  readonly databases: readonly DatabaseSettings[];
  readonly problems: readonly string[];
}

/** The settings of the environment, which hold for each database that has none of its own. */
export type SharedSettings = Pick<DatabaseInput, "members" | "nameOf">;

const schema = jsonObject('{"erp": {"stream_pattern": "erp.public.*"}}');

/** Parses the databases of a file with this content. Reports every problem at once. */
export function parseDatabases(file: string, content: string, shared: SharedSettings): ParsedDatabases {
  const result = v.safeParse(schema, content);
  if (!result.success) return { databases: [], problems: result.issues.map(({ message }) => `${file}: ${message}`) };
  const entries = Object.entries(result.output);
  if (entries.length === 0) return { databases: [], problems: [`${file}: expected at least one database`] };
  const parsed = entries.map((entry) => parseOne(file, entry, shared));
  const databases = assignPrefixes(parsed.flatMap((each) => (each.kind === "valid" ? [each.settings] : [])));
  const problems = [
    ...parsed.flatMap((each) => (each.kind === "invalid" ? each.problems : [])),
    ...streamProblems(databases, file),
  ];
  // A problem of a shared setting is found once for each database.
  return { databases, problems: Array.from(new Set(problems)) };
}

function parseOne(file: string, [name, own]: [name: string, own: unknown], shared: SharedSettings): ParsedDatabase {
  const place = `${JSON.stringify(name)} in ${file}`;
  if (!v.is(databaseName, name)) {
    return { kind: "invalid", problems: [`${place}: expected a name of 1 to 63 characters`] };
  }
  if (!isObject(own)) return { kind: "invalid", problems: [`${place}: expected an object of settings`] };
  const parsed = parseDatabase({
    name,
    members: { ...shared.members, ...own },
    nameOf: (member) => (Object.hasOwn(own, member) ? `${name}.${member} in ${file}` : shared.nameOf(member)),
  });
  const unknown = unknownMembers(own).map(
    (member) =>
      `${name}.${member} in ${file}: unknown; expected any of ${Array.from(databaseMembers.keys()).join(", ")}`,
  );
  if (unknown.length === 0) return parsed;
  return { kind: "invalid", problems: [...unknown, ...(parsed.kind === "invalid" ? parsed.problems : [])] };
}

function unknownMembers(own: object): string[] {
  return Object.keys(own).filter((member) => !databaseMembers.has(member));
}

/**
 * Lets the first database of each topic prefix read the connector's other streams: transactions,
 * messages and heartbeats. They belong to the connector and match no pattern of tables.
 */
function assignPrefixes(databases: readonly DatabaseSettings[]): DatabaseSettings[] {
  const prefixOf = ({ streamPattern }: DatabaseSettings): string => streamPattern.slice(0, streamPattern.indexOf("."));
  return databases.map((each, index) => {
    const isFirst = databases.findIndex((other) => prefixOf(other) === prefixOf(each)) === index;
    return { ...each, readsPrefixStreams: isFirst };
  });
}

/**
 * Returns a problem for each pair of databases that may read one stream. Its changes would be
 * recorded by both, or only by the one that commits first.
 */
function streamProblems(databases: readonly DatabaseSettings[], file: string): string[] {
  return databases.flatMap((each, index) =>
    databases
      .slice(index + 1)
      .filter((other) => patternsOverlap(each, other))
      .map(
        (other) =>
          `${each.name}.stream_pattern and ${other.name}.stream_pattern in ${file}: expected patterns that share no stream`,
      ),
  );
}
