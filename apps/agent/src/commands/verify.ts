import { readFile } from "node:fs/promises";
import { ProofError, shownValues, verifyProof } from "@etrap/proof";
import type { VerifiedProof } from "@etrap/proof";
import { chainLabel } from "../chain-reader.ts";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";

/** Checks a proof file and writes the verdict. */
export async function verifyFile(file: string, write: (line: string) => void, json: boolean): Promise<ExitCode> {
  const bytes = await readFile(file);
  try {
    const proof = verifyProof(bytes);
    write(
      json
        ? JSON.stringify({
            verdict: proof.verdict,
            batchId: proof.batchId,
            record: proof.record,
            shown: shownOf(proof),
            hidden: proof.hidden,
          })
        : textOf(proof),
    );
    return EXIT.couldNotCheck;
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const { verdict, code, place, message } = error;
    write(
      json
        ? JSON.stringify({ verdict, code, place, message })
        : `${verdict === "tampered" ? "❌" : "❔"} ${verdict}: ${message} (${code})`,
    );
    return verdict === "tampered" ? EXIT.no : EXIT.couldNotCheck;
  }
}

function textOf(proof: VerifiedProof): string {
  const { record, header, batchId } = proof;
  const committed = record.timestamp === null ? "at an unknown time" : `at ${new Date(record.timestamp).toISOString()}`;
  return [
    `⏳ ${proof.verdict}: consistent, not anchored yet`,
    `   ${record.operation} in ${chainLabel(header)} of ${header.database}, committed ${committed}`,
    ...Object.entries(shownOf(proof)).map(([part, values]) => `   ${part}: ${JSON.stringify(values)}`),
    ...proof.hidden.map(({ part, column }) => `   ${part}${column === null ? "" : `.${column}`}: not shown`),
    `   one of ${header.leaf_count} changes of ${batchId}, the chain's batch ${header.seq}`,
  ].join("\n");
}

/** The values that the proof shows: what the reader asked for, so they are printed. */
function shownOf({ payload }: VerifiedProof): Record<string, unknown> {
  const parts = (["key", "before", "after"] as const).flatMap((part) => {
    const image = payload[part];
    return image === null ? [] : [[part, shownValues(image)] as const];
  });
  return Object.fromEntries(parts);
}
