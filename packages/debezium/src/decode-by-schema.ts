import type { ColumnType } from "./column-type.ts";
import { decodeInterval } from "./interval.ts";
import { integerOf, isObject, lexemeOf, member } from "./json.ts";
import type { Json, JsonObject } from "./json.ts";
import {
  decodeBase64,
  decodeDecimalText,
  decodeFloat4,
  decodeFloat8,
  decodeUnscaled,
  refuseSpoiltScale,
} from "./numeric.ts";
import type { Decoded } from "./omission.ts";
import { LOSSY, MALFORMED, SPOILT, UNKNOWN } from "./omission.ts";
import { decodeArray, decodeBits, decodePoint, integerThen, textThen, unlessText } from "./shapes.ts";
import { decodeDate, decodeTime, decodeTimestamp, decodeZonedTimestamp } from "./temporal.ts";

/** Where a value stands, which decides what Debezium may have done to it. */
export interface Place {
  readonly isSnapshot: boolean;
  readonly isElement: boolean;
}

/** Decodes a value by its schema node, by name first. `type`, where known, tells apart what one node stands for. */
export function decodeBySchema(node: JsonObject, json: Json, type: ColumnType | undefined, place: Place): Decoded {
  if (json === null) return null;
  const name = member(node, "name");
  return typeof name === "string"
    ? decodeByName(name, node, json, type, place)
    : decodeByShape(node, json, type, place);
}

function decodeByName(name: string, node: JsonObject, json: Json, type: ColumnType | undefined, place: Place): Decoded {
  const isShifted = place.isSnapshot || place.isElement;
  switch (name) {
    case "io.debezium.data.Uuid":
    case "io.debezium.data.Enum":
    case "io.debezium.data.Json":
    case "io.debezium.data.Xml":
    case "io.debezium.data.Ltree":
    case "io.debezium.data.Tsvector":
      return unlessText(json);
    case "org.apache.kafka.connect.data.Decimal":
      return decodeDecimal(node, json);
    case "io.debezium.data.VariableScaleDecimal":
      return decodeVariableScale(json);
    case "io.debezium.data.Bits":
      // The same node stands for bit(n) and for varbit(n), whose length is lost.
      return type?.base === "bit" ? decodeBits(json, type.args[0] ?? 1) : LOSSY;
    case "io.debezium.time.Date":
    case "org.apache.kafka.connect.data.Date":
      return integerThen(json, (days) => decodeDate(days, isShifted));
    case "io.debezium.time.Time":
      return decodeTimeOfDay(json, 1000n, place);
    case "io.debezium.time.MicroTime":
      return decodeTimeOfDay(json, 1n, place);
    case "io.debezium.time.Timestamp":
      return integerThen(json, (milliseconds) => decodeTimestamp(milliseconds * 1000n));
    case "io.debezium.time.MicroTimestamp":
      return integerThen(json, decodeTimestamp);
    case "org.apache.kafka.connect.data.Time":
    case "org.apache.kafka.connect.data.Timestamp":
    case "io.debezium.time.ZonedTime":
    case "io.debezium.time.MicroDuration":
    case "io.debezium.time.NanoDuration":
      return LOSSY;
    case "io.debezium.time.ZonedTimestamp":
      return textThen(json, (text) => decodeZonedTimestamp(text, place.isElement));
    case "io.debezium.time.Interval":
      return textThen(json, decodeInterval);
    case "io.debezium.data.geometry.Point":
      return decodePoint(json);
    default:
      return UNKNOWN;
  }
}

function decodeByShape(node: JsonObject, json: Json, type: ColumnType | undefined, place: Place): Decoded {
  switch (member(node, "type")) {
    case "boolean":
      return typeof json === "boolean" ? json : MALFORMED;
    case "int8":
    case "int16":
    case "int32":
    case "int64":
      return integerOf(json) ?? MALFORMED;
    case "float":
      return decodeFloat4(json);
    case "double":
      // A numeric that came through a double has lost digits.
      return type?.base === "numeric" || type?.base === "money" ? LOSSY : decodeFloat8(json);
    case "string":
      return type?.base === "numeric" ? decodeNumericText(json, type) : unlessText(json);
    case "bytes":
      return textThen(json, (text) => decodeBase64(text)?.toString("hex") ?? MALFORMED);
    case "array":
      return decodeElements(member(node, "items"), json, type, place);
    default:
      return UNKNOWN;
  }
}

function decodeElements(items: Json | undefined, json: Json, type: ColumnType | undefined, place: Place): Decoded {
  if (!isObject(items)) return UNKNOWN;
  if (type !== undefined && type.dimensions > 1) return LOSSY;
  const element = type && { ...type, dimensions: 0 };
  return decodeArray(json, (value) => decodeBySchema(items, value, element, { ...place, isElement: true }));
}

/** A numeric that came as text. The scale of numeric(p, −s) reaches us as thousands of zeros. */
export function decodeNumericText(json: Json, type: ColumnType): Decoded {
  return (type.args[1] ?? 0) < 0 ? SPOILT : textThen(json, decodeDecimalText);
}

function decodeDecimal(node: JsonObject, json: Json): Decoded {
  const parameters = member(node, "parameters");
  const scale = isObject(parameters) ? Number(member(parameters, "scale")) : Number.NaN;
  const lexeme = lexemeOf(json);
  if (lexeme !== undefined) return decodeDecimalText(lexeme);
  return textThen(json, (text) => refuseSpoiltScale(scale, decodeUnscaled(text, scale)));
}

/** A numeric without declared scale: `{scale, value}`. */
export function decodeVariableScale(json: Json): Decoded {
  if (!isObject(json)) return MALFORMED;
  const scale = Number(integerOf(member(json, "scale")) ?? Number.NaN);
  return textThen(member(json, "value") ?? null, (text) => decodeUnscaled(text, scale));
}

/** In arrays, 24:00:00 arrives as 0 and cannot be told from midnight. */
export function decodeTimeOfDay(json: Json, unit: bigint, { isElement }: Place): Decoded {
  return integerThen(json, (count) => (isElement && count === 0n ? SPOILT : decodeTime(count * unit)));
}
