import { auditLedger, chainFolder, listChains } from "@etrap/ledger";
import type { AuditFinding, ObjectReader } from "@etrap/ledger";
import { createLyingReader } from "@etrap/ledger/testing";
import { readIntactBatches } from "../../../apps/agent/src/commands/read-intact-batches.ts";
import { rowText } from "./fill-store.ts";
import type { Truth } from "./fill-store.ts";
import type { ToldLie } from "./lies.ts";

/** What audit and prove make of a lie. */
export interface Belief {
  readonly isAllRight: boolean;
  /** Whether a finding names one of the keys of the lie. */
  readonly isNamed: boolean;
  /** Rows that `etrap prove` would prove from the ledger, and that were never recorded there. */
  readonly falseRows: number;
}

/** Tells a lie to `etrap audit`, and to the reading of `etrap prove`. */
export async function believe(
  reader: ObjectReader,
  { lie, keys, truth }: ToldLie & { readonly truth: Truth },
): Promise<Belief> {
  const lying = createLyingReader(reader, lie);
  const findings: AuditFinding[] = [];
  const { severities } = await auditLedger(lying, {
    onEvent: (event) => {
      if (event.type === "finding") findings.push(event.finding);
    },
  });
  const named = findings.map(({ key, message }) => `${key} ${message}`);
  let falseRows = 0;
  for await (const chain of listChains(lying))
    for await (const { header, rows } of readIntactBatches(lying, chain, { onDamage: () => undefined }))
      falseRows += rows.filter((row) => !truth.rows.has(rowText(chainFolder(header), row))).length;
  return {
    isAllRight: severities.fault + severities.unchecked === 0,
    isNamed: keys.length === 0 || keys.some((key) => named.some((text) => text.includes(key))),
    falseRows,
  };
}
