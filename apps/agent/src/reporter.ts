import type { BatcherEvent } from "@etrap/batcher";
import type { RedisSourceEvent } from "@etrap/source-redis";
import { chainLabel } from "./chain-reader.ts";

/** What the agent tells while it runs. */
export type AgentEvent =
  | BatcherEvent
  | RedisSourceEvent
  | { readonly type: "started"; readonly from: string; readonly folder: string; readonly policy: PolicyLine }
  | { readonly type: "stopping" }
  | { readonly type: "stopped"; readonly batches: number; readonly changes: number };

interface PolicyLine {
  readonly batchSize: number;
  readonly minBatchSize: number;
  readonly batchTimeoutMs: number;
  readonly forceBatchAfterMs: number;
}

/** Where lines go, and in which form. */
export interface ReporterOptions {
  readonly write: (line: string) => void;
  readonly json: boolean;
  /** Report the events too that only matter when something is looked for. */
  readonly debug: boolean;
  readonly now: () => Date;
}

const RULE = "-".repeat(60);
const DEBUG_ONLY: ReadonlySet<string> = new Set(["entries-skipped"]);

/** Turns events into lines: for people, or as JSON. Holds no row value, key or secret, since no event does. */
export function createReporter({ write, json, debug, now }: ReporterOptions): (event: AgentEvent) => void {
  return (event) => {
    if (DEBUG_ONLY.has(event.type) && !debug) return;
    const line = json ? JSON.stringify({ time: now().toISOString(), ...flat(event) }) : textOf(event);
    write(line);
  };
}

/** A batch's header is long: its JSON line holds what names it. */
function flat(event: AgentEvent): object {
  if (event.type !== "batch-stored") return event;
  const { type, batchId, header, bytes } = event;
  const { database, schema, table, seq, leaf_count, merkle_root, operations } = header;
  return {
    type,
    batchId,
    database,
    schema,
    table,
    seq,
    changes: leaf_count,
    merkleRoot: merkle_root,
    operations,
    bytes,
  };
}

function textOf(event: AgentEvent): string {
  switch (event.type) {
    case "started":
      return banner(event);
    case "batch-stored":
      return [
        `📦 Table: ${chainLabel(event.header)}`,
        `   Events: ${event.header.leaf_count} · Batch ID: ${event.batchId} · Merkle Root: ${event.header.merkle_root.slice(0, 32)}...`,
      ].join("\n");
    case "stopping":
      return "Stopping: what was taken in is stored first.";
    case "stopped":
      return `${RULE}\n📈 Statistics: ${event.batches} batches, ${event.changes} events`;
    default: {
      const { type, ...facts } = event;
      const words = Object.entries(facts).map(
        ([name, fact]) => `${name} ${typeof fact === "object" ? JSON.stringify(fact) : String(fact)}`,
      );
      return `${type}: ${words.join(", ")}`;
    }
  }
}

function banner({ from, folder, policy }: Extract<AgentEvent, { type: "started" }>): string {
  const { batchSize, minBatchSize, batchTimeoutMs, forceBatchAfterMs } = policy;
  return [
    "🚀 ETRAP CDC Agent Starting...",
    `PostgreSQL → Debezium → ${from} → folder`,
    RULE,
    `✅ Storing in the folder: ${folder}`,
    "📊 Batching Configuration:",
    `   Max batch size: ${batchSize} · Min batch size: ${minBatchSize} · Read timeout: ${batchTimeoutMs / 1000}s · Force after: ${forceBatchAfterMs / 1000}s`,
    RULE,
  ].join("\n");
}
