import type { ChainName } from "@etrap/ledger";
import { chainLabel } from "./chain-label.ts";
import { textOfOmission, textOfReason } from "./code-meanings.ts";

/** The facts of an event, by name. */
type Facts = Readonly<Record<string, unknown>>;

/**
 * The texts of events that ask for attention, by the type of the event. A text does not depend on
 * the types of the packages that report it, so an event of a newer package is never refused.
 */
const TEXTS: Readonly<Record<string, (facts: Facts) => string>> = {
  "entry-poisoned": ({ stream, id, reason }) =>
    `⚠ Poison: entry ${text(id)} of ${text(stream)} cannot be decoded (${textOfReason(text(reason))}). It is recorded as it came, in the control chain; etrap batches show prints it.`,
  "column-omitted": ({ chain, column, part, code }) =>
    `⚠ Column: ${labelOf(chain)}: ${text(part)}.${text(column)} is not recorded (${textOfOmission(text(code))}). Told once for each column; etrap batches show counts the changes.`,
  "rule-unmatched": ({ member, rule, changes }) =>
    `⚠ Rule: ${variableOf(text(member))}: ${text(rule)} has matched ${typeof changes === "number" ? `none of ${changes} changes` : "nothing"} so far; ${effectOf(text(member))}. Check its spelling.`,
  "no-streams": ({ pattern }) =>
    `⚠ No streams found for ${text(pattern)}. Check that Debezium runs, that it writes to this Redis and database index (REDIS_DB), and that ETRAP_STREAM_PATTERN fits its topic prefix. A stream that comes later is found within two seconds.`,
  "entries-lost": ({ stream, count }) =>
    `⚠ Lost: ${countOf(count)} of ${text(stream)} ${count === 1 ? "was" : "were"} trimmed or deleted before ${count === 1 ? "it was" : "they were"} read. The ledger records a gap. Find out what trims the stream (MAXLEN of the writer, XTRIM, XDEL), and compare the table with the ledger; a capture of the entries can be recorded with etrap replay.`,
  "loss-untold": ({ stream, reason }) =>
    `⚠ Stream: ${text(stream)}: it cannot be decided whether entries were lost (${text(reason)}). Find out whether another program deletes entries.`,
  "retention-held-back": ({ stream, group }) =>
    `⚠ Stream: ${text(stream)}: entries are kept because the consumer group ${text(group)} has not read them. Delete the group if nobody uses it.`,
  "eviction-unchecked": () =>
    "⚠ Redis: the server does not say whether it evicts keys. Make sure that its maxmemory-policy is noeviction, or it may delete whole streams.",
  "redis-disconnected": ({ code, meaning, awayMs }) =>
    code === undefined
      ? "⏳ Redis: the connection is lost. It is tried again; nothing is lost."
      : `⏳ Redis: no connection for ${secondsOf(awayMs)}: ${text(meaning)} (${text(code)}). It is tried again; nothing is lost.`,
  "redis-refused": ({ code, meaning, awayMs }) =>
    `⏳ Redis: refuses a command for ${secondsOf(awayMs)}: ${text(meaning)} (${text(code)}). It is tried again; nothing is lost.`,
  "redis-connected": ({ awayMs }) =>
    awayMs === undefined ? "✅ Redis: connected" : `✅ Redis: can be used again after ${secondsOf(awayMs)}`,
  "memory-nearly-full": ({ used, limit, trims }) =>
    `⚠ Redis: its memory is nearly full: ${text(used)} of ${text(limit)} bytes. ${TRIMS[text(trims)] ?? ""}`.trimEnd(),
};

const TRIMS: Readonly<Record<string, string>> = {
  early:
    "Committed entries are trimmed before ETRAP_STREAM_RETENTION is over. Give Redis more memory, or shorten the retention.",
  always: "Committed entries are trimmed at once already. Give Redis more memory.",
  never:
    "Committed entries are not trimmed, because ETRAP_STREAM_RETENTION is off. Trim the streams, or give Redis more memory.",
};

/** Returns the text of an event that asks for attention, undefined for any other. */
export function textOfWarning(event: { readonly type: string }): string | undefined {
  const facts: Facts = Object.fromEntries(Object.entries(event));
  return Object.hasOwn(TEXTS, event.type) ? TEXTS[event.type]?.(facts) : undefined;
}

const LISTS = ["included_tables", "excluded_tables", "included_operations", "excluded_columns"];

/**
 * Returns the setting of a member of the rules, which the batcher may name with or without
 * `rules.`.
 */
function variableOf(member: string): string {
  const name = member.replace(/^rules\./, "");
  return LISTS.includes(name) ? `ETRAP_${name.toUpperCase()}` : member;
}

function effectOf(member: string): string {
  return member.includes("excluded") ? "what it is to leave out is recorded" : "what it is to record is not recorded";
}

function countOf(count: unknown): string {
  if (count === null || count === undefined) return "entries";
  return `${text(count)} ${count === 1 ? "entry" : "entries"}`;
}

function labelOf(chain: unknown): string {
  return isChainName(chain) ? chainLabel(chain) : text(chain);
}

function isChainName(value: unknown): value is ChainName {
  return typeof value === "object" && value !== null && "database" in value && "schema" in value && "table" in value;
}

function secondsOf(ms: unknown): string {
  return typeof ms === "number" ? `${ms / 1000}s` : "some time";
}

function text(fact: unknown): string {
  return typeof fact === "string" || typeof fact === "number" ? String(fact) : JSON.stringify(fact ?? null);
}
