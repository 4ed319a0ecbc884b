import { sampleBatches } from "@etrap/ledger/testing";
import { describe, expect, test } from "vitest";
import type { AgentEvent } from "./agent-event.ts";
import { createReporter } from "./reporter.ts";
import type { ReporterOptions } from "./reporter.ts";

const CHAIN = { database: "erp", schema: "public", table: "account" };

function linesOf(event: AgentEvent, options: Partial<ReporterOptions> = {}, database?: string): string[] {
  const lines: string[] = [];
  // The time of a line of text is that of the machine's zone.
  const now = (): Date => new Date(1970, 0, 1, 9, 5, 7);
  const write = (line: string): void => void lines.push(line.replace(/^09:05:07 /, ""));
  createReporter({ json: false, debug: false, now, write, ...options })(event, database);
  return lines;
}

test("a line about an anchored batch has its receipt, and not the whole header", () => {
  const [batch] = sampleBatches(1);
  if (batch === undefined) throw new Error("expected a batch");
  const { id: batchId, header } = batch;
  const receipt = {
    kind: "near-nft",
    network: "testnet",
    contract: "notary.acme",
    token_id: batchId,
    tx_hash: null,
    block_height: 7,
    block_time: "1",
  } as const;
  const [line = ""] = linesOf({ type: "batch-anchored", batchId, header, receipt }, { json: true });
  const { time: _, ...members } = JSON.parse(line);
  const { database, schema, table, seq } = header;
  expect(members).toEqual({ level: "info", event: "batch-anchored", batchId, database, schema, table, seq, receipt });
});

test("begins a line of text with the time", () => {
  const lines: string[] = [];
  linesOf({ type: "bucket-created", bucket: "etrap-acme" }, { write: (line) => lines.push(line) });
  expect(lines).toEqual(["09:05:07 ✅ Created the S3 bucket: etrap-acme"]);
});

test.each<[AgentEvent, RegExp]>([
  [
    { type: "store-waiting", code: "UNAVAILABLE", message: "the disk is away", sinceMs: 12_000, retryInMs: 2_500 },
    /not available for 12s: the disk is away \(UNAVAILABLE\)\. It is tried again\. Nothing is lost/,
  ],
  [{ type: "bucket-created", bucket: "etrap-acme" }, /Created the S3 bucket: etrap-acme/],
  [
    { type: "bucket-note", place: "s3://etrap-acme", code: "CLOCK_OFF", message: "Set the clock." },
    /S3: s3:\/\/etrap-acme: Set the clock\. \(CLOCK_OFF\)/,
  ],
  [{ type: "store-back", afterMs: 14_000 }, /available again after 14s/],
  [
    { type: "chain-refused", chain: CHAIN, code: "LEDGER_DAMAGED", message: "a slot is odd", retryInMs: 100 },
    /public\.account: a slot is odd \(LEDGER_DAMAGED\)\. Next attempt in 0\.1s\. Other tables are not affected/,
  ],
  [
    { type: "chain-refused", chain: CHAIN, code: "SLOT_MISSING", message: "slot 3 is missing", retryInMs: 100 },
    /slot 3 is missing; to restore it, run etrap repair \(SLOT_MISSING\)/,
  ],
  [
    { type: "chain-back", chain: { database: "erp", schema: null, table: null } },
    /control chain of erp: can be written again/,
  ],
  [{ type: "reading-paused", bytes: 100 }, /Reading paused: 100 bytes/],
  [{ type: "reading-resumed", bytes: 40 }, /Reading resumed: 40 bytes/],
  [{ type: "drain-timed-out", changes: 5 }, /5 changes are not stored\. Nothing is lost/],
  [
    { type: "source-reset", reason: "reconnected", discarded: 7 },
    /stepped back \(the connection to Redis was lost\): 7 unstored changes will be read again/,
  ],
  [{ type: "source-reset", reason: "moved", discarded: 7 }, /stepped back \(moved\): 7 unstored changes/],
  [{ type: "database-failed", code: "EVICTION_POLICY", message: "it evicts" }, /it evicts \(EVICTION_POLICY\)/],
  [{ type: "standby" }, /^standby$/],
])("writes %j as text", (event, words) => {
  expect(linesOf(event, { debug: true }).join()).toMatch(words);
  const { type, ...facts } = event;
  const json = linesOf(event, { debug: true, json: true, now: () => new Date(0) });
  expect(json.map((line): unknown => JSON.parse(line))).toEqual([
    { time: "1970-01-01T00:00:00.000Z", level: expect.stringMatching(/^(info|warn|error)$/), event: type, ...facts },
  ]);
});

