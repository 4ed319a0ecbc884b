import { expect, test } from "vitest";
import { textOfWarning } from "./warning-texts.ts";

const CHAIN = { database: "erp", schema: "public", table: "account" };

test.each<[string, object, RegExp]>([
  [
    "entry-poisoned",
    { stream: "etrap.public.t", id: "5-0", reason: "NOT_JSON", chain: { database: "erp", schema: null, table: null } },
    /entry 5-0 of etrap\.public\.t cannot be decoded \(NOT_JSON: the entry is not JSON\).*etrap batches show/,
  ],
  [
    "column-omitted",
    { chain: CHAIN, column: "amount", part: "after", code: "LOSSY_TYPE" },
    /public\.account: after\.amount is not recorded \(LOSSY_TYPE: Debezium's form/,
  ],
  [
    "rule-unmatched",
    { member: "excluded_columns", rule: "public.acount.iban" },
    /ETRAP_EXCLUDED_COLUMNS: public\.acount\.iban has matched nothing so far; what it is to leave out is recorded/,
  ],
  [
    "rule-unmatched",
    { member: "rules.included_tables", rule: "public.acount", changes: 1_000 },
    /ETRAP_INCLUDED_TABLES: public\.acount has matched none of 1000 changes so far; what it is to record is not recorded/,
  ],
  ["entries-lost", { stream: "s", count: 2 }, /2 entries of s were trimmed .* before they were read.*etrap replay/],
  ["entries-lost", { stream: "s", count: 1 }, /1 entry of s was trimmed .* before it was read/],
  ["entries-lost", { stream: "s", count: null }, /Lost: entries of s were trimmed/],
  ["loss-untold", { stream: "s", reason: "not-counted" }, /s: it cannot be decided .*\(not-counted\)/],
  ["retention-held-back", { stream: "s", group: "g" }, /the consumer group g has not read them/],
  ["eviction-unchecked", {}, /maxmemory-policy is noeviction/],
  ["redis-disconnected", {}, /the connection is lost/],
  [
    "redis-disconnected",
    { code: "ECONNREFUSED", meaning: "no server listens", awayMs: 60_000 },
    /no connection for 60s: no server listens \(ECONNREFUSED\)/,
  ],
  [
    "redis-refused",
    { code: "OOM", meaning: "memory is full", awayMs: 0 },
    /refuses a command for 0s: memory is full \(OOM\)/,
  ],
  ["redis-connected", {}, /connected/],
  ["redis-connected", { awayMs: 1_500 }, /can be used again after 1\.5s/],
  [
    "memory-nearly-full",
    { used: 9, limit: 10, trims: "early" },
    /9 of 10 bytes\. Committed entries are trimmed before/,
  ],
  ["memory-nearly-full", { used: 9, limit: 10, trims: "new" }, /9 of 10 bytes\.$/],
])("writes %s %j as text", (type, facts, words) => {
  expect(textOfWarning({ type, ...facts })).toMatch(words);
});

test.each(["standby", "constructor", "an-event-of-tomorrow"])("has no text for %s", (type) => {
  expect(textOfWarning({ type })).toBeUndefined();
});
