import { epochFor, extendCovered } from "./covered.ts";
import { batchId, headerDigest } from "./header.ts";
import type { Header } from "./header.ts";
import { comparePositions } from "./position.ts";
import { ProofError } from "./proof-error.ts";
import { verifyEqual } from "./verify-equal.ts";

/** A stretch of one chain whose headers agree with each other. Whether it is the record's is for the anchor of its last header to say. */
export interface VerifiedChain {
  readonly first: Header;
  readonly last: Header;
  /** The digest of the last header, which ties all of them. */
  readonly lastDigest: string;
}

const CHAIN_MEMBERS = ["organization_id", "database", "schema", "table"] as const;

/**
 * Checks that headers, as `parseHeader` gives them, are one stretch of one chain, in its order. Throws ProofError: CHAIN_EMPTY, CHAIN_GAP,
 * CHAIN_REORDERED, CHAIN_FORKED, BATCH_REPLACED, CHAIN_MIXED, or HEADER_MISMATCH where a header contradicts itself, or its `epoch` or `covered`
 * are not what the headers before make them; `place` is the first that is wrong.
 */
export function verifyChain(headers: readonly Header[]): VerifiedChain {
  const [first] = headers;
  if (first === undefined) throw new ProofError("CHAIN_EMPTY", "headers", "expected at least one header");
  const last = headers.at(-1) ?? first;
  const digests = new Map<number, string>();
  for (const [index, header] of headers.entries()) {
    const previous = headers[index - 1];
    const place = `headers[${index}]`;
    verifyHeader(header, place);
    if (previous !== undefined) verifySuccessor(previous, header, place, digests);
    if (previous !== undefined || header.seq === 0) verifyCovered(previous, header, place);
    digests.set(header.seq, headerDigest(header));
  }
  return { first, last, lastDigest: headerDigest(last) };
}

/** Checks what a header says twice. */
function verifyHeader({ first_position, last_position, operations, leaf_count }: Header, place: string): void {
  if (comparePositions(first_position, last_position) > 0) {
    throw new ProofError("HEADER_MISMATCH", `${place}.last_position`, "expected one not before the first");
  }
  const counted = Object.values(operations).reduce((sum, count) => sum + count, 0);
  if (counted !== leaf_count) {
    throw new ProofError("HEADER_MISMATCH", `${place}.operations`, `expected ${leaf_count} in all, got ${counted}`);
  }
}

function verifySuccessor(previous: Header, next: Header, place: string, digests: ReadonlyMap<number, string>): void {
  const other = CHAIN_MEMBERS.find((name) => next[name] !== previous[name]);
  if (other !== undefined)
    throw new ProofError("CHAIN_MIXED", `${place}.${other}`, "expected that of the header before");
  if (next.seq > previous.seq + 1) {
    throw new ProofError("CHAIN_GAP", `${place}.seq`, `expected ${previous.seq + 1}, got ${next.seq}`);
  }
  const standing = digests.get(next.seq);
  if (standing !== undefined && standing !== headerDigest(next)) {
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
