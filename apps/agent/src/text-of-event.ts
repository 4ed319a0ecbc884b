import type { AgentEvent } from "./agent-event.ts";
import { chainLabel } from "./chain-label.ts";
import { withAdvice } from "./describe-error.ts";

const RULE = "-".repeat(60);

/** An event in words, line by line. */
export function textOf(event: AgentEvent): string[] {
  switch (event.type) {
    case "started":
      return banner(event);
    case "batch-stored": {
      const { leaf_count: count, merkle_root: root } = event.header;
      return [
        `📦 Table: ${chainLabel(event.header)}`,
        `   Events: ${count} · Batch ID: ${event.batchId} · Merkle Root: ${root.slice(0, 32)}...`,
      ];
    }
    case "entries-skipped":
      return [`Skipped: ${event.count} entries (${countsOf(event.reasons)})`];
    case "stepped-back":
      return [`🔄 Stepped back: ${event.discarded} changes that were held are read again`];
    case "store-waiting":
      return [
        `⏳ Store: does not take or answer (${event.code}), for ${secondsOf(event.sinceMs)} now; asked again in ${secondsOf(event.retryInMs)}. Nothing is acknowledged meanwhile.`,
      ];
    case "store-back":
      return [`✅ Store: answers again, after ${secondsOf(event.afterMs)}`];
    case "chain-refused":
      return [
        `❌ Table: ${chainLabel(event.chain)}: ${withAdvice(event).message} (${event.code}). The others go on; tried again in ${secondsOf(event.retryInMs)}.`,
      ];
    case "chain-back":
      return [`✅ Table: ${chainLabel(event.chain)}: written again`];
    case "reading-paused":
      return [`⏸ Reading paused: ${event.bytes} bytes wait to be stored`];
    case "reading-resumed":
      return [`▶ Reading again: ${event.bytes} bytes wait to be stored`];
    case "drain-cut":
      return [
        `⚠ No more time to store: ${event.changes} changes are not in the record. Nothing is lost: they are not committed, and come again.`,
      ];
    case "database-failed":
      return [`❌ Not recorded any more: ${event.message} (${event.code})`];
    case "stopping":
      return ["Stopping: what was taken in is stored first."];
    case "stopped":
      return [RULE, `📈 Statistics: ${event.batches} batches, ${event.changes} events`];
    default:
      return [otherwise(event)];
  }
}

function banner({ from, folder, policy }: Extract<AgentEvent, { type: "started" }>): string[] {
  const { batchSize, minBatchSize, batchTimeoutMs, forceBatchAfterMs } = policy;
  return [
    "🚀 ETRAP CDC Agent Starting...",
    `PostgreSQL → Debezium → ${from} → folder`,
    RULE,
    `✅ Storing in the folder: ${folder}`,
    "📊 Batching Configuration:",
    `   Max batch size: ${batchSize} · Min batch size: ${minBatchSize} · Read timeout: ${secondsOf(batchTimeoutMs)} · Force after: ${secondsOf(forceBatchAfterMs)}`,
    RULE,
  ];
}

function otherwise({ type, ...facts }: AgentEvent): string {
  const words = Object.entries(facts).map(
    ([name, fact]) => `${name} ${typeof fact === "object" ? JSON.stringify(fact) : String(fact)}`,
  );
  return words.length === 0 ? type : `${type}: ${words.join(", ")}`;
}

function secondsOf(ms: number): string {
  return `${ms / 1000}s`;
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
