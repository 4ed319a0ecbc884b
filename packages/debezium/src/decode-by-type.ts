import type { ColumnType } from "./column-type.ts";
import { elementType } from "./column-type.ts";
import { decodeNumericText, decodeTimeOfDay, decodeVariableScale } from "./decode-by-schema.ts";
import type { Place } from "./decode-by-schema.ts";
import { decodeInterval } from "./interval.ts";
import { integerOf, lexemeOf } from "./json.ts";
import type { Json } from "./json.ts";
import { decodeBase64, decodeFloat4, decodeFloat8, decodeUnscaled, refuseSpoiltScale } from "./numeric.ts";
import type { Decoded } from "./omission.ts";
import { LOSSY, MALFORMED, SPOILT, UNKNOWN } from "./omission.ts";
import { decodeArray, decodeBits, decodePoint, integerThen, textThen, unlessText } from "./shapes.ts";
import type { ConnectorSettings } from "./table-descriptions.ts";
import { decodeDate, decodeTimestamp, decodeZonedTimestamp } from "./temporal.ts";

/** Types that Debezium does not send, or sends without saying what they are. */
const NOT_SENT: ReadonlySet<string> = new Set(["geometry", "geography", "vector", "halfvec", "sparsevec"]);

/** Decodes a value of a described column, schemas off: the connector's settings say which form the type has. */
export function decodeByType(type: ColumnType, json: Json, settings: ConnectorSettings, place: Place): Decoded {
  if (json === null) return null;
  if (type.dimensions > 1) return LOSSY;
  if (type.dimensions === 1) {
    return decodeArray(json, (element) =>
      decodeByType(elementType(type), element, settings, { ...place, isElement: true }),
    );
  }
  const isShifted = place.isSnapshot || place.isElement;
  switch (type.base) {
    case "bool":
      return typeof json === "boolean" ? json : MALFORMED;
    case "int2":
    case "int4":
    case "int8":
    case "oid":
      return integerOf(json) ?? MALFORMED;
    case "float4":
      return decodeFloat4(json);
    case "float8":
      return decodeFloat8(json);
    case "numeric":
    case "money":
      return decodeNumeric(type, json, settings);
    case "bytea":
      return textThen(json, (text) =>
        settings.binary === "hex" ? hexOf(text) : (decodeBase64(text)?.toString("hex") ?? MALFORMED),
      );
    case "bit":
      return decodeBits(json, type.args[0] ?? 1);
    case "date":
      return integerThen(json, (days) => decodeDate(days, isShifted));
    case "time":
    case "timestamp":
      return decodeClock(type, json, settings, place);
    case "timestamptz":
      return textThen(json, (text) => decodeZonedTimestamp(text, place.isElement));
    case "interval":
      return settings.intervals === "string" ? textThen(json, decodeInterval) : LOSSY;
    case "point":
      return decodePoint(json);
    case "timetz":
    case "varbit":
      return LOSSY;
    default:
      return NOT_SENT.has(type.base) ? UNKNOWN : unlessText(json);
  }
}

function decodeNumeric(type: ColumnType, json: Json, { decimals }: ConnectorSettings): Decoded {
  // A double is never written without point or exponent: the column was an integer when this was written.
  const integer = integerOf(json);
  if (integer !== undefined) return integer;
  if (decimals === "double") return LOSSY;
  if (decimals === "string") return decodeNumericText(json, type);
  const [, scale = 0] = type.base === "money" ? [undefined, 2] : type.args;
  if (type.base === "numeric" && type.args.length === 0) return decodeVariableScale(json);
  return scale < 0 ? SPOILT : textThen(json, (text) => refuseSpoiltScale(scale, decodeUnscaled(text, scale)));
}

/** Which unit a time or timestamp has: by its precision, or always microseconds. `connect` has cut microseconds off. */
function decodeClock({ base, args }: ColumnType, json: Json, { times }: ConnectorSettings, place: Place): Decoded {
  const precision = args[0] ?? 6;
  if (times === "connect" && precision > 3) return LOSSY;
  // Which unit the elements of such an array have was never seen.
  if (place.isElement && precision <= 3) return UNKNOWN;
  const isMicroseconds =
    times === "microseconds" || precision > 3 || (times === "adaptive_time_microseconds" && base === "time");
  const unit = isMicroseconds ? 1n : 1000n;
  return base === "time"
    ? decodeTimeOfDay(json, unit, place)
    : integerThen(json, (count) => decodeTimestamp(count * unit));
}

function hexOf(text: string): Decoded {
  return text.length % 2 === 0 && /^[0-9a-f]*$/.test(text) ? text : MALFORMED;
}

/** A value of which nothing is known: its own text. */
export function decodeOpaque(json: Json): Decoded {
  if (json === null || typeof json === "boolean") return json;
  if (typeof json === "string") return unlessText(json);
  if (Array.isArray(json)) return decodeArray(json, decodeOpaque);
  return lexemeOf(json) ?? UNKNOWN;
}
