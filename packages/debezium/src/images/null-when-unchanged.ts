import { isObject, member } from "../message/json.ts";
import type { JsonObject } from "../message/json.ts";
import type { ColumnType } from "../tables/column-type.ts";
import type { ConnectorSettings } from "../tables/connector-settings.ts";

/**
 * Digits of the longest numeric that PostgreSQL never keeps outside its row. It moves no value of
 * at most 24 bytes: 8 of headers, and 2 for each four digits, with one group more for the point.
 */
const MOST_DIGITS_INSIDE = 28;
/**
 * Bits of the longest bit string that PostgreSQL never keeps outside its row: 16 bytes and 8 of
 * headers.
 */
const MOST_BITS_INSIDE = 128;

/** The element types of arrays for which Debezium has a placeholder with every setting. */
const ELEMENTS_WITH_PLACEHOLDER: ReadonlySet<string> = new Set([
  "text",
  "varchar",
  "char",
  "json",
  "jsonb",
  "uuid",
  "int4",
  "int8",
]);

/** The types besides arrays for which Debezium never has a placeholder. */
const WITHOUT_PLACEHOLDER: ReadonlySet<string> = new Set(["geometry", "geography", "vector", "halfvec", "sparsevec"]);

/**
 * Whether Debezium sends null for a large value of this type that an update did not touch, for want
 * of a placeholder that fits. A null in an update is then not certain.
 */
export function isNullWhenUnchanged(type: ColumnType, settings: ConnectorSettings): boolean {
  const { base, args, dimensions } = type;
  if (dimensions > 0) {
    if (base === "bytea") return settings.binary !== "bytes";
    if (base === "date") return settings.times === "connect" || settings.times === "isostring";
    return !ELEMENTS_WITH_PLACEHOLDER.has(base);
  }
  if (base === "numeric") return settings.decimals !== "string" && isLongNumeric(args[0]);
  if (base === "bytea") return isBase64(settings);
  if (base === "bit") return (args[0] ?? 1) > MOST_BITS_INSIDE;
  if (base === "varbit") return (args[0] ?? Number.POSITIVE_INFINITY) > MOST_BITS_INSIDE;
  return WITHOUT_PLACEHOLDER.has(base);
}

/** The names of schemas whose values have no placeholder. The others are looked at one by one. */
const NODES_WITHOUT_PLACEHOLDER: ReadonlySet<unknown> = new Set([
  "io.debezium.data.VariableScaleDecimal",
  "io.debezium.data.geometry.Geometry",
  "io.debezium.data.geometry.Geography",
  "io.debezium.data.DoubleVector",
  "io.debezium.data.FloatVector",
  "io.debezium.data.SparseDoubleVector",
]);

/** The names, or types, of the elements of an array that has a placeholder. */
const ITEMS_WITH_PLACEHOLDER: ReadonlySet<unknown> = new Set([
  "io.debezium.data.Json",
  "io.debezium.data.Uuid",
  "io.debezium.time.Date",
  "int32",
  "bytes",
]);

/** A value's node of the schema, and what the description says of its column. */
interface DescribedNode {
  readonly node: JsonObject;
  readonly type: ColumnType | undefined;
  readonly settings: ConnectorSettings;
}

/** Whether Debezium sends null for a large value with this schema, as `isNullWhenUnchanged`. */
export function isNodeNullWhenUnchanged({ node, type, settings }: DescribedNode): boolean {
  const name = member(node, "name") ?? member(node, "type");
  if (NODES_WITHOUT_PLACEHOLDER.has(name)) return true;
  const digits = Number(parameterOf(node, "connect.decimal.precision") ?? 0);
  if (name === "org.apache.kafka.connect.data.Decimal") return isLongNumeric(digits);
  if (name === "io.debezium.data.Bits") return Number(parameterOf(node, "length")) > MOST_BITS_INSIDE;
  if (name === "array") return isArrayNullWhenUnchanged({ node, type, settings });
  if (name === "double") {
    return type === undefined ? settings.decimals === "double" : type.base === "numeric" && isLongNumeric(type.args[0]);
  }
  // With other schemas, a bytea is the only type that may have lost its placeholder.
  return name === "string" && (type === undefined || type.base === "bytea") && isBase64(settings);
}

function isArrayNullWhenUnchanged({ node, type }: DescribedNode): boolean {
  const items = member(node, "items");
  const name = isObject(items) ? (member(items, "name") ?? member(items, "type")) : undefined;
  // Arrays of several types have these schemas. Without a description they are taken for text and
  // int8.
  if (name === "string" || name === "int64") return type !== undefined && !ELEMENTS_WITH_PLACEHOLDER.has(type.base);
  return !ITEMS_WITH_PLACEHOLDER.has(name);
}

/** Returns a parameter of a schema's node. */
function parameterOf(node: JsonObject, name: string): unknown {
  const parameters = member(node, "parameters");
  return isObject(parameters) ? member(parameters, name) : undefined;
}

/** Whether a numeric of a declared precision, or of none, may be kept outside its row. */
function isLongNumeric(precision = Number.POSITIVE_INFINITY): boolean {
  return precision > MOST_DIGITS_INSIDE;
}

function isBase64({ binary }: ConnectorSettings): boolean {
  return binary === "base64" || binary === "base64-url-safe";
}
