import { isObject, lexemeOf, member } from "./json.ts";
import type { Json } from "./json.ts";

const TEXT = "__debezium_unavailable_value";
const BASE64 = "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==";
/** The name-based UUID that Debezium makes of the text for `uuid[]`. */
const UUID = "b68a35a7-17ad-35b3-af2a-ae46edb4545a";
const HSTORE = `{"${TEXT}":"${TEXT}"}`;
const SCALARS: ReadonlySet<Json> = new Set([TEXT, BASE64, HSTORE]);
const ELEMENTS: ReadonlySet<Json | undefined> = new Set([TEXT, BASE64, UUID]);

/** Whether a value looks like what Debezium sends for a large value that an update did not touch. Users may have stored the same. */
export function looksUnavailable(value: Json): boolean {
  if (Array.isArray(value)) return (value.length === 1 && ELEMENTS.has(value[0])) || isTextInCodes(value);
  return SCALARS.has(value) || (isObject(value) && member(value, TEXT) === TEXT);
}

/** Number arrays get the text's characters as numbers. */
function isTextInCodes(values: readonly Json[]): boolean {
  return (
    values.length === TEXT.length && values.every((value, index) => lexemeOf(value) === String(TEXT.charCodeAt(index)))
  );
}
