import type { AgentEvent } from "./agent-event.ts";
import { chainLabel } from "./chain-label.ts";
import { addAdvice } from "./error-info.ts";
import { textOfMinting } from "./minting-texts.ts";
import { textOfWarning } from "./warning-texts.ts";

type EventOf<T extends AgentEvent["type"]> = Extract<AgentEvent, { type: T }>;

const RULE = "-".repeat(60);

/** Returns an event as lines of text. */
export function textOfEvent(event: AgentEvent): string[] {
  switch (event.type) {
    case "started":
      return startBanner(event);
    case "batch-stored":
      return storedBlock(event);
    case "entries-skipped":
      return [`Skipped: ${event.count} entries (${countsOf(event.reasons)})`];
    case "source-reset":
      return [resetLine(event)];
    case "store-waiting":
      return [
        `⏳ Store: not available for ${secondsOf(event.sinceMs)}: ${event.message} (${event.code}). It is tried again. Nothing is lost: changes that are not stored are not committed.`,
      ];
    case "store-back":
      return [`✅ Store: available again after ${secondsOf(event.afterMs)}`];
    case "bucket-created":
      return [`✅ Created the S3 bucket: ${event.bucket}`];
    case "bucket-note":
      return [`⚠ S3: ${event.place}: ${event.message} (${event.code})`];
    case "chain-refused":
      return [
        `❌ Table: ${chainLabel(event.chain)}: ${addAdvice(event).message} (${event.code}). Next attempt in ${secondsOf(event.retryInMs)}. Other tables are not affected.`,
      ];
    case "chain-back":
      return [`✅ Table: ${chainLabel(event.chain)}: can be written again`];
    case "reading-paused":
      return [`⏸ Reading paused: ${event.bytes} bytes wait to be stored`];
    case "reading-resumed":
      return [`▶ Reading resumed: ${event.bytes} bytes wait to be stored`];
    case "drain-timed-out":
      return [
        `⚠ Drain timed out: ${event.changes} changes are not stored. Nothing is lost: they are not committed, and the next start reads them again.`,
      ];
    case "database-failed":
      return [`❌ Recording ended early: ${event.message} (${event.code})`];
    case "stopping":
      return ["Stopping: storing the changes that were read."];
    case "watching":
      return [`👁 Watching: ${event.urls.join(" and ")}`];
    case "port-unusable":
      return [
        `⚠ Watching: nothing can listen on port ${event.port}: ${event.message}. Recording goes on. Free the port, or name another with ETRAP_HEALTH_PORT or ETRAP_METRICS_PORT (off for none).`,
      ];
    case "statistics":
      return statisticsLines(event);
    case "stopped":
      return [RULE, ...statisticsLines(event)];
    default:
      return textOfMinting(event) ?? [textOfWarning(event) ?? factsOf(event)];
  }
}

function startBanner({ from, store, policy, near }: EventOf<"started">): string[] {
  const { batchSize, minBatchSize, batchTimeoutMs, forceBatchAfterMs } = policy;
  const [, bucket] = /^s3:\/\/(.*)$/s.exec(store) ?? [];
  return [
    "🚀 ETRAP CDC Agent Starting...",
    `PostgreSQL → Debezium → ${from} → ${bucket === undefined ? "folder" : "S3"}${near === undefined ? "" : " → NEAR"}`,
    RULE,
    bucket === undefined ? `✅ Storing in the folder: ${store}` : `✅ Using S3 bucket: ${bucket}`,
    ...(near === undefined ? [] : [`✅ NEAR client initialized for ${near.account} on ${near.network}`]),
    "📊 Batching Configuration:",
    `   Max batch size: ${batchSize} · Min batch size: ${minBatchSize} · Read timeout: ${secondsOf(batchTimeoutMs)} · Force after: ${secondsOf(forceBatchAfterMs)}`,
    ...(near === undefined
      ? []
      : [
          `   🔗 NEAR account: ${near.account} (${near.network}) · Contract: ${near.contract} · Balance lasts for ${near.batchesLeft} batches`,
        ]),
    RULE,
  ];
}

function storedBlock({ batchId, header, place }: EventOf<"batch-stored">): string[] {
  const { leaf_count: count, merkle_root: root } = header;
  return [
    `📦 Table: ${chainLabel(header)}`,
    `   Events: ${count} · Batch ID: ${batchId} · Merkle Root: ${root.slice(0, 32)}...`,
    ...(place === undefined ? [] : [`   ✅ Stored batch data in S3: ${place}`]),
  ];
}

/** The reasons of the source on Redis, as text. */
const RESET_REASONS: Readonly<Record<string, string>> = {
  reconnected: "the connection to Redis was lost",
  "lease-lost": "the lease was lost",
  "stream-replaced": "a stream was deleted or made anew",
  "group-missing": "the consumer group was deleted",
  "other-server": "the connection leads to another Redis server",
};

function resetLine({ reason, discarded }: EventOf<"source-reset">): string {
  const why = reason === undefined ? "" : ` (${RESET_REASONS[reason] ?? reason})`;
  return `🔄 Source stepped back${why}: ${discarded} unstored changes will be read again`;
}

function factsOf({ type, ...facts }: AgentEvent): string {
  const words = Object.entries(facts).map(
    ([name, fact]) => `${name} ${typeof fact === "object" ? JSON.stringify(fact) : String(fact)}`,
  );
  return words.length === 0 ? type : `${type}: ${words.join(", ")}`;
}

type Statistics = EventOf<"stopped" | "statistics">;

function statisticsLines(event: Statistics): string[] {
  const { batches, changes, seconds } = event;
  const average = batches === 0 ? [] : [`avg: ${(changes / batches).toFixed(1)} events/batch`];
  const rate = seconds === undefined || seconds === 0 ? [] : [`${(changes / seconds).toFixed(1)} events/s`];
  const means = [...average, ...rate];
  const idle = event.type === "statistics" && event.idle > 0 ? [`   Idle before that: ${event.idle} intervals`] : [];
  return [
    `📈 Statistics: ${batches} batches, ${changes} events${means.length === 0 ? "" : ` (${means.join(", ")})`}`,
    ...mintLines(event),
    ...leftOutLines(event),
    ...idle,
  ];
}

function mintLines({ mints }: Statistics): string[] {
  if (mints === undefined) return [];
  const { minted, failed } = mints;
  const rate = minted + failed === 0 ? "" : ` (${((100 * minted) / (minted + failed)).toFixed(1)}% success rate)`;
  return [`   NFTs: ${minted} minted, ${failed} failed${rate}`];
}

function leftOutLines({ leftOut }: Statistics): string[] {
  if (leftOut === undefined) return [];
  const kinds = [
    ["Skipped entries", leftOut.skipped],
    ["Poison", leftOut.poison],
    ["Values not recorded", leftOut.omitted],
  ] as const;
  return kinds.flatMap(([name, counts]) =>
    Object.keys(counts).length === 0 ? [] : [`   ${name}: ${countsOf(counts)}`],
  );
}

function secondsOf(ms: number): string {
  return `${ms / 1000}s`;
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
