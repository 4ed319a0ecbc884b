import { databaseMembers } from "./database-settings.ts";
import { processVariables } from "./process-variables.ts";
import { isSecret } from "./secrets.ts";

/** Settings that the file holds in another form than a value. */
const STRUCTURED: ReadonlySet<string> = new Set(["databases", "table_policies"]);

/**
 * Returns the JSON Schema of the settings file, for editors. The agent itself checks more: ranges,
 * globs, and settings that exclude each other.
 */
export function settingsSchema(): object {
  const sections: Record<string, Record<string, object>> = { redis: {}, near: {}, s3: {}, aws: {} };
  const top: Record<string, object> = {};
  const named = [...processVariables].flatMap(([variables, description = ""]) =>
    variables.split(", ").map((variable) => [variable, description] as const),
  );
  for (const [variable, description] of named) {
    if (isSecret(variable)) continue;
    const [section, name] = placeOf(variable);
    if (section === undefined) top[name] = valueSchema(name, description);
    else (sections[section] ??= {})[name] = valueSchema(name, description);
  }
  const ofDatabase = Object.fromEntries(
    Array.from(databaseMembers, ([name, description]) => [name, valueSchema(name, description)]),
  );
  const objects = Object.entries(sections).filter(([, members]) => Object.keys(members).length > 0);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "https://github.com/etrap/etrap/blob/main/apps/agent/schemas/etrap.schema.json",
    title: "etrap.yaml",
    description: "The settings of etrap. Secrets do not belong here.",
    type: "object",
    additionalProperties: false,
    properties: {
      ...top,
      ...ofDatabase,
      ...Object.fromEntries(objects.map(([name, members]) => [name, sectionSchema(members)])),
      databases: {
        description: "Several databases, each with its own settings. What one leaves out is taken from above.",
        type: "object",
        additionalProperties: sectionSchema(ofDatabase),
      },
    },
  };
}

function sectionSchema(properties: Readonly<Record<string, object>>): object {
  return { type: "object", additionalProperties: false, properties };
}

/** Every value may be written as text, as in an environment variable. */
function valueSchema(name: string, description: string): object {
  if (STRUCTURED.has(name)) return { description, type: "object" };
  return { description, type: ["string", "number", "boolean", "array"], items: { type: "string" } };
}

/** Returns the section of a variable in the file, undefined for none, and its name there. */
function placeOf(variable: string): readonly [section: string | undefined, name: string] {
  for (const [section, prefix] of [
    ["s3", "ETRAP_S3_"],
    ["redis", "REDIS_"],
    ["near", "NEAR_"],
    ["aws", "AWS_"],
  ] as const)
    if (variable.startsWith(prefix)) return [section, variable.slice(prefix.length).toLowerCase()];
  return [undefined, variable.replace(/^ETRAP_/, "").toLowerCase()];
}
