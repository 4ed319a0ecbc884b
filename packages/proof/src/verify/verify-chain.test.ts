import { describe, expect, test } from "vitest";
import { batchId, headerDigest } from "../format/header.ts";
import type { Header } from "../format/header.ts";
import { sampleHeader, sampleRow } from "../fixtures/sample-batch.ts";
import { verifyChain } from "./verify-chain.ts";

const first = sampleHeader([sampleRow(0), sampleRow(1)]);
const second = sampleHeader([sampleRow(2)], first);
const third = sampleHeader([sampleRow(3), sampleRow(4)], second);
const chain = [first, second, third];

/** Returns a header that was changed after it was sealed, linked as a forger would link it. */
const relinked = (header: Header, previous: Header, change: Partial<Header>): Header => ({
  ...header,
  previous: { batch_id: batchId(previous), digest: headerDigest(previous) },
  ...change,
});

test("accepts a chain and any part of it", () => {
  for (const headers of [chain, [first], [second, third], [third]]) {
    const last = headers.at(-1);
    expect(verifyChain(headers)).toEqual({ first: headers[0], last, lastDigest: last && headerDigest(last) });
  }
});

describe("refuses with the place", () => {
  const fork = sampleHeader([sampleRow(9)], first);
  const otherFirst = { ...first, sealed_at: first.sealed_at + 1 };
  const again = [[0, "1-0", "2-0"] as const];

  test.each<[string, readonly Header[], string, string]>([
    ["no header at all", [], "CHAIN_EMPTY", "headers"],
    [
      "positions that fall",
      [first, relinked(second, first, { first_position: "2749855135650-5" })],
      "HEADER_MISMATCH",
      "headers[1].last_position",
    ],
    [
      "more operations than leaves",
      [relinked(second, first, { operations: { INSERT: 1, DELETE: 1 } })],
      "HEADER_MISMATCH",
      "headers[0].operations",
    ],
    ["two batches in a place further back", [first, second, third, fork], "CHAIN_FORKED", "headers[3].seq"],
    ["a batch left out", [first, third], "CHAIN_GAP", "headers[1].seq"],
    [
      "two batches exchanged",
      [first, third, second].toSpliced(1, 2, second, first),
      "CHAIN_REORDERED",
      "headers[2].seq",
    ],
    ["a batch twice", [first, first], "CHAIN_REORDERED", "headers[1].seq"],
    ["two batches in one place", [first, second, fork], "CHAIN_FORKED", "headers[2].seq"],
    ["a batch replaced", [otherFirst, second], "BATCH_REPLACED", "headers[1].previous"],
    [
      "another id for the batch before",
      [
        first,
        { ...second, previous: { batch_id: "BATCH-2025-01-01-0000000000000000-T0", digest: headerDigest(first) } },
      ],
      "BATCH_REPLACED",
      "headers[1].previous",
    ],
    [
      "another organization's batch",
      [first, { ...second, organization_id: "other" }],
      "CHAIN_MIXED",
      "headers[1].organization_id",
    ],
    ["another database's batch", [first, { ...second, database: "other" }], "CHAIN_MIXED", "headers[1].database"],
    ["another schema's batch", [first, { ...second, schema: "other" }], "CHAIN_MIXED", "headers[1].schema"],
    ["another table's batch", [first, { ...second, table: "other" }], "CHAIN_MIXED", "headers[1].table"],
    ["an epoch out of line", [first, relinked(second, first, { epoch: 1 })], "HEADER_MISMATCH", "headers[1].epoch"],
    [
      "a first batch that covers more than it holds",
      [{ ...first, covered: { ...first.covered, other: again } }],
      "HEADER_MISMATCH",
      "headers[0].covered.other",
    ],
    [
      "a batch that covers less than was covered",
      [
        first,
        relinked(second, first, {
          covered: { "etrap.public.account": [[0, second.first_position, second.last_position]] },
        }),
      ],
      "HEADER_MISMATCH",
      "headers[1].covered.etrap.public.account[0][1]",
    ],
  ])("%s", (_, headers, code, place) => {
    expect(() => verifyChain(headers)).toThrow(expect.objectContaining({ code, place }));
  });
});
