import { IMAGES } from "@etrap/proof";
import { isRecord } from "@etrap/proof/write";
import type { Change } from "../ports.ts";
import type { BadMember } from "./bad-delivery.ts";
import { changeRecord } from "./uncommitted-record.ts";

/** The number of dimensions that an array of PostgreSQL may have. A record holds no deeper one. */
const MAX_DEPTH = 6;

/**
 * Finds the first value of a change that is not of a type that images hold. Such a value is a
 * mistake of the source, unlike text that no record can hold.
 */
export function findMistypedValue(change: Change): BadMember | undefined {
  return findValue(change, (value) =>
    isCanonicalType(value) ? undefined : "text, a boolean, null or an array of these",
  );
}

/** Finds the first member of a change that no record can hold, although its type is right. */
export function findUnholdable(change: Change, position: string): BadMember | undefined {
  const holds = (members: Partial<Change>): boolean => isRecord(changeRecord({ ...EMPTY, ...members }, position));
  for (const member of FACTS)
    if (!holds({ [member]: change[member] }))
      return { member, expected: "what a record can hold", value: change[member] };
  return findValue(change, (value, depth) => {
    if (Array.isArray(value) && depth >= MAX_DEPTH) return `an array of at most ${MAX_DEPTH} dimensions`;
    return typeof value === "string" && !value.isWellFormed() ? "text without a lone surrogate" : undefined;
  });
}

const FACTS = [
  "database",
  "schema",
  "table",
  "timestamp",
  "capturedAt",
  "lsn",
  "txId",
  "txOrder",
  "run",
  "omitted",
] as const;

/** A change that a record can hold, to try the members of another one by one. */
const EMPTY: Change = {
  kind: "change",
  database: "d",
  schema: "s",
  table: "t",
  operation: "INSERT",
  timestamp: null,
  capturedAt: null,
  lsn: null,
  txId: null,
  txOrder: null,
  run: null,
  key: null,
  before: null,
  after: null,
  omitted: null,
};

/** Returns what was expected of a value, or undefined where it is as it should be. */
type Judge = (value: unknown, depth: number) => string | undefined;

function findValue(change: Change, judge: Judge): BadMember | undefined {
  for (const part of IMAGES) {
    for (const [column, value] of Object.entries(change[part] ?? {})) {
      const member = `${part}.${column.toWellFormed()}`;
      const found = judgeName(member, column, judge) ?? judgeValue({ member, value, depth: 0 }, judge);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function judgeName(member: string, column: string, judge: Judge): BadMember | undefined {
  const expected = judge(column, 0);
  return expected === undefined ? undefined : { member, expected: `a name of ${expected}`, value: column };
}

/** A value at its path, in an array of so many dimensions. */
interface Nested {
  readonly member: string;
  readonly value: unknown;
  readonly depth: number;
}

function judgeValue({ member, value, depth }: Nested, judge: Judge): BadMember | undefined {
  const expected = judge(value, depth);
  if (expected !== undefined) return { member, expected, value };
  // An array that holds itself has no end.
  if (!Array.isArray(value) || depth > MAX_DEPTH) return undefined;
  for (const each of value as readonly unknown[]) {
    const found = judgeValue({ member, value: each, depth: depth + 1 }, judge);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isCanonicalType(value: unknown): boolean {
  return value === null || typeof value === "string" || typeof value === "boolean" || Array.isArray(value);
}
