import { membersOf, oneOf } from "./json-members.ts";

/**
 * The connector's settings that decide the form of values. With schemas off, an entry does not show
 * them.
 */
export interface ConnectorSettings {
  readonly decimals: "precise" | "string" | "double";
  readonly intervals: "numeric" | "string";
  readonly binary: "bytes" | "base64" | "base64-url-safe" | "hex";
  readonly times: "adaptive" | "adaptive_time_microseconds" | "connect" | "microseconds";
}

/** The values of each setting by Debezium's name. The first value is Debezium's default. */
const CHOICES = {
  "decimal.handling.mode": ["precise", "string", "double"],
  "interval.handling.mode": ["numeric", "string"],
  "binary.handling.mode": ["bytes", "base64", "base64-url-safe", "hex"],
  "time.precision.mode": ["adaptive", "adaptive_time_microseconds", "connect", "microseconds"],
} as const;

/**
 * Reads the member `debezium` of a description. A setting that it leaves out has Debezium's
 * default. Throws BAD_TABLE_DESCRIPTIONS.
 */
export function parseConnectorSettings(json: unknown): ConnectorSettings {
  const members = membersOf({ place: "debezium", value: json }, Object.keys(CHOICES));
  const read = <N extends keyof typeof CHOICES>(name: N): (typeof CHOICES)[N][number] => {
    const choices: readonly (typeof CHOICES)[N][number][] = CHOICES[name];
    return oneOf({ place: `debezium.${name}`, value: members.get(name) ?? choices[0] }, choices);
  };
  return {
    decimals: read("decimal.handling.mode"),
    intervals: read("interval.handling.mode"),
    binary: read("binary.handling.mode"),
    times: read("time.precision.mode"),
  };
}
