import { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from "yaml";
import { isSecret } from "./secrets.ts";

/** The variables that a settings file sets, or every problem of it. Problems hold no value. */
export type ParsedFile =
  | { readonly kind: "valid"; readonly variables: Readonly<Record<string, string>> }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

/** What comes before the names of a section's settings in their variables. */
const SECTIONS: Readonly<Record<string, string>> = { redis: "REDIS_", near: "NEAR_", s3: "ETRAP_S3_", aws: "AWS_" };
/** Settings with structure, whose variables hold JSON. */
const STRUCTURED: ReadonlySet<string> = new Set(["databases", "table_policies"]);

/** The largest settings file, in characters. */
const MOST_CHARACTERS = 1 << 20;

/**
 * Parses a settings file, in YAML 1.2 or JSON. `batch_size` sets ETRAP_BATCH_SIZE, and `host` in
 * the section `redis` REDIS_HOST. Whether a variable is known and its value right is checked
 * elsewhere. Anchors, tags and duplicate keys are refused, and so are secrets.
 */
export function parseSettingsFile(file: string, text: string): ParsedFile {
  const invalid = (...problems: string[]): ParsedFile => ({ kind: "invalid", problems });
  if (text.length > MOST_CHARACTERS) return invalid(`${file}: expected at most 1 MB`);
  // Without a schema, every value stays the text that was written: 0x10, yes and 1_000 mean
  // nothing.
  const document = parseDocument(text, { schema: "failsafe", uniqueKeys: true, prettyErrors: true, version: "1.2" });
  if (document.errors.length > 0)
    return invalid(...document.errors.map((error) => `${file}:${placeOf(error.linePos)} ${meaningOf(error.code)}`));
  let isPlain = true;
  visit(document, (_, node) => {
    if (isAlias(node) || ((isScalar(node) || isMap(node) || isSeq(node)) && (node.anchor || node.tag !== undefined)))
      isPlain = false;
  });
  if (!isPlain) return invalid(`${file}: expected no anchors, aliases and tags`);
  const content: unknown = document.toJS();
  if (content === null) return { kind: "valid", variables: {} };
  if (!isObject(content)) return invalid(`${file}: expected names and values, such as org_id: acme`);

  const variables: Record<string, string> = {};
  const problems: string[] = [];
  const set = (place: string, variable: string, value: unknown): void => {
    const name = place.split(".").at(-1) ?? "";
    if (!/^[a-z][a-z0-9_]*$/.test(name))
      problems.push(`${file}: ${JSON.stringify(place)}: expected a name such as batch_size`);
    else if (isSecret(variable))
      problems.push(`${file}: ${place}: secrets do not belong here; set ${variable} or ${variable}_FILE`);
    else {
      const written = textOf(name, value);
      if (written === undefined) problems.push(`${file}: ${place}: expected one value, or a list of names`);
      else variables[variable] = written;
    }
  };
  for (const [name, value] of Object.entries(content)) {
    const prefix = SECTIONS[name];
    if (prefix === undefined) set(name, `ETRAP_${name.toUpperCase()}`, value);
    else if (isObject(value))
      for (const [member, each] of Object.entries(value))
        set(`${name}.${member}`, `${prefix}${member.toUpperCase()}`, each);
    else problems.push(`${file}: ${name}: expected a section of settings`);
  }
  return problems.length > 0 ? invalid(...problems) : { kind: "valid", variables };
}

/** Returns a value as its variable holds it. */
function textOf(name: string, value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (STRUCTURED.has(name)) return isObject(value) ? JSON.stringify(value) : undefined;
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value.join(",");
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function placeOf(place: readonly { readonly line: number; readonly col: number }[] | undefined): string {
  const [start] = place ?? [];
  return start === undefined ? "" : `${start.line}:${start.col}:`;
}

/** The parser's own messages quote the file, which may hold a secret. */
function meaningOf(code: string): string {
  if (code === "DUPLICATE_KEY") return "expected each name once";
  if (code === "TAB_AS_INDENT") return "expected spaces, not tabs";
  return `is not valid YAML (${code})`;
}
