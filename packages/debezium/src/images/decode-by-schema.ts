import { isObject, lexemeOf, member } from "../message/json.ts";
import type { Json, JsonObject } from "../message/json.ts";
import { elementType, isCoarse } from "../tables/column-type.ts";
import type { ColumnType } from "../tables/column-type.ts";
import type { ConnectorSettings } from "../tables/connector-settings.ts";
import { decodeArray } from "../values/array.ts";
import { decodeBase64Bytes, decodeBits, decodeHexBytes } from "../values/bytes.ts";
import { decodeDate, decodeIsoDate } from "../values/date.ts";
import { decimalText, decodeDecimalText, decodeFixedScale, decodeVariableScale } from "../values/decimal.ts";
import { decodeFloat4, decodeFloat8 } from "../values/float.ts";
import { decodeGeometry } from "../values/geometry.ts";
import { decodeHstoreMap } from "../values/hstore.ts";
import { decodeInterval } from "../values/interval.ts";
import { LOSSY, UNKNOWN } from "../values/omission.ts";
import type { Decoded } from "../values/omission.ts";
import type { Place } from "../values/place.ts";
import { decodePoint } from "../values/point.ts";
import { decodeBoolean, decodeInteger, decodeText } from "../values/scalar.ts";
import { decodeIsoTime, decodeTime, UNIT } from "../values/time.ts";
import { decodeIsoTimestamp, decodeTimestamp, decodeZonedTimestamp } from "../values/timestamp.ts";
import { decodeSparseVector, decodeVector } from "../values/vector.ts";

/** The schema of a value. */
export interface SchemaField extends Place {
  /** The value's node of the schema. */
  readonly node: JsonObject;
  /** The column's type, if it is described. Several types may have the same schema. */
  readonly type: ColumnType | undefined;
  readonly settings: ConnectorSettings;
}

type Decode = (json: Json, field: SchemaField) => Decoded;

/** Decodes a value by the name of its schema, or by the schema's type if it has no name. */
export function decodeBySchema(json: Json, field: SchemaField): Decoded {
  const name = member(field.node, "name");
  // A null with the schema of a bit string may stand for an array of bit strings.
  if (json === null && (name !== BITS || field.type !== undefined)) return null;
  const decode = typeof name === "string" ? BY_NAME.get(name) : BY_TYPE.get(member(field.node, "type"));
  return decode === undefined ? UNKNOWN : decode(json, field);
}

const BITS = "io.debezium.data.Bits";

const BY_NAME: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ["io.debezium.data.Uuid", decodeText],
  ["io.debezium.data.Enum", decodeText],
  ["io.debezium.data.Json", decodeText],
  ["io.debezium.data.Xml", decodeText],
  ["io.debezium.data.Ltree", decodeText],
  ["io.debezium.data.Tsvector", decodeText],
  ["org.apache.kafka.connect.data.Decimal", decodeDecimal],
  ["io.debezium.data.VariableScaleDecimal", decodeVariableScale],
  [BITS, decodeBitString],
  ["io.debezium.time.Date", decodeDate],
  ["org.apache.kafka.connect.data.Date", decodeDate],
  ["io.debezium.time.IsoDate", decodeIsoDate],
  ["io.debezium.time.Time", (json, field) => decodeTime(json, UNIT.millisecond, field)],
  ["io.debezium.time.MicroTime", unlessCut((json, field) => decodeTime(json, UNIT.microsecond, field))],
  ["io.debezium.time.NanoTime", unlessCut((json, field) => decodeTime(json, UNIT.nanosecond, field))],
  ["io.debezium.time.IsoTime", unlessCut(decodeIsoTime)],
  ["io.debezium.time.Timestamp", (json, field) => decodeTimestamp(json, UNIT.millisecond, field)],
  ["io.debezium.time.MicroTimestamp", (json, field) => decodeTimestamp(json, UNIT.microsecond, field)],
  ["io.debezium.time.NanoTimestamp", (json, field) => decodeTimestamp(json, UNIT.nanosecond, field)],
  ["io.debezium.time.IsoTimestamp", decodeIsoTimestamp],
  ["io.debezium.time.ZonedTimestamp", decodeZonedTimestamp],
  ["io.debezium.time.Interval", decodeInterval],
  ["io.debezium.data.geometry.Point", decodePoint],
  ["io.debezium.data.geometry.Geometry", decodeGeometry],
  ["io.debezium.data.geometry.Geography", decodeGeometry],
  ["io.debezium.data.DoubleVector", decodeVector],
  ["io.debezium.data.FloatVector", decodeVector],
  ["io.debezium.data.SparseDoubleVector", decodeSparseVector],
  ["org.apache.kafka.connect.data.Time", ifCoarse((json, field) => decodeTime(json, UNIT.millisecond, field))],
  [
    "org.apache.kafka.connect.data.Timestamp",
    ifCoarse((json, field) => decodeTimestamp(json, UNIT.millisecond, field)),
  ],
  ["io.debezium.time.ZonedTime", () => LOSSY],
  ["io.debezium.time.MicroDuration", () => LOSSY],
  ["io.debezium.time.NanoDuration", () => LOSSY],
]);

