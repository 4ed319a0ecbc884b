import type { Image, OmittedColumns, Value } from "@etrap/proof";
import { stringify } from "lossless-json";
import { decodeBySchema } from "./decode-by-schema.ts";
import type { Place } from "./decode-by-schema.ts";
import { decodeByType, decodeOpaque } from "./decode-by-type.ts";
import { isObject, member } from "./json.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Decoded, OmissionCode } from "./omission.ts";
import { LOSSY, Omission, UNKNOWN } from "./omission.ts";
import { looksUnavailable } from "./placeholder.ts";
import type { ConnectorSettings, TableDescription } from "./table-descriptions.ts";

/** What is known of a row besides its JSON. */
export interface RowContext {
  /** The row's struct node; undefined with schemas off. */
  readonly node: JsonObject | undefined;
  readonly table: TableDescription | undefined;
  readonly settings: ConnectorSettings;
  readonly isSnapshot: boolean;
  /** Columns whose values Debezium makes up; undefined when all are real. */
  readonly realColumns?: ReadonlySet<string> | undefined;
  /** Whether a placeholder may stand for an untouched large value, and the row before, which would hold the same if it does not. */
  readonly placeholders?: { readonly before: JsonObject | undefined } | undefined;
}

/** A decoded row, and the columns left out of it. */
export interface DecodedImage {
  readonly image: Image;
  readonly omitted: OmittedColumns | undefined;
}

/** Decodes a row, column by column: each is certain, or left out and named. */
export function decodeImage(row: JsonObject, context: RowContext): DecodedImage {
  // Without a prototype, so that no column's name means anything to the language.
  const image: Record<string, Value> = Object.create(null);
  const omitted: Record<string, OmissionCode> = Object.create(null);
  const fields = fieldsOf(context.node);
  for (const [column, json] of Object.entries(row)) {
    const decoded = decodeColumn(column, json, fields, context);
    if (decoded instanceof Omission) omitted[column] = decoded.code;
    else image[column] = decoded;
  }
  return { image, omitted: Object.keys(omitted).length === 0 ? undefined : omitted };
}

function decodeColumn(
  column: string,
  json: Json,
  fields: ReadonlyMap<string, JsonObject> | undefined,
  context: RowContext,
): Decoded {
  const { table, settings, isSnapshot, realColumns, placeholders } = context;
  if (realColumns !== undefined && !realColumns.has(column)) return new Omission("REPLICA_IDENTITY");
  if (placeholders !== undefined && looksUnavailable(json) && !holdsSame(placeholders.before, column, json)) {
    return new Omission("UNCHANGED_TOAST");
  }
  const type = table?.columns.get(column);
  // Debezium sends null for every value of this type.
  if (type?.base === "name") return LOSSY;
  const place = { isSnapshot, isElement: false };
  if (fields !== undefined) return decodeField(fields.get(column), json, type, place);
  return type === undefined ? decodeOpaque(json) : decodeByType(type, json, settings, place);
}

function decodeField(
  node: JsonObject | undefined,
  json: Json,
  type: Parameters<typeof decodeBySchema>[2],
  place: Place,
): Decoded {
  return node === undefined ? UNKNOWN : decodeBySchema(node, json, type, place);
}

/** With REPLICA IDENTITY FULL, an untouched value is filled in from the row before: equal there, it is what the user stored. */
function holdsSame(before: JsonObject | undefined, column: string, json: Json): boolean {
  const held = before && member(before, column);
  return held !== undefined && stringify(held) === stringify(json);
}

/** A struct node's fields by name. */
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
