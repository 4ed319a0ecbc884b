import { integerOf, isObject, member } from "../message/json.ts";
import type { Json } from "../message/json.ts";
import { bytesOf } from "./bytes.ts";
import type { Decoded } from "./omission.ts";
import { MALFORMED, UNKNOWN } from "./omission.ts";

/** The bit of an EWKB's type that says that a reference system (SRID) follows. */
const HAS_SRID = 0x20_00_00_00;
/** The bytes of the byte order, the type, and the shortest content. */
const MIN_BYTES = 9;

/**
 * Decodes a geometry or geography of PostGIS to PostgreSQL's own text: hex of its EWKB in capitals.
 * Debezium sends the EWKB, and its reference system a second time. A form with other members, such
 * as a box of a later Debezium, is not known.
 */
export function decodeGeometry(json: Json): Decoded {
  if (!isObject(json)) return MALFORMED;
  if (Object.keys(json).some((name) => name !== "wkb" && name !== "srid")) return UNKNOWN;
  const bytes = bytesOf(member(json, "wkb") ?? null);
  if (bytes === undefined || bytes.length < MIN_BYTES || (bytes[0] !== 0 && bytes[0] !== 1)) return MALFORMED;
  // Where the two differ, a converter has changed the bytes, and the text cannot be known.
  return sridOf(bytes) === (integerOf(member(json, "srid")) ?? "0") ? bytes.toString("hex").toUpperCase() : UNKNOWN;
}

/** Returns the digits of the reference system in an EWKB. `0` stands for none, as in PostGIS. */
function sridOf(bytes: Buffer): string {
  const read = (offset: number): number => (bytes[0] === 1 ? bytes.readInt32LE(offset) : bytes.readInt32BE(offset));
  return (read(1) & HAS_SRID) === 0 ? "0" : String(read(5));
}
