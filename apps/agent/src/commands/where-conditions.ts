import { isImage } from "@etrap/proof";
import type { Image, Value } from "@etrap/proof";
import { AgentError } from "../agent-error.ts";

/** Each condition can double the number of queries: ten make up to 1024. */
const MAX_CONDITIONS = 10;

interface Condition {
  readonly column: string;
  readonly value: string;
}

/**
 * Parses the values of `--where` into the images to look for. A change matches if it matches one of
 * them. There may be several, because `true` is text in one column and a boolean in another, and
 * the types of the columns are not known here. Throws BAD_ARGUMENT.
 */
export function parseWhere(where: readonly string[]): Image[] {
  const conditions = where.map(parseCondition);
  checkConditions(conditions);
  let queries: Image[] = [{}];
  for (const { column, value } of conditions) {
    queries = meaningsOf(value).flatMap((meaning) => queries.map((query) => ({ ...query, [column]: meaning })));
  }
  return queries;
}

function parseCondition(text: string): Condition {
  const at = text.indexOf("=");
  if (at < 1) throw new AgentError("BAD_ARGUMENT", "--where: expected column=value");
  return { column: text.slice(0, at), value: text.slice(at + 1) };
}

function checkConditions(conditions: readonly Condition[]): void {
  if (conditions.length > MAX_CONDITIONS) {
    throw new AgentError("BAD_ARGUMENT", `--where: expected at most ${MAX_CONDITIONS} conditions`);
  }
  if (new Set(conditions.map(({ column }) => column)).size < conditions.length) {
    throw new AgentError("BAD_ARGUMENT", "--where: expected each column only once");
  }
}

function meaningsOf(value: string): Value[] {
  try {
    const image = { value: JSON.parse(value) };
    return isImage(image) && typeof image.value !== "string" ? [value, image.value] : [value];
  } catch {
    return [value];
  }
}
