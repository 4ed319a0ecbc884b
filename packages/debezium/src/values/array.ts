import type { Value } from "@etrap/proof";
import type { Json } from "../message/json.ts";
import type { Decoded } from "./omission.ts";
import { LOSSY, MALFORMED, Omission } from "./omission.ts";

/** Java's name for an array, which Debezium sends in place of an array inside a text array. */
const JAVA_ARRAY = /^\[+(?:L[\w.$]+;|[A-Z])@[0-9a-f]{1,8}$/;

/**
 * Decodes an array of one dimension. One element that is not certain leaves out the whole column.
 */
export function decodeArray(json: Json, decodeElement: (element: Json) => Decoded): Decoded {
  if (!Array.isArray(json)) return MALFORMED;
  const values: Value[] = [];
  for (const element of json) {
    if (typeof element === "string" && JAVA_ARRAY.test(element)) return LOSSY;
    const decoded = decodeElement(element);
    if (decoded instanceof Omission) return decoded;
    values.push(decoded);
  }
  return values;
}
