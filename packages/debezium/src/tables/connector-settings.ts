import { membersOf, oneOf, unexpected } from "./json-members.ts";
import type { Placed } from "./json-members.ts";

/**
 * The connector's settings that decide the form of values. With schemas off, an entry does not show
 * them.
 */
export interface ConnectorSettings {
  readonly decimals: "precise" | "string" | "double";
  readonly intervals: "numeric" | "string";
  readonly binary: "bytes" | "base64" | "base64-url-safe" | "hex";
  readonly times: (typeof CHOICES)["time.precision.mode"][number];
  /** The bytes that stand for a large value which an update did not touch. */
  readonly placeholder: Uint8Array;
}

/** The values of each setting by Debezium's name. The first value is Debezium's default. */
const CHOICES = {
  "decimal.handling.mode": ["precise", "string", "double"],
  "interval.handling.mode": ["numeric", "string"],
  "binary.handling.mode": ["bytes", "base64", "base64-url-safe", "hex"],
  "time.precision.mode": [
    "adaptive",
    "adaptive_time_microseconds",
    "connect",
    "isostring",
    "microseconds",
    "nanoseconds",
  ],
  // An hstore shows its form: `json` gives text, and `map` gives an object.
  "hstore.handling.mode": ["json", "map"],
} as const;

const PLACEHOLDER = "unavailable.value.placeholder";

/**
 * Reads the member `debezium` of a description. A setting that it leaves out has Debezium's
 * default. Throws BAD_TABLE_DESCRIPTIONS.
 */
export function parseConnectorSettings(json: unknown): ConnectorSettings {
  const members = membersOf({ place: "debezium", value: json }, [...Object.keys(CHOICES), PLACEHOLDER]);
  const read = <N extends keyof typeof CHOICES>(name: N): (typeof CHOICES)[N][number] => {
    const choices: readonly (typeof CHOICES)[N][number][] = CHOICES[name];
    return oneOf({ place: `debezium.${name}`, value: members.get(name) ?? choices[0] }, choices);
  };
  read("hstore.handling.mode");
  return {
    decimals: read("decimal.handling.mode"),
    intervals: read("interval.handling.mode"),
    binary: read("binary.handling.mode"),
    times: read("time.precision.mode"),
    placeholder: parsePlaceholder({
      place: `debezium.${PLACEHOLDER}`,
      value: members.get(PLACEHOLDER) ?? "__debezium_unavailable_value",
    }),
  };
}

/** Reads the placeholder as Debezium does: text, or bytes in hex after `hex:`. */
function parsePlaceholder(placed: Placed): Uint8Array {
  const { value } = placed;
  if (typeof value !== "string" || value === "" || !/^(?!hex:)|^hex:(?:[\da-fA-F]{2})+$/.test(value))
    throw unexpected(placed, "a text, or bytes such as hex:00ff");
  return value.startsWith("hex:") ? Buffer.from(value.slice("hex:".length), "hex") : Buffer.from(value);
}
