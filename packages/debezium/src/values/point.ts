import { isObject, member } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import { decodeFloat8 } from "./float.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED } from "./omission.ts";

/** Decodes a point to `(x,y)`, both as float8. */
export function decodePoint(json: Json): Decoded {
  if (!isObject(json)) return MALFORMED;
  const [x, y] = ["x", "y"].map((name) => decodeFloat8(member(json, name) ?? null));
  return typeof x === "string" && typeof y === "string" ? `(${x},${y})` : MALFORMED;
}
