import type { ChangeRecord, Header, Row, VerifiedBatch } from "@etrap/proof";
import { batchAnswer, sealedAtOf } from "./batch-answer.ts";
import { chainLabel } from "./chain-label.ts";
import { textOfOmission, textOfReason } from "./code-meanings.ts";
import { omittedColumns } from "./omitted-columns.ts";

/**
 * Returns the facts of a batch for its JSON line: those of `batches list` and more of its header.
 */
export function factsOfBatch({ header, headerDigest }: VerifiedBatch): object {
  return {
    ...batchAnswer(header),
    organization: header.organization_id,
    headerDigest,
    previous: header.previous?.batch_id ?? null,
    commitment: header.commitment,
    payload: header.payload,
    stream: header.stream,
    epoch: header.epoch,
    firstPosition: header.first_position,
    lastPosition: header.last_position,
    capture: header.capture,
    rules: header.rules,
    agent: header.agent,
  };
}

/** Returns the facts of a row for its JSON line. They hold no value and no salt. */
export function factsOfRow({ record }: Pick<Row, "record">, index: number): object {
  const { operation, position, timestamp, omitted, reason } = record;
  return { index, operation, position, timestamp, omitted, reason };
}

/** Returns a batch as lines of text. */
export function batchLines({ batchId, header, headerDigest, rows }: VerifiedBatch): string[] {
  const records = rows.map(({ record }) => record);
  return [
    batchId,
    ...headerLines(header, headerDigest),
    ...omissionLines(records),
    "   changes:",
    ...records.map((record, index) => rowLine(record, index, header.stream)),
  ];
}

function headerLines(header: Header, digest: string): string[] {
  const { database, previous, operations } = header;
  const facts: readonly (readonly [name: string, fact: string])[] = [
    ["table", header.table === null ? chainLabel(header) : `${chainLabel(header)} of ${database}`],
    ["batch", `${header.seq} of its chain, after ${previous === null ? "none" : previous.batch_id}`],
    ["sealed", `${sealedAtOf(header)} by ${header.agent} for ${header.organization_id}`],
    ["root", header.merkle_root],
    ["header digest", digest],
    ["stream", `${header.stream}, ${header.first_position} to ${header.last_position}, epoch ${header.epoch}`],
    ["values", `${header.commitment} commitments, ${header.payload}`],
    ["operations", countsOf(operations)],
    ["rules", rulesText(header)],
  ];
  return facts.map(([name, fact]) => `   ${name}: ${fact}`);
}

function rulesText({ rules }: Header): string {
  const { included_tables, excluded_tables, included_operations, excluded_columns } = rules;
  const given = Object.entries({ included_tables, excluded_tables, included_operations, excluded_columns });
  const texts = given.flatMap(([name, globs]) =>
    globs === null || globs.length === 0 ? [] : [`${name} ${globs.join(",")}`],
  );
  return texts.length === 0 ? "none, everything is recorded" : texts.join("; ");
}

/** Returns a line for each column and code with which changes of a batch left it out. */
function omissionLines(records: readonly ChangeRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const record of records) {
    for (const { part, column, code } of omittedColumns(record)) {
      const place = JSON.stringify([`${part}.${column}`, code]);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
  }
  return Array.from(counts, ([place, count]) => {
    const [name, code]: [string, string] = JSON.parse(place);
    return `   ${name}: not recorded in ${count} ${count === 1 ? "change" : "changes"} (${textOfOmission(code)})`;
  });
}

function rowLine({ operation, position, timestamp, reason }: ChangeRecord, index: number, stream: string): string {
  const where = `   ${String(index).padStart(6)}  ${operation.padEnd(8)}  ${position}`;
  if (reason !== null) return `${where}  of ${stream}  ${textOfReason(reason)}`;
  return timestamp === null ? where : `${where}  ${isoTime(timestamp)}`;
}

function isoTime(timestamp: number): string {
  const time = new Date(timestamp);
  return Number.isNaN(time.getTime()) ? `${timestamp} ms since 1970` : time.toISOString();
}

function countsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
