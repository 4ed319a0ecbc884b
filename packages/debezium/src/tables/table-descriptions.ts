import type { ColumnType } from "./column-type.ts";
import { parseColumnType } from "./column-type.ts";
import type { ConnectorSettings } from "./connector-settings.ts";
import { parseConnectorSettings } from "./connector-settings.ts";
import { membersOf, oneOf, unexpected } from "./json-members.ts";
import type { Placed } from "./json-members.ts";

/** A table's REPLICA IDENTITY. */
export type Identity = "default" | "full" | "index" | "nothing";

/** Facts about one table that its entries do not show. */
export interface TableDescription {
  /**
   * The table's REPLICA IDENTITY, or undefined if it is not described. Only FULL makes the row
   * before a change complete.
   */
  readonly identity: Identity | undefined;
  readonly columns: ReadonlyMap<string, ColumnType>;
}

/** Facts about a database and its connector that the entries do not show. */
export interface TableDescriptions {
  readonly settings: ConnectorSettings;
  /** Descriptions by schema, then by table. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, TableDescription>>;
}

const IDENTITIES: readonly Identity[] = ["default", "full", "index", "nothing"];

/**
 * Reads descriptions from parsed JSON:
 *
 *     {
 *       "debezium": {"decimal.handling.mode": "string", …},
 *       "tables": {schema: {table: {"replica_identity": "full", "columns": {name: type}}}}
 *     }
 *
 * Every member may be left out. A setting that is left out has Debezium's default. Throws
 * BAD_TABLE_DESCRIPTIONS with a message that names the place.
 */
export function parseTableDescriptions(json: unknown): TableDescriptions {
  const file = membersOf({ place: "file", value: json }, ["debezium", "tables"]);
  return {
    settings: parseConnectorSettings(file.get("debezium") ?? {}),
    tables: mapMembers({ place: "tables", value: file.get("tables") ?? {} }, (schema) =>
      mapMembers(schema, parseTable),
    ),
  };
}

function parseTable(table: Placed): TableDescription {
  const members = membersOf(table, ["replica_identity", "columns"]);
  const identity = members.get("replica_identity");
  return {
    identity:
      identity === undefined
        ? undefined
        : oneOf({ place: `${table.place}.replica_identity`, value: identity }, IDENTITIES),
    columns: mapMembers({ place: `${table.place}.columns`, value: members.get("columns") ?? {} }, parseColumn),
  };
}

function parseColumn(column: Placed): ColumnType {
  const type = typeof column.value === "string" ? parseColumnType(column.value) : undefined;
  if (type === undefined) throw unexpected(column, "a type such as numeric(12,2) or text[]");
  return type;
}

function mapMembers<T>(object: Placed, parse: (member: Placed) => T): ReadonlyMap<string, T> {
  return new Map(
    Array.from(
      membersOf(object),
      ([name, value]) => [name, parse({ place: `${object.place}.${name}`, value })] as const,
    ),
  );
}
