import { join } from "node:path";
import { classifyReplays } from "@etrap/proof";
import type { ArrivalKind } from "@etrap/proof";
import { readRecording, recordingFile } from "@etrap/testdata";
import { expect, test } from "vitest";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";
import { changesOf, readLedger } from "../fixtures/read-ledger.ts";

/** A change as Debezium sent it, read from its own JSON only. */
interface Sent {
  readonly run: string;
  /** Every member but the connector's clock and order, which change when it restarts. */
  readonly same: string;
}

/**
 * Classifies each arrival by PostgreSQL's log. The rows of a transaction have an order, and a
 * connector that restarts sends all changes of one LSN again. So the n-th of several equal changes
 * in a run is the n-th in every run.
 */
function truth(sent: readonly Sent[]): ArrivalKind[] {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  return sent.map(({ run, same }) => {
    const count = (counts.get(`${run} ${same}`) ?? 0) + 1;
    counts.set(`${run} ${same}`, count);
    const isReplay = seen.has(`${count} ${same}`);
    seen.add(`${count} ${same}`);
    return isReplay ? "replay" : "distinct";
  });
}

function sentOf(fields: readonly (readonly [string, string])[]): Sent {
  const members = new Map(fields);
  const { op, before, after, source } = JSON.parse(members.get("value") ?? "");
  const place = [members.get("key"), op, before, after, source.lsn, source.txId, source.schema, source.table];
  return { run: members.get("__DEBEZIUM.CONTEXT.RUNID") ?? "", same: JSON.stringify(place) };
}

test.each([
  ["restart-duplicates", 61],
  ["restart-inside-transaction", 100],
  ["restart-inside-copy", 100],
  ["restart-inside-copy-lost", 0],
])("finds exactly the changes that %s sent twice: %i arrivals", { timeout: 60_000 }, async (name, expected) => {
  const folder = await makeFolder();
  await runEtrap(folder, ["replay", recordingFile(name)], { ETRAP_BATCH_SIZE: "97" });
  const found = new Map(
    readLedger(join(folder, "ledger")).flatMap((chain) => {
      const changes = changesOf([chain]);
      const kinds = classifyReplays(changes);
      return changes.map(({ stream, id }, index) => [`${stream} ${id}`, kinds[index]] as const);
    }),
  );
  const recorded = readRecording(name).filter(({ stream, id }) => found.has(`${stream} ${id}`));
  const kinds = truth(recorded.map(({ fields }) => sentOf(fields)));
  expect(recorded.map(({ stream, id }) => found.get(`${stream} ${id}`))).toEqual(kinds);
  expect(kinds.filter((kind) => kind === "replay")).toHaveLength(expected);
});
