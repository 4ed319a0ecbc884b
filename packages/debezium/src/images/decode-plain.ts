import { lexemeOf } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import { decodeArray } from "../values/array.ts";
import { UNKNOWN } from "../values/omission.ts";
import type { Decoded } from "../values/omission.ts";
import { decodeText } from "../values/scalar.ts";

/**
 * Decodes a value with neither a schema nor a described type. It is recorded as its own JSON text.
 */
export function decodePlain(json: Json): Decoded {
  if (json === null || typeof json === "boolean") return json;
  if (typeof json === "string") return decodeText(json);
  if (Array.isArray(json)) return decodeArray(json, decodePlain);
  return lexemeOf(json) ?? UNKNOWN;
}
