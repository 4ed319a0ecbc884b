import { isObject, lexemeOf, member } from "../message/json.ts";
import type { Json, JsonObject } from "../message/json.ts";
import { elementType } from "../tables/column-type.ts";
import type { ColumnType } from "../tables/column-type.ts";
import { decodeArray } from "../values/array.ts";
import { decodeBase64Bytes, decodeBits } from "../values/bytes.ts";
import { decodeDate } from "../values/date.ts";
import { decimalText, decodeDecimalText, decodeFixedScale, decodeVariableScale } from "../values/decimal.ts";
import { decodeFloat4, decodeFloat8 } from "../values/float.ts";
import { decodeInterval } from "../values/interval.ts";
import { LOSSY, UNKNOWN } from "../values/omission.ts";
import type { Decoded } from "../values/omission.ts";
import type { Place } from "../values/place.ts";
import { decodePoint } from "../values/point.ts";
import { decodeBoolean, decodeInteger, decodeText } from "../values/scalar.ts";
import { decodeTime, UNIT } from "../values/time.ts";
import { decodeTimestamp, decodeZonedTimestamp } from "../values/timestamp.ts";

/** The schema of a value. */
export interface SchemaField extends Place {
  /** The value's node of the schema. */
  readonly node: JsonObject;
  /** The column's type, if it is described. Several types may have the same schema. */
  readonly type: ColumnType | undefined;
}

type Decode = (json: Json, field: SchemaField) => Decoded;

/** Decodes a value by the name of its schema, or by the schema's type if it has no name. */
export function decodeBySchema(json: Json, field: SchemaField): Decoded {
  if (json === null) return null;
  const name = member(field.node, "name");
  const decode = typeof name === "string" ? BY_NAME.get(name) : BY_TYPE.get(member(field.node, "type"));
  return decode === undefined ? UNKNOWN : decode(json, field);
}

const BY_NAME: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ["io.debezium.data.Uuid", decodeText],
  ["io.debezium.data.Enum", decodeText],
  ["io.debezium.data.Json", decodeText],
  ["io.debezium.data.Xml", decodeText],
  ["io.debezium.data.Ltree", decodeText],
  ["io.debezium.data.Tsvector", decodeText],
  ["org.apache.kafka.connect.data.Decimal", decodeDecimal],
  ["io.debezium.data.VariableScaleDecimal", decodeVariableScale],
  ["io.debezium.data.Bits", decodeBitString],
  ["io.debezium.time.Date", decodeDate],
  ["org.apache.kafka.connect.data.Date", decodeDate],
  ["io.debezium.time.Time", (json, field) => decodeTime(json, UNIT.millisecond, field)],
  ["io.debezium.time.MicroTime", (json, field) => decodeTime(json, UNIT.microsecond, field)],
  ["io.debezium.time.Timestamp", (json) => decodeTimestamp(json, UNIT.millisecond)],
  ["io.debezium.time.MicroTimestamp", (json) => decodeTimestamp(json, UNIT.microsecond)],
  ["io.debezium.time.ZonedTimestamp", decodeZonedTimestamp],
  ["io.debezium.time.Interval", decodeInterval],
  ["io.debezium.data.geometry.Point", decodePoint],
  ["org.apache.kafka.connect.data.Time", () => LOSSY],
  ["org.apache.kafka.connect.data.Timestamp", () => LOSSY],
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
]);

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

function decodeString(json: Json, { type }: SchemaField): Decoded {
  return type?.base === "numeric" ? decodeDecimalText(json, type.args[1]) : decodeText(json);
}

function decodeElements(json: Json, field: SchemaField): Decoded {
  const node = member(field.node, "items");
  if (!isObject(node)) return UNKNOWN;
  if (field.type !== undefined && field.type.dimensions > 1) return LOSSY;
  const type = field.type && elementType(field.type);
  const element = { node, type, isSnapshot: field.isSnapshot, isElement: true };
  return decodeArray(json, (value) => decodeBySchema(value, element));
}
