import type { PostgresServer } from "@etrap/test-servers";
import { classifyReplays, disclosedValues } from "@etrap/proof";
import { changesOf, readLedger } from "../fixtures/read-ledger.ts";
import type { RecordedChange } from "../fixtures/read-ledger.ts";

/**
 * Returns every change that PostgreSQL has committed, as `table|operation|number before|number
 * after`, sorted.
 */
export async function committedChanges({ psql }: PostgresServer): Promise<string[]> {
  return (await psql("SELECT * FROM truth.change")).toSorted();
}

/**
 * Verifies a ledger, and returns every change in it, in the same way. Changes that arrived again
 * count once.
 */
export function recordedChanges(ledger: string): string[] {
  return readLedger(ledger)
    .flatMap((chain) => {
      const changes = changesOf([chain]);
      const kinds = classifyReplays(changes);
      return changes.filter((_, index) => kinds[index] !== "replay").map(textOf);
    })
    .toSorted();
}

function textOf({ record, payload }: RecordedChange): string {
  const numbers = [payload.before, payload.after].map((image) =>
    image === null ? "" : String(disclosedValues(image)["number"]),
  );
  return [`${record.schema}.${record.table}`, record.operation, ...numbers].join("|");
}