const POLICY = {
  batchSize: 10,
  maxBatchBytes: 1,
  batchTimeoutMs: 60_000,
  minBatchSize: 1,
  forceBatchAfterMs: 300_000,
};

test.each([
  ["s3://etrap-acme/audit", /→ S3\n-+\n✅ Using S3 bucket: etrap-acme\/audit\n/],
  ["ledger", /→ folder\n-+\n✅ Storing in the folder: ledger\n/],
])("the banner names the place %s", (store, words) => {
  const event = { type: "started", from: "Redis (etrap.*)", store, policy: POLICY } as const;
  expect(linesOf(event).join()).toMatch(words);
});

test("names the place of a batch in S3", () => {
  const [batch] = sampleBatches(1);
  if (batch === undefined) throw new Error("expected a batch");
  const event = { type: "batch-stored", batchId: batch.id, header: batch.header, bytes: 1 } as const;
  const place = `etrap-acme/erp/account/${batch.id}`;
  expect(linesOf({ ...event, place }).join()).toContain(`\n   ✅ Stored batch data in S3: ${place}`);
  expect(JSON.parse(linesOf({ ...event, place }, { json: true }).join())).toMatchObject({ place });
  expect(linesOf(event).join()).not.toContain("S3");
});

test("reports skipped entries with their reasons, only in debug mode", () => {
  const event = { type: "entries-skipped", count: 3, reasons: { TOMBSTONE: 1, TABLE_EXCLUDED: 2 } } as const;
  expect(linesOf(event)).toEqual([]);
  expect(linesOf(event, { debug: true })).toEqual(["Skipped: 3 entries (TOMBSTONE 1, TABLE_EXCLUDED 2)"]);
});

test("ends the statistics with what was left out, if anything was", () => {
  const leftOut = { skipped: { TABLE_EXCLUDED: 2, TOMBSTONE: 1 }, poison: {}, omitted: { LOSSY_TYPE: 7 } };
  const event = { type: "stopped", batches: 1, changes: 2, leftOut } as const;
  expect(linesOf(event).join("\n").split("\n").slice(1)).toEqual([
    "📈 Statistics: 1 batches, 2 events (avg: 2.0 events/batch)",
    "   Skipped entries: TABLE_EXCLUDED 2, TOMBSTONE 1",
    "   Values not recorded: LOSSY_TYPE 7",
  ]);
});

test("gives the rate and the quiet intervals before it", () => {
  const mints = { minted: 10, failed: 0 };
  const event = { type: "statistics", batches: 10, changes: 847, seconds: 60, idle: 3, mints } as const;
  expect(linesOf(event).join("\n").split("\n")).toEqual([
    "📈 Statistics: 10 batches, 847 events (avg: 84.7 events/batch, 14.1 events/s)",
    "   NFTs: 10 minted, 0 failed (100.0% success rate)",
    "   Idle before that: 3 intervals",
  ]);
});

describe("with several databases", () => {
  test("names the database in every line", () => {
    const event = { type: "stopped", batches: 1, changes: 2 } as const;
    const [text = ""] = linesOf(event, {}, "erp");
    expect(text.split("\n")).toEqual([
      expect.stringMatching(/^erp: -+$/),
      "erp: 📈 Statistics: 1 batches, 2 events (avg: 2.0 events/batch)",
    ]);
    expect(JSON.parse(linesOf(event, { json: true }, "erp").join())).toMatchObject({
      event: "stopped",
      batches: 1,
      changes: 2,
      database: "erp",
    });
  });
});

test("escapes names that would move the cursor or begin a line", () => {
  const chain = { database: "erp", schema: "public", table: "a\u001b[2J\n✅\u202Eb" };
  const event = { type: "chain-back", chain } as const;
  for (const json of [false, true]) {
    const [line = "", ...others] = linesOf(event, { json });
    expect(others).toEqual([]);
    for (const character of ["\u001b", "\n", "\u202E"]) expect(line).not.toContain(character);
  }
});

test("writes the facts of an event that it does not know", () => {
  const event: unknown = { type: "an-event-of-tomorrow", stream: "s", facts: { count: 1 } };
  // Reported by a package that is newer than this one.
  const lines = linesOf(event as AgentEvent);
  expect(lines).toEqual(['an-event-of-tomorrow: stream s, facts {"count":1}']);
});
