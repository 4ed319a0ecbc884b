import type { Image, OmittedColumns, Value } from "@etrap/proof";
import { stringify } from "lossless-json";
import { isObject, member } from "../message/json.ts";
import type { Json, JsonObject } from "../message/json.ts";
import type { ConnectorSettings } from "../tables/connector-settings.ts";
import type { TableDescription } from "../tables/table-descriptions.ts";
import { LOSSY, MADE_UP, Omission, UNKNOWN, UNTOUCHED } from "../values/omission.ts";
import type { Decoded, OmissionCode } from "../values/omission.ts";
import { decodeBySchema } from "./decode-by-schema.ts";
import { decodeByType } from "./decode-by-type.ts";
import { decodePlain } from "./decode-plain.ts";
import { isToastPlaceholder } from "./toast-placeholder.ts";

/** The columns of a row whose values come from the database. Debezium makes up all others. */
export type RealColumns = { readonly kind: "all" } | { readonly kind: "some"; readonly names: ReadonlySet<string> };

/** Whether Debezium may have replaced large values of a row that an update did not touch. */
export type Placeholders =
  | { readonly kind: "none" }
  /** `rowBefore` holds the untouched values too, if there is one. */
  | { readonly kind: "possible"; readonly rowBefore: JsonObject | undefined };

/** Facts about a row besides its JSON. */
export interface RowContext {
  /** The schema's nodes by column. Undefined with schemas off. */
  readonly fields: ReadonlyMap<string, JsonObject> | undefined;
  readonly table: TableDescription | undefined;
  readonly settings: ConnectorSettings;
  readonly isSnapshot: boolean;
  readonly realColumns: RealColumns;
  readonly placeholders: Placeholders;
}

/** A decoded row, and the columns that are left out of it. */
export interface DecodedImage {
  readonly image: Image;
  readonly omitted: OmittedColumns | undefined;
}

/** Decodes a row. A column whose value is not certain is left out, and named in `omitted`. */
export function decodeImage(row: JsonObject, context: RowContext): DecodedImage {
  // Objects without a prototype: a column may be called `__proto__`.
  const image: Record<string, Value> = Object.create(null);
  const omitted: Record<string, OmissionCode> = Object.create(null);
  for (const [column, json] of Object.entries(row)) {
    const decoded = decodeColumn(column, json, context);
    if (decoded instanceof Omission) omitted[column] = decoded.code;
    else image[column] = decoded;
  }
  return { image, omitted: Object.keys(omitted).length === 0 ? undefined : omitted };
}

function decodeColumn(column: string, json: Json, context: RowContext): Decoded {
  const { realColumns, placeholders, fields, table, settings, isSnapshot } = context;
  if (realColumns.kind === "some" && !realColumns.names.has(column)) return MADE_UP;
  if (placeholders.kind === "possible" && isToastPlaceholder(json)) {
    if (!isStoredBefore(column, json, placeholders.rowBefore)) return UNTOUCHED;
  }
  const type = table?.columns.get(column);
  // Debezium sends null for every value of this type.
  if (type?.base === "name") return LOSSY;
  if (fields !== undefined) {
    const node = fields.get(column);
    return node === undefined ? UNKNOWN : decodeBySchema(json, { node, type, isSnapshot, isElement: false });
  }
  return type === undefined ? decodePlain(json) : decodeByType(json, { type, settings, isSnapshot, isElement: false });
}

/**
 * Whether the row before an update holds the same value. Debezium fills in an untouched value from
 * that row under REPLICA IDENTITY FULL, so the same value there is one that the user stored.
 */
function isStoredBefore(column: string, json: Json, rowBefore: JsonObject | undefined): boolean {
  const stored = rowBefore && member(rowBefore, column);
  return stored !== undefined && stringify(stored) === stringify(json);
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
