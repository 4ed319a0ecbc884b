import type { AgentEvent } from "./agent-event.ts";
import { chainLabel } from "./chain-label.ts";

type EventOf<T extends AgentEvent["type"]> = Extract<AgentEvent, { type: T }>;

/** Returns the lines of an event about anchoring. Undefined for any other. */
export function textOfMinting(event: AgentEvent): string[] | undefined {
  switch (event.type) {
    case "anchor-publishing":
      return [mintingLine(event)];
    case "batch-anchored":
      return anchoredBlock(event);
    case "anchor-waiting":
      return [
        `⏳ NFT minting failed: ${chainLabel(event.chain)} (attempt ${event.attempt}): ${event.message} (${event.code}). Next attempt in ${secondsOf(event.retryInMs)}. The batches are stored; nothing is lost.`,
      ];
    case "chain-parked":
      return [
        `❌ NFT minting failed: ${chainLabel(event.chain)} is parked with ${event.batches} batches: ${event.message} (${event.code}). Next attempt in ${secondsOf(event.retryInMs)}, or by etrap anchors retry. The batches are stored; nothing is lost.`,
      ];
    case "anchor-begins":
      return [
        `📌 NFTs: ${chainLabel(event.chain)} begins with batch ${event.seq}. The ${event.before} before it get no NFT of their own: its header covers them.`,
      ];
    case "anchor-differs":
      return [
        `⚠ ${event.key}: names another mint than the contract does. It is left as it is: only the contract proves a mint.`,
      ];
    case "near-not-ready":
      return [
        `⚠ NEAR: batches cannot be anchored now: ${event.message} (${event.code}). They are stored, and anchored once this is mended.`,
      ];
    case "near-node-failing":
      return [`⏳ NEAR: an RPC node fails: ${event.message}. It is left alone for a while; others are asked.`];
    case "near-node-back":
      return [`✅ NEAR: the RPC node ${event.node} answers again`];
    default:
      return undefined;
  }
}

function mintingLine({ batchIds, attempt, maxMintRetries: most = attempt }: EventOf<"anchor-publishing">): string {
  // A parked chain is tried again too, beyond the attempts that park it.
  const count = attempt <= most ? `attempt ${attempt}/${most}` : `attempt ${attempt}`;
  const [first = "", ...others] = batchIds;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `   🔗 Minting NFT (${count})… ${first}${more}`;
}

function anchoredBlock({ batchId, receipt, place }: EventOf<"batch-anchored">): string[] {
  const { tx_hash: hash, block_height: height } = receipt;
  return [
    hash === null
      ? `   ✅ NFT was minted before: ${batchId}, in block ${height}`
      : `   ✅ NFT minted successfully! ${batchId}, in block ${height}`,
    ...(hash === null ? [] : [`      Transaction: ${hash}`]),
    `   🎉 Complete: NFT minted and data stored${place === undefined ? "" : " in S3"}`,
  ];
}

function secondsOf(ms: number): string {
  return `${ms / 1000}s`;
}