const BY_TYPE: ReadonlyMap<Json | undefined, Decode> = new Map<Json | undefined, Decode>([
  ["boolean", decodeBoolean],
  ["int8", decodeInteger],
  ["int16", decodeInteger],
  ["int32", decodeInteger],
  ["int64", decodeInteger],
  ["float", decodeFloat4],
  ["double", decodeDouble],
  ["string", decodeString],
  ["bytes", decodeBase64Bytes],
  ["array", decodeElements],
  // Of PostgreSQL's types, only an hstore is a map of text.
  ["map", decodeHstoreMap],
]);

/**
 * Returns a decoder for a form that has milliseconds only: other digits are certain if none was
 * declared.
 */
function ifCoarse(decode: Decode): Decode {
  return (json, field) => (isCoarse(field.type) ? decode(json, field) : LOSSY);
}

/** Returns a decoder for times of day. In arrays, Debezium cuts them to milliseconds. */
function unlessCut(decode: Decode): Decode {
  return (json, field) => (field.isElement ? ifCoarse(decode)(json, field) : decode(json, field));
}

function decodeDecimal(json: Json, { node }: SchemaField): Decoded {
  const lexeme = lexemeOf(json);
  if (lexeme !== undefined) return decimalText(lexeme);
  const parameters = member(node, "parameters");
  const scale = isObject(parameters) ? Number(member(parameters, "scale")) : Number.NaN;
  return decodeFixedScale(json, scale);
}

/**
 * Decodes the node that Debezium sends both for bit(n) and for varbit(n), whose length it loses.
 */
function decodeBitString(json: Json, { type }: SchemaField): Decoded {
  return type?.base === "bit" ? decodeBits(json, type.args[0] ?? 1) : LOSSY;
}

/** Decodes a double, unless the column is a numeric, which loses digits in a double. */
function decodeDouble(json: Json, { type }: SchemaField): Decoded {
  return type?.base === "numeric" || type?.base === "money" ? LOSSY : decodeFloat8(json);
}

function decodeString(json: Json, { type, settings }: SchemaField): Decoded {
  if (type?.base === "numeric") return decodeDecimalText(json, type.args[1]);
  return type?.base === "bytea" ? decodeBytesText(json, settings) : decodeText(json);
}

/**
 * Decodes a bytea that came as text. The schema does not show whether the text is hex or base64.
 */
function decodeBytesText(json: Json, { binary }: ConnectorSettings): Decoded {
  if (binary === "bytes") return UNKNOWN;
  return binary === "hex" ? decodeHexBytes(json) : decodeBase64Bytes(json);
}

function decodeElements(json: Json, field: SchemaField): Decoded {
  const node = member(field.node, "items");
  if (!isObject(node)) return UNKNOWN;
  if (field.type !== undefined && field.type.dimensions > 1) return LOSSY;
  const type = field.type && elementType(field.type);
  const element = { ...field, node, type, isElement: true };
  return decodeArray(json, (value) => decodeBySchema(value, element));
}
