import type { Image, OmittedColumns, Value } from "@etrap/proof";
import { isObject, isSameJson, member } from "../message/json.ts";
import type { Json, JsonObject } from "../message/json.ts";
import type { ColumnType } from "../tables/column-type.ts";
import type { ConnectorSettings } from "../tables/connector-settings.ts";
import type { TableDescription } from "../tables/table-descriptions.ts";
import { MADE_UP, Omission, UNKNOWN, UNTOUCHED } from "../values/omission.ts";
import type { Decoded, OmissionCode } from "../values/omission.ts";
import { decodeBySchema } from "./decode-by-schema.ts";
import { decodeByType } from "./decode-by-type.ts";
import { decodePlain } from "./decode-plain.ts";
import { isNodeNullWhenUnchanged, isNullWhenUnchanged } from "./null-when-unchanged.ts";
import type { IsPlaceholder } from "./toast-placeholder.ts";
import { omissionOfType } from "./uncertain-types.ts";

/** The columns of a row whose values come from the database. Debezium makes up all others. */
export type RealColumns = { readonly kind: "all" } | { readonly kind: "some"; readonly names: ReadonlySet<string> };

/** Whether Debezium may have replaced large values of a row that an update did not touch. */
export type Placeholders =
  | { readonly kind: "none" }
  | {
      readonly kind: "possible";
      readonly isPlaceholder: IsPlaceholder;
      /** The row before the change, if there is one. It holds untouched values too. */
      readonly rowBefore: JsonObject | undefined;
      /**
       * Whether REPLICA IDENTITY FULL is known to hold. Debezium then has every untouched value.
       * Otherwise it may have made up the row before.
       */
      readonly isFull: boolean;
    };

/** Facts about a row besides its JSON. */
export interface RowContext {
  /** The schema's nodes by column. Undefined with schemas off. */
  readonly fields: ReadonlyMap<string, JsonObject> | undefined;
  readonly table: TableDescription | undefined;
  readonly settings: ConnectorSettings;
  readonly isSnapshot: boolean;
  /** Whether the row has all columns. A key does not. */
  readonly isWholeRow: boolean;
  readonly realColumns: RealColumns;
  readonly placeholders: Placeholders;
}

/** A decoded row, and the columns that are left out of it. */
export interface DecodedImage {
  readonly image: Image;
  readonly omitted: OmittedColumns | undefined;
}

/**
 * Decodes a row. A column whose value is not certain is left out, and named in `omitted`. So is a
 * described column that the row does not have.
 */
export function decodeImage(row: JsonObject, context: RowContext): DecodedImage {
  // Objects without a prototype: a column may be called `__proto__`.
  const image: Record<string, Value> = Object.create(null);
  const omitted: Record<string, OmissionCode> = Object.create(null);
  for (const [column, json] of Object.entries(row)) {
    const decoded = decodeColumn(column, json, context);
    if (decoded instanceof Omission) omitted[column] = decoded.code;
    else image[column] = decoded;
  }
  for (const column of absentColumns(row, context)) {
    omitted[column] = (isMadeUp(column, context) ? MADE_UP : UNKNOWN).code;
  }
  return { image, omitted: Object.keys(omitted).length === 0 ? undefined : omitted };
}

/**
 * Returns the described columns that a whole row does not have. Debezium does not send every type.
 */
function absentColumns(row: JsonObject, { isWholeRow, table }: RowContext): string[] {
  const described = isWholeRow && table !== undefined ? Array.from(table.columns.keys()) : [];
  return described.filter((column) => !Object.hasOwn(row, column));
}

function decodeColumn(column: string, json: Json, context: RowContext): Decoded {
  if (isMadeUp(column, context)) return MADE_UP;
  const { fields, table, settings, isSnapshot } = context;
  const type = table?.columns.get(column);
  const omission = type && omissionOfType(type);
  if (omission !== undefined) return omission;
  const node = fields?.get(column);
  if (isUntouched(column, json, { ...context, type, node })) return UNTOUCHED;
  const place = { isSnapshot, isElement: false };
  if (fields !== undefined)
    return node === undefined ? UNKNOWN : decodeBySchema(json, { node, type, settings, ...place });
  return type === undefined ? decodePlain(json) : decodeByType(json, { type, settings, ...place });
}

/** Whether the value of a column does not come from the database. */
function isMadeUp(column: string, { realColumns }: RowContext): boolean {
  return realColumns.kind === "some" && !realColumns.names.has(column);
}

/** The row of a column, and what is known of the column's type. */
interface ColumnContext extends RowContext {
  readonly type: ColumnType | undefined;
  readonly node: JsonObject | undefined;
}

/**
 * Whether a value may stand for one that the update did not touch and Debezium did not send: the
 * placeholder, or a null of a type for which there is no placeholder.
 */
function isUntouched(column: string, json: Json, context: ColumnContext): boolean {
  const { placeholders, type, node, settings } = context;
  if (placeholders.kind === "none") return false;
  if (placeholders.isPlaceholder(json))
    return !(placeholders.isFull && isStoredBefore(column, json, placeholders.rowBefore));
  if (json !== null || placeholders.isFull) return false;
  if (node !== undefined) return isNodeNullWhenUnchanged({ node, type, settings });
  return type !== undefined && isNullWhenUnchanged(type, settings);
}

/**
 * Whether the row before an update holds the same value. Debezium fills in an untouched value from
 * that row under REPLICA IDENTITY FULL, so the same value there is one that the user stored.
 */
function isStoredBefore(column: string, json: Json, rowBefore: JsonObject | undefined): boolean {
  const stored = rowBefore && member(rowBefore, column);
  return stored !== undefined && isSameJson(stored, json);
}

/** Returns the fields of a schema's struct node by name. Undefined for a node without fields. */
export function fieldsOf(node: JsonObject | undefined): ReadonlyMap<string, JsonObject> | undefined {
  const fields = node && member(node, "fields");
  if (!Array.isArray(fields)) return undefined;
  return new Map(
    fields.filter(isObject).flatMap((field) => {
      const name = member(field, "field");
      return typeof name === "string" ? [[name, field] as const] : [];
    }),
  );
}
