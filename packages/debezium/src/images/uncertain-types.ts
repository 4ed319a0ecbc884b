import type { ColumnType } from "../tables/column-type.ts";
import { LOSSY, UNKNOWN } from "../values/omission.ts";
import type { Omission } from "../values/omission.ts";

/** Types that Debezium 3.6 does not send. Other versions and settings send them in other forms. */
const NOT_SENT: ReadonlySet<string> = new Set([
  "box",
  "circle",
  "line",
  "lseg",
  "path",
  "polygon",
  "pg_lsn",
  "pg_snapshot",
  "tid",
  "tsquery",
  "txid_snapshot",
]);

/** Types whose arrays Debezium 3.6 does not send. */
const ARRAYS_NOT_SENT: ReadonlySet<string> = new Set(["interval", "money", "name", "point", "varbit", "xml"]);

/**
 * Returns the reason why no value of a type is certain, not even null, or undefined if some may be.
 */
export function omissionOfType({ base, args, dimensions }: ColumnType): Omission | undefined {
  if (NOT_SENT.has(base) || base.endsWith("multirange")) return UNKNOWN;
  if (dimensions > 0 && ARRAYS_NOT_SENT.has(base)) return UNKNOWN;
  // Debezium sends null for every name and for every array of bit strings.
  if (dimensions === 0 ? base === "name" : base === "bit") return LOSSY;
  // Of varbit(1), Debezium sends null for the empty bit string too.
  return base === "varbit" && dimensions === 0 && args[0] === 1 ? LOSSY : undefined;
}
