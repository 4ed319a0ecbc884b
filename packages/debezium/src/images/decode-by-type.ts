import { integerOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import { elementType, isCoarse } from "../tables/column-type.ts";
import type { ColumnType } from "../tables/column-type.ts";
import type { ConnectorSettings } from "../tables/connector-settings.ts";
import { decodeArray } from "../values/array.ts";
import { decodeBase64Bytes, decodeBits, decodeHexBytes } from "../values/bytes.ts";
import { decodeDate, decodeIsoDate } from "../values/date.ts";
import { decodeDecimalText, decodeFixedScale, decodeVariableScale } from "../values/decimal.ts";
import { decodeFloat4, decodeFloat8 } from "../values/float.ts";
import { decodeGeometry } from "../values/geometry.ts";
import { decodeHstore } from "../values/hstore.ts";
import { decodeInterval } from "../values/interval.ts";
import { LOSSY, OUT_OF_RANGE } from "../values/omission.ts";
import type { Decoded } from "../values/omission.ts";
import type { Place } from "../values/place.ts";
import { decodePoint } from "../values/point.ts";
import { decodeBoolean, decodeInteger, decodeText } from "../values/scalar.ts";
import { decodeIsoTime, decodeTime, UNIT } from "../values/time.ts";
import { decodeIsoTimestamp, decodeTimestamp, decodeZonedTimestamp } from "../values/timestamp.ts";
import { decodeSparseVector, decodeVector } from "../values/vector.ts";

/** The described type of a value, and the connector's settings, which decide the type's form. */
export interface DescribedColumn extends Place {
  readonly type: ColumnType;
  readonly settings: ConnectorSettings;
}

type Decode = (json: Json, column: DescribedColumn) => Decoded;

/** Decodes a value by the described type of its column. Used with schemas off. */
export function decodeByType(json: Json, column: DescribedColumn): Decoded {
  if (json === null) return null;
  const { base, dimensions } = column.type;
  if (dimensions > 1) return LOSSY;
  if (dimensions === 1) {
    const element = { ...column, type: elementType(column.type), isElement: true };
    return decodeArray(json, (value) => decodeByType(value, element));
  }
  const decode = BY_BASE.get(base);
  return decode === undefined ? decodeText(json) : decode(json, column);
}

/**
 * The types whose form is not their text. Debezium sends every other type, such as an enum, as
 * text.
 */
const BY_BASE: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ["bool", decodeBoolean],
  ["int2", decodeInteger],
  ["int4", decodeInteger],
  ["int8", decodeInteger],
  ["oid", decodeInteger],
  ["float4", decodeFloat4],
  ["float8", decodeFloat8],
  ["numeric", decodeNumeric],
  ["money", decodeNumeric],
  ["bytea", decodeBytes],
  ["bit", (json, { type }) => decodeBits(json, type.args[0] ?? 1)],
  ["date", decodeDateOfMode],
  ["time", decodeTimeOfDay],
  ["timestamp", decodeTimestampWithoutZone],
  ["timestamptz", decodeZonedTimestamp],
  ["interval", (json, { settings }) => (settings.intervals === "string" ? decodeInterval(json) : LOSSY)],
  ["point", decodePoint],
  ["timetz", () => LOSSY],
  ["varbit", () => LOSSY],
  ["hstore", decodeHstore],
  ["geometry", decodeGeometry],
  ["geography", decodeGeometry],
  ["vector", decodeVector],
  ["halfvec", decodeVector],
  ["sparsevec", decodeSparseVector],
]);

function decodeNumeric(json: Json, { type, settings }: DescribedColumn): Decoded {
  // A double always has a point or an exponent, so the column was of an integer type when this was
  // written.
  const integer = integerOf(json);
  if (integer !== undefined) return integer;
  if (settings.decimals === "double") return LOSSY;
  if (settings.decimals === "string") return decodeDecimalText(json, type.args[1]);
  if (type.base === "money") return decodeFixedScale(json, 2);
  if (type.args.length === 0) return decodeVariableScale(json);
  const [, scale = 0] = type.args;
  return scale < 0 ? OUT_OF_RANGE : decodeFixedScale(json, scale);
}

function decodeBytes(json: Json, { settings }: DescribedColumn): Decoded {
  return settings.binary === "hex" ? decodeHexBytes(json) : decodeBase64Bytes(json);
}

function decodeDateOfMode(json: Json, column: DescribedColumn): Decoded {
  return column.settings.times === "isostring" ? decodeIsoDate(json, column) : decodeDate(json, column);
}

function decodeTimeOfDay(json: Json, column: DescribedColumn): Decoded {
  const { times } = column.settings;
  // In arrays, Debezium cuts a time to milliseconds, as it does everywhere with `connect`.
  if (!isCoarse(column.type) && (column.isElement || times === "connect")) return LOSSY;
  return times === "isostring" ? decodeIsoTime(json) : decodeTime(json, unitOf(column), column);
}

function decodeTimestampWithoutZone(json: Json, column: DescribedColumn): Decoded {
  const { times } = column.settings;
  if (!isCoarse(column.type) && times === "connect") return LOSSY;
  return times === "isostring" ? decodeIsoTimestamp(json, column) : decodeTimestamp(json, unitOf(column), column);
}

/** Returns the unit in which the connector sends a time or timestamp as a number. */
function unitOf({ type, settings: { times } }: DescribedColumn): bigint {
  if (times === "nanoseconds") return UNIT.nanosecond;
  const isInMicroseconds = times === "microseconds" || (times === "adaptive_time_microseconds" && type.base === "time");
  return isInMicroseconds || !isCoarse(type) ? UNIT.microsecond : UNIT.millisecond;
}
