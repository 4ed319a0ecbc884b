import type { ColumnType } from "./column-type.ts";
import { parseColumnType } from "./column-type.ts";
import { DebeziumError } from "./debezium-error.ts";

/** The connector's settings that decide the form of values. With schemas off, nothing in an entry tells them. */
export interface ConnectorSettings {
  readonly decimals: "precise" | "string" | "double";
  readonly intervals: "numeric" | "string";
  readonly binary: "bytes" | "base64" | "base64-url-safe" | "hex";
  readonly times: "adaptive" | "adaptive_time_microseconds" | "connect" | "microseconds";
}

/** What a table's REPLICA IDENTITY may be. */
export type Identity = "default" | "full" | "index" | "nothing";

/** What is known of one table besides its entries. */
export interface TableDescription {
  /** REPLICA IDENTITY, undefined where it is not described. FULL alone makes the row before a change complete. */
  readonly identity: Identity | undefined;
  readonly columns: ReadonlyMap<string, ColumnType>;
}

/** What is known of the database and its connector besides the entries. */
export interface TableDescriptions {
  readonly settings: ConnectorSettings;
  /** By schema, then by table. */
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, TableDescription>>;
}

/** Each setting by Debezium's name, its values with Debezium's default first. */
const SETTINGS = {
  "decimal.handling.mode": ["precise", "string", "double"],
  "interval.handling.mode": ["numeric", "string"],
  "binary.handling.mode": ["bytes", "base64", "base64-url-safe", "hex"],
  "time.precision.mode": ["adaptive", "adaptive_time_microseconds", "connect", "microseconds"],
} as const;

const IDENTITIES: readonly Identity[] = ["default", "full", "index", "nothing"];

/**
 * Reads descriptions from parsed JSON:
 * `{"debezium": {"decimal.handling.mode": "string", …}, "tables": {schema: {table: {"replica_identity": "full", "columns": {name: type}}}}}`.
 * Every member may be left out; a setting left out is Debezium's default. Throws BAD_TABLE_DESCRIPTIONS with the place.
 */
export function parseTableDescriptions(json: unknown): TableDescriptions {
  const top = membersOf(json, "file", ["debezium", "tables"]);
  const settings = new Map(membersOf(top.get("debezium") ?? {}, "debezium", Object.keys(SETTINGS)));
  const schemas = Array.from(membersOf(top.get("tables") ?? {}, "tables"), ([schema, tables]) => {
    const place = `tables.${schema}`;
    return [
      schema,
      new Map(Array.from(membersOf(tables, place), ([table, text]) => [table, parseTable(text, `${place}.${table}`)])),
    ] as const;
  });
  return {
    settings: {
      decimals: oneOf(settings, "decimal.handling.mode"),
      intervals: oneOf(settings, "interval.handling.mode"),
      binary: oneOf(settings, "binary.handling.mode"),
      times: oneOf(settings, "time.precision.mode"),
    },
    tables: new Map(schemas),
  };
}

function parseTable(json: unknown, place: string): TableDescription {
  const members = membersOf(json, place, ["replica_identity", "columns"]);
  const given = members.get("replica_identity");
  const identity = IDENTITIES.find((each) => each === given);
  if (given !== identity) throw bad(`${place}.replica_identity`, IDENTITIES.join(", "));
  const columns = Array.from(membersOf(members.get("columns") ?? {}, `${place}.columns`), ([column, text]) => {
    const type = typeof text === "string" ? parseColumnType(text) : undefined;
    if (type === undefined) throw bad(`${place}.columns.${column}`, "a type such as numeric(12,2) or text[]");
    return [column, type] as const;
  });
  return { identity, columns: new Map(columns) };
}

function oneOf<N extends keyof typeof SETTINGS>(
  settings: ReadonlyMap<string, unknown>,
  name: N,
): (typeof SETTINGS)[N][number] {
  const values: readonly (typeof SETTINGS)[N][number][] = SETTINGS[name];
  const given = settings.get(name) ?? values[0];
  const value = values.find((each) => each === given);
  if (value === undefined) throw bad(`debezium.${name}`, values.join(", "));
  return value;
}

function membersOf(json: unknown, place: string, known?: readonly string[]): ReadonlyMap<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw bad(place, "an object");
  const unknown = Object.keys(json).find((name) => known !== undefined && !known.includes(name));
  if (unknown !== undefined) throw bad(`${place}.${unknown}`, `none but ${known?.join(", ")}`);
  return new Map(Object.entries(json));
}

function bad(place: string, expected: string): DebeziumError {
  return new DebeziumError("BAD_TABLE_DESCRIPTIONS", `${place}: expected ${expected}`);
}
