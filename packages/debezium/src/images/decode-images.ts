import type { Change } from "@etrap/batcher";
import type { OmittedColumns, Omissions } from "@etrap/proof";
import type { CarrierEntry } from "../message/carrier-entry.ts";
import { unwrap } from "../message/envelope.ts";
import { isObject, member, parseJson } from "../message/json.ts";
import type { JsonObject } from "../message/json.ts";
import { PoisonedEntry } from "../message/poison.ts";
import type { ConnectorSettings } from "../tables/connector-settings.ts";
import type { TableDescription } from "../tables/table-descriptions.ts";
import { decodeImage, fieldsOf } from "./decode-image.ts";
import type { DecodedImage, Placeholders, RealColumns, RowContext } from "./decode-image.ts";
import type { IsPlaceholder } from "./toast-placeholder.ts";

/** A change message, and the facts about its table. */
export interface ChangeMessage {
  readonly entry: CarrierEntry;
  readonly payload: JsonObject;
  /** The payload's node of the schema. Undefined with schemas off. */
  readonly node: JsonObject | undefined;
  readonly operation: Change["operation"];
  readonly table: TableDescription | undefined;
  readonly settings: ConnectorSettings;
  readonly isPlaceholder: IsPlaceholder;
}

const OLD_KEY = "__DEBEZIUM.OLDKEY";

/**
 * Decodes the key and the rows of a change. Throws PoisonedEntry with UNKNOWN_SHAPE, or with a
 * reason of `parseJson` for the key.
 */
export function decodeImages(message: ChangeMessage): Pick<Change, "key" | "before" | "after" | "omitted"> {
  const { entry, payload, operation, table, settings } = message;
  const fields = fieldsOf(message.node);
  const [rowBefore, rowAfter] = [rowOf(payload, "before"), rowOf(payload, "after")];
  if (rowAfter === undefined && operation !== "DELETE" && operation !== "TRUNCATE")
    throw new PoisonedEntry("UNKNOWN_SHAPE");

  const shared: Omit<RowContext, "fields"> = {
    table,
    settings,
    isSnapshot: operation === "SNAPSHOT",
    isWholeRow: true,
    realColumns: { kind: "all" },
    placeholders: { kind: "none" },
  };
  const key = decodeKey(entry, shared);
  const realColumns = realColumnsBefore(message, key);
  const before =
    rowBefore && decodeImage(rowBefore, { ...shared, fields: fieldsOf(fields?.get("before")), realColumns });
  const placeholders = placeholdersAfter(message, rowBefore, realColumns);
  const after = rowAfter && decodeImage(rowAfter, { ...shared, fields: fieldsOf(fields?.get("after")), placeholders });
  return {
    key: key?.image ?? null,
    before: before?.image ?? null,
    after: after?.image ?? null,
    omitted: omissionsOf({ key, before, after }),
  };
}

function decodeKey({ key }: CarrierEntry, context: Omit<RowContext, "fields">): DecodedImage | undefined {
  if (key === undefined) return undefined;
  const { payload, node } = unwrap(parseJson(key));
  if (payload === null) return undefined;
  if (!isObject(payload)) throw new PoisonedEntry("UNKNOWN_SHAPE");
  return decodeImage(payload, { ...context, fields: fieldsOf(node), isWholeRow: false });
}

/**
 * Returns the columns of the row before a change that Debezium does not make up. That row is
 * complete only with REPLICA IDENTITY FULL, which no entry shows. Otherwise its key alone is real,
 * or nothing if there is no key: the table may have been dropped before Debezium read its key.
 */
function realColumnsBefore({ table }: ChangeMessage, key: DecodedImage | undefined): RealColumns {
  if (table?.identity === "full") return { kind: "all" };
  return { kind: "some", names: new Set(Object.keys(key?.image ?? {})) };
}

/**
 * Returns whether the row after a change may hold placeholders. An update may leave out a large
 * value that it did not touch. So may an insert that is half of a change of the key. The format
 * `compact` does not show whether an insert is one.
 */
function placeholdersAfter(
  { entry, operation, isPlaceholder }: ChangeMessage,
  rowBefore: JsonObject | undefined,
  realColumns: RealColumns,
): Placeholders {
  const mayChangeKey = entry.format === "compact" || entry.headers.has(OLD_KEY);
  const isPossible = operation === "UPDATE" || (operation === "INSERT" && mayChangeKey);
  if (!isPossible) return { kind: "none" };
  // With FULL, an update has the row before it. An insert that is half of a change of the key has
  // it not.
  const isFull = realColumns.kind === "all" && (rowBefore !== undefined || operation === "INSERT");
  return { kind: "possible", isPlaceholder, rowBefore, isFull };
}

function rowOf(payload: JsonObject, name: "before" | "after"): JsonObject | undefined {
  const row = member(payload, name);
  if (row === undefined || row === null) return undefined;
  if (!isObject(row)) throw new PoisonedEntry("UNKNOWN_SHAPE");
  return row;
}

function omissionsOf(images: Readonly<Record<"key" | "before" | "after", DecodedImage | undefined>>): Omissions | null {
  const omissions: { key?: OmittedColumns; before?: OmittedColumns; after?: OmittedColumns } = {};
  for (const part of ["key", "before", "after"] as const) {
    const omitted = images[part]?.omitted;
    if (omitted !== undefined) omissions[part] = omitted;
  }
  return Object.keys(omissions).length === 0 ? null : omissions;
}
