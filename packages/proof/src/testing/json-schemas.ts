import { toJsonSchema } from "@valibot/to-json-schema";
import type { ConversionConfig, JsonSchema } from "@valibot/to-json-schema";
import { ANCHOR_DOCUMENT, EVIDENCE_DOCUMENT } from "../anchor-documents.ts";
import { BATCH_DATA } from "../batch-data.ts";
import type { DocumentKind, MapSchema } from "../document.ts";
import { HEADER } from "../header.ts";
import { valueSchema } from "../image.ts";
import { PAYLOAD_DOCUMENT } from "../payload-document.ts";
import { PROOF_FILE } from "../proof-file.ts";
import { MAX_RECORD_BYTES, recordSchema } from "../record.ts";
import { INDEX_DOCUMENTS, TREE_DOCUMENT } from "../tree-documents.ts";

const KINDS: readonly DocumentKind<unknown>[] = [
  HEADER,
  BATCH_DATA,
  PAYLOAD_DOCUMENT,
  TREE_DOCUMENT,
  ...Object.values(INDEX_DOCUMENTS),
  ANCHOR_DOCUMENT,
  EVIDENCE_DOCUMENT,
  PROOF_FILE,
  // A leaf has no format of its own: its header's tells it.
  { format: "etrap-record/0", maxBytes: MAX_RECORD_BYTES, schema: recordSchema },
];

/** The JSON Schema (draft 2020-12) of every document, as text, by the name of its file. */
export function jsonSchemas(): ReadonlyMap<string, string> {
  return new Map(
    KINDS.map((kind) => [
      `${kind.format.replace("/", "-")}.schema.json`,
      `${JSON.stringify(jsonSchema(kind), undefined, 2)}\n`,
    ]),
  );
}

function jsonSchema({ format, maxBytes, schema }: DocumentKind<unknown>): JsonSchema {
  const description = `At most ${maxBytes} bytes of canonical JSON (RFC 8785), which refuses duplicate names. What no schema can say is in FORMAT.md.`;
  const { $schema, ...body } = toJsonSchema(schema, CONFIG);
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: format,
    description,
    ...body,
    $defs: { value: VALUE },
  };
}

const VALUE: JsonSchema = {
  anyOf: [
    { type: "string" },
    { type: "boolean" },
    { type: "null" },
    { type: "array", items: { $ref: "#/$defs/value" } },
  ],
};

const CONFIG: ConversionConfig = {
  target: "draft-2020-12",
  typeMode: "output",
  // What no schema can say: FORMAT.md has it.
  ignoreActions: ["check"],
  overrideSchema: ({ valibotSchema }) => {
    if (valibotSchema === valueSchema) return { $ref: "#/$defs/value" };
    return isMap(valibotSchema) ? { type: "object", additionalProperties: membersOf(valibotSchema) } : undefined;
  },
};

function membersOf({ memberSchema }: MapSchema<unknown>): JsonSchema {
  const { $schema: _, ...members } = toJsonSchema(memberSchema, CONFIG);
  return members;
}

function isMap(schema: object): schema is MapSchema<unknown> {
  return "memberSchema" in schema;
}
