import { AgentError } from "../agent-error.ts";

const TIME = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Returns the milliseconds since 1970 of a date or time in ISO 8601. A time without a zone is UTC.
 * Throws BAD_ARGUMENT, which names the option.
 */
export function parseTime(option: string, text: string): number {
  const [, date, time = "T00:00", zone = "Z"] = TIME.exec(text) ?? [];
  const parsed = Date.parse(`${date}${time}${zone}`);
  // A day that the month does not have would be taken for one of the next month.
  const isReal = !Number.isNaN(parsed) && new Date(`${date}T00:00Z`).toISOString().startsWith(String(date));
  if (isReal) return parsed;
  throw new AgentError("BAD_ARGUMENT", `${option}: expected a time such as 2026-11-30 or 2026-11-30T08:00:00Z`);
}
