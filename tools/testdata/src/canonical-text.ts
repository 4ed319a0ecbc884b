import type { Value } from "@etrap/proof";

/**
 * Returns PostgreSQL's own text of a value in canonical form, by the type of its column. Written
 * independently of every decoder.
 */
export function canonicalText(type: string, text: string | null): Value {
  if (text === null) return null;
  if (type.endsWith("[]"))
    return parseArray(type.startsWith("geo") ? text.replaceAll(":", ",") : text).map((element) =>
      canonicalText(type.replace(/(\[\])+$/, ""), element),
    );
  const base = type.replace(/\(.*\)/, "").replace(/ year to month/, "");
  return base === "bit" && (type === "bit" || type === "bit(1)") ? text === "1" : (BY_TYPE[base]?.(text) ?? text);
}

const BY_TYPE: Readonly<Record<string, (text: string) => Value>> = {
  bool: (text) => text === "t",
  money: (text) => text.replace(/[$,]/g, ""),
  float4: floatText,
  float8: floatText,
  bytea: (text) => text.slice(2),
  time: (text) => sixDigits(text),
  timestamp: (text) => (isInfinite(text) ? text : `${sixDigits(withoutEra(text).replace(" ", "T"))}${eraOf(text)}`),
  timestamptz: (text) =>
    isInfinite(text) ? text : `${sixDigits(withoutEra(text).replace("+00", "").replace(" ", "T"))}Z${eraOf(text)}`,
  interval: (text) => text.replace(/\d+:\d\d:\d\d(\.\d+)?/, sixDigits),
  vector: (text) => text.replaceAll(/[^[\],]+/g, floatText),
  halfvec: (text) => text.replaceAll(/[^[\],]+/g, floatText),
  sparsevec: (text) => text.replaceAll(/(?<=:)[^,}]+/g, floatText),
  point: (text) => `(${text.slice(1, -1).split(",").map(floatText).join(",")})`,
};

/** Parses the text of an hstore. Debezium sends one as a JSON object, whose order means nothing. */
export function hstoreMap(text: string): ReadonlyMap<string, string | null> {
  const pairs = text.matchAll(/"((?:[^"\\]|\\.)*)"=>(?:"((?:[^"\\]|\\.)*)"|NULL)/g);
  const unescape = (part: string): string => part.replace(/\\(.)/g, "$1");
  return new Map(
    Array.from(pairs, ([, key = "", value]) => [unescape(key), value === undefined ? null : unescape(value)] as const),
  );
}

function floatText(text: string): string {
  return text === "-0" ? text : String(Number(text));
}

function sixDigits(text: string): string {
  const [whole, fraction = ""] = text.split(".");
  return `${whole}.${fraction.padEnd(6, "0")}`;
}

function withoutEra(text: string): string {
  return text.replace(/ BC$/, "");
}

function eraOf(text: string): string {
  return text.endsWith(" BC") ? " BC" : "";
}

function isInfinite(text: string): boolean {
  return text.endsWith("infinity");
}

/** Returns the elements of an array of one dimension. Its lower bound is dropped. */
function parseArray(text: string): (string | null)[] {
  const body = text.replace(/^\[.*?\]=/, "").slice(1, -1);
  if (body === "") return [];
  const elements = body.matchAll(/(?:^|,)(?:"((?:[^"\\]|\\.)*)"|([^",]*))/g);
  return Array.from(elements, ([, quoted, plain = ""]) =>
    quoted === undefined ? (plain === "NULL" ? null : plain) : quoted.replace(/\\(.)/g, "$1"),
  );
}
