import { streamsMeet } from "@etrap/source-redis";
import * as v from "valibot";
import { databaseMembers, databaseName, parseDatabase } from "./database-settings.ts";
import type { DatabaseInput, DatabaseSettings, ParsedDatabase } from "./database-settings.ts";
import { isObject, jsonObject } from "./setting-schemas.ts";

/** The settings of several databases, and every fault of them. */
export interface ParsedDatabases {
  readonly databases: readonly DatabaseSettings[];
  readonly faults: readonly string[];
}

const schema = jsonObject('{"erp": {"stream_pattern": "erp.public.*"}}');

/** What holds for every database. */
export interface ForAll {
  /** Settings by member, for a database that has none of its own. */
  readonly members: DatabaseInput["members"];
  /** What a fault calls one of those. */
  readonly nameOf: DatabaseInput["nameOf"];
}

/** Reads the databases that a file holds. */
export function parseDatabases(file: string, content: string, forAll: ForAll): ParsedDatabases {
  const result = v.safeParse(schema, content);
  if (!result.success) return { databases: [], faults: result.issues.map(({ message }) => `${file}: ${message}`) };
  const entries = Object.entries(result.output);
  if (entries.length === 0) return { databases: [], faults: [`${file}: expected at least one database`] };
  const parsed = entries.map(([name, own]) => parseOne(file, { name, own }, forAll));
  const databases = sharePrefixes(parsed.flatMap(({ settings }) => settings ?? []));
  const faults = [...parsed.flatMap((each) => each.faults), ...faultsOfStreams(databases, file)];
  // What is wrong with a setting for all is wrong with each.
  return { databases, faults: Array.from(new Set(faults)) };
}

function parseOne(file: string, { name, own }: { name: string; own: unknown }, forAll: ForAll): ParsedDatabase {
  const place = `${JSON.stringify(name)} in ${file}`;
  if (!v.is(databaseName, name)) return { faults: [`${place}: expected a name of 1 to 63 characters`] };
  if (!isObject(own)) return { faults: [`${place}: expected an object of settings`] };
  const parsed = parseDatabase({
    name,
    members: { ...forAll.members, ...own },
    nameOf: (member) => (Object.hasOwn(own, member) ? `${name}.${member} in ${file}` : forAll.nameOf(member)),
  });
  const unknown = unknownMembers(own).map(
    (member) =>
      `${name}.${member} in ${file}: unknown; expected any of ${Array.from(databaseMembers.keys()).join(", ")}`,
  );
  return unknown.length === 0 ? parsed : { faults: [...unknown, ...parsed.faults] };
}

function unknownMembers(own: object): string[] {
  return Object.keys(own).filter((member) => !databaseMembers.has(member));
}

/** The streams beside those of tables belong to a connector, not to a pattern: the first database of a prefix reads them. */
function sharePrefixes(databases: readonly DatabaseSettings[]): DatabaseSettings[] {
  const prefixOf = ({ streamPattern }: DatabaseSettings): string => streamPattern.slice(0, streamPattern.indexOf("."));
  return databases.map((each, index) => {
    const isFirst = databases.findIndex((other) => prefixOf(other) === prefixOf(each)) === index;
    return { ...each, readsBeside: isFirst };
  });
}

/** A stream that two databases read would be in both records, or in the one that is first to commit it. */
function faultsOfStreams(databases: readonly DatabaseSettings[], file: string): string[] {
  return databases.flatMap((each, index) =>
    databases
      .slice(index + 1)
      .filter((other) => streamsMeet(each, other))
      .map(
        (other) =>
          `${each.name}.stream_pattern and ${other.name}.stream_pattern in ${file}: expected patterns that share no stream`,
      ),
  );
}
