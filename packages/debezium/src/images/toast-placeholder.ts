import { isObject, lexemeOf, member } from "../message/json.ts";
import type { Json } from "../message/json.ts";

const TEXT = "__debezium_unavailable_value";
const BASE64 = "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==";
/** The name-based UUID that Debezium makes of the text for a `uuid[]`. */
const UUID = "b68a35a7-17ad-35b3-af2a-ae46edb4545a";
const HSTORE = `{"${TEXT}":"${TEXT}"}`;
const SCALARS: ReadonlySet<Json> = new Set([TEXT, BASE64, HSTORE]);
const ELEMENTS: ReadonlySet<Json | undefined> = new Set([TEXT, BASE64, UUID]);

/**
 * Whether a value looks like the placeholder that Debezium sends for a large value which an update
 * did not touch. A user may have stored the same value.
 */
export function isToastPlaceholder(value: Json): boolean {
  if (Array.isArray(value)) return (value.length === 1 && ELEMENTS.has(value[0])) || isTextInCodes(value);
  return SCALARS.has(value) || (isObject(value) && member(value, TEXT) === TEXT);
}

/**
 * Whether an array holds the codes of the text's characters. Debezium sends this for an array of
 * numbers.
 */
function isTextInCodes(values: readonly Json[]): boolean {
  return (
    values.length === TEXT.length && values.every((value, index) => lexemeOf(value) === String(TEXT.charCodeAt(index)))
  );
}
