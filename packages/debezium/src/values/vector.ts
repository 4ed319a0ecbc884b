import { integerOf, isObject, lexemeOf, member } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import { decodeFloat4 } from "./float.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED } from "./omission.ts";

/** Decodes a vector or halfvec of pgvector to `[x,y,…]`, each element as float4. */
export function decodeVector(json: Json): Decoded {
  if (!Array.isArray(json)) return MALFORMED;
  const elements = json.map(elementText);
  return elements.includes(undefined) ? MALFORMED : `[${elements.join(",")}]`;
}

/**
 * Decodes a sparsevec of pgvector to `{index:value,…}/dimensions`, by index. Debezium sends the
 * pairs in any order.
 */
export function decodeSparseVector(json: Json): Decoded {
  const dimensions = isObject(json) ? integerOf(member(json, "dimensions")) : undefined;
  const pairs = isObject(json) ? member(json, "vector") : undefined;
  if (dimensions === undefined || !Array.isArray(pairs)) return MALFORMED;
  const elements = new Map<number, string>();
  for (const pair of pairs) {
    const [index, value] = Array.isArray(pair) && pair.length === 2 ? [integerOf(pair[0]), elementText(pair[1])] : [];
    const at = Number(index);
    if (index === undefined || value === undefined || elements.has(at)) return MALFORMED;
    if (at < 1 || at > Number(dimensions)) return MALFORMED;
    elements.set(at, value);
  }
  const sorted = Array.from(elements).toSorted(([a], [b]) => a - b);
  return `{${sorted.map(([index, value]) => `${index}:${value}`).join(",")}}/${dimensions}`;
}

/** Returns the text of an element, or undefined if it is not a number. pgvector has no NaN. */
function elementText(json: Json): string | undefined {
  const text = lexemeOf(json) === undefined ? undefined : decodeFloat4(json);
  return typeof text === "string" ? text : undefined;
}
