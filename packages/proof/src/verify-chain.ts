import { epochFor, extendCovered } from "./covered.ts";
import { batchId, headerDigest } from "./header.ts";
import type { Header } from "./header.ts";
import { ProofError } from "./proof-error.ts";
import { verifyEqual } from "./verify-equal.ts";

const CHAIN_MEMBERS = ["organization_id", "database", "schema", "table"] as const;

/**
 * Checks that headers are one stretch of one chain, in its order. Throws ProofError: CHAIN_GAP, CHAIN_REORDERED, CHAIN_FORKED, BATCH_REPLACED,
 * CHAIN_MIXED, or HEADER_MISMATCH where `epoch` or `covered` are not what the headers before make them; `place` is the first header that is wrong.
 */
export function verifyChain(headers: readonly Header[]): void {
  for (const [index, header] of headers.entries()) {
    const previous = headers[index - 1];
    const place = `headers[${index}]`;
    if (previous !== undefined) verifySuccessor(previous, header, place);
    if (previous !== undefined || header.seq === 0) verifyCovered(previous, header, place);
  }
}

function verifySuccessor(previous: Header, next: Header, place: string): void {
  const other = CHAIN_MEMBERS.find((name) => next[name] !== previous[name]);
  if (other !== undefined)
    throw new ProofError("CHAIN_MIXED", `${place}.${other}`, "expected that of the header before");
  if (next.seq > previous.seq + 1) {
    throw new ProofError("CHAIN_GAP", `${place}.seq`, `expected ${previous.seq + 1}, got ${next.seq}`);
  }
  if (next.seq === previous.seq && headerDigest(next) !== headerDigest(previous)) {
    throw new ProofError("CHAIN_FORKED", `${place}.seq`, `expected one batch with seq ${next.seq}, got two`);
  }
  if (next.seq <= previous.seq) {
    throw new ProofError("CHAIN_REORDERED", `${place}.seq`, `expected ${previous.seq + 1}, got ${next.seq}`);
  }
  if (next.previous?.digest !== headerDigest(previous) || next.previous.batch_id !== batchId(previous)) {
    const message = `expected ${batchId(previous)}, got ${next.previous?.batch_id}`;
    throw new ProofError("BATCH_REPLACED", `${place}.previous`, message);
  }
}

/** What the chain holds of each stream may only grow by this batch's own stretch, behind all that its epoch holds. */
function verifyCovered(previous: Header | undefined, header: Header, place: string): void {
  const { stream, epoch, first_position: first, last_position: last } = header;
  const before = previous?.covered ?? {};
  verifyEqual(epoch, epochFor(before, stream, first), `${place}.epoch`);
  verifyEqual(header.covered, extendCovered(before, { stream, epoch, first, last }), `${place}.covered`);
}
