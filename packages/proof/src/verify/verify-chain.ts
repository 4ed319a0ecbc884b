import { comparePositions } from "../bytes/position.ts";
import { epochFor, extendCovered } from "../format/covered.ts";
import { batchId, headerDigest } from "../format/header.ts";
import type { Header } from "../format/header.ts";
import { ProofError } from "../proof-error.ts";
import { verifyEqual } from "./verify-equal.ts";

/**
 * A run of consecutive headers of one chain that agree with each other. Only the anchor of the last
 * header can show that they are the ledger's.
 */
export interface VerifiedChain {
  readonly first: Header;
  readonly last: Header;
  /** The digest of the last header. It commits to all headers before. */
  readonly lastDigest: string;
}

const CHAIN_MEMBERS = ["organization_id", "database", "schema", "table"] as const;

/**
 * Checks that headers from `parseHeader` are consecutive headers of one chain, in order. Throws
 * ProofError with the first place that is wrong: CHAIN_EMPTY, CHAIN_GAP, CHAIN_REORDERED,
 * CHAIN_FORKED, BATCH_REPLACED, CHAIN_MIXED, or HEADER_MISMATCH for a header that contradicts
 * itself or whose `epoch` or `covered` do not follow from the headers before.
 */
export function verifyChain(headers: readonly Header[]): VerifiedChain {
  const [first] = headers;
  if (first === undefined) {
    throw new ProofError("CHAIN_EMPTY", "expected at least one header, got none", { place: "headers" });
  }
  const last = headers.at(-1) ?? first;
  const digests = new Map<number, string>();
  for (const [index, header] of headers.entries()) {
    const previous = headers[index - 1];
    const place = `headers[${index}]`;
    verifyHeader(header, place);
    if (previous !== undefined) verifySuccessor(previous, header, { place, digests });
    if (previous !== undefined || header.seq === 0) verifyCovered(previous, header, place);
    digests.set(header.seq, headerDigest(header));
  }
  return { first, last, lastDigest: headerDigest(last) };
}

/** Checks that the members of a header agree with each other. */
function verifyHeader({ first_position, last_position, operations, leaf_count }: Header, place: string): void {
  if (comparePositions(first_position, last_position) > 0) {
    const message = `expected a position not before ${first_position}, got ${last_position}`;
    throw new ProofError("HEADER_MISMATCH", message, { place: `${place}.last_position` });
  }
  const counted = Object.values(operations).reduce((sum, count) => sum + count, 0);
  if (counted !== leaf_count) {
    const message = `expected counts that add up to ${leaf_count}, got ${counted}`;
    throw new ProofError("HEADER_MISMATCH", message, { place: `${place}.operations` });
  }
}

/** The place of a header, and the digests of the headers before it by `seq`. */
interface ChainPlace {
  readonly place: string;
  readonly digests: ReadonlyMap<number, string>;
}

function verifySuccessor(previous: Header, next: Header, { place, digests }: ChainPlace): void {
  const other = CHAIN_MEMBERS.find((name) => next[name] !== previous[name]);
  if (other !== undefined) {
    throw new ProofError("CHAIN_MIXED", "expected that of the header before, got another", {
      place: `${place}.${other}`,
    });
  }
  if (next.seq > previous.seq + 1) {
    throw new ProofError("CHAIN_GAP", `expected ${previous.seq + 1}, got ${next.seq}`, { place: `${place}.seq` });
  }
  const earlier = digests.get(next.seq);
  if (earlier !== undefined && earlier !== headerDigest(next)) {
    throw new ProofError("CHAIN_FORKED", `expected one header with seq ${next.seq}, got two`, {
      place: `${place}.seq`,
    });
  }
  if (next.seq <= previous.seq) {
    throw new ProofError("CHAIN_REORDERED", `expected ${previous.seq + 1}, got ${next.seq}`, { place: `${place}.seq` });
  }
  if (next.previous?.digest !== headerDigest(previous) || next.previous.batch_id !== batchId(previous)) {
    const message = `expected ${batchId(previous)} and its digest, got ${next.previous?.batch_id}`;
    throw new ProofError("BATCH_REPLACED", message, { place: `${place}.previous` });
  }
}

/** Checks that a header adds nothing to the coverage but its own range, in the right epoch. */
function verifyCovered(previous: Header | undefined, header: Header, place: string): void {
  const { stream, epoch, first_position: first, last_position: last } = header;
  const before = previous?.covered ?? {};
  verifyEqual(epoch, epochFor(before, stream, first), `${place}.epoch`);
  verifyEqual(header.covered, extendCovered(before, { stream, epoch, first, last }), `${place}.covered`);
}
