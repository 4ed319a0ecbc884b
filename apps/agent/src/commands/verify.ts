import { readFile } from "node:fs/promises";
import { ProofError, shownValues, verifyProof } from "@etrap/proof";
import type { VerifiedProof } from "@etrap/proof";
import { chainLabel } from "../chain-label.ts";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { printable, printableJson } from "../printable.ts";

/** Checks a proof file and writes the verdict. */
export async function verifyFile(file: string, write: (line: string) => void, json: boolean): Promise<ExitCode> {
  const bytes = await readFile(file);
  try {
    const proof = verifyProof(bytes);
    if (json) write(printableJson(answerOf(proof)));
    else for (const line of linesOf(proof)) write(printable(line));
    return EXIT.couldNotCheck;
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const { verdict, code, place, message } = error;
    write(
      json
        ? printableJson({ verdict, code, place, message })
        : printable(`${verdict === "tampered" ? "❌" : "❔"} ${verdict}: ${message} (${code})`),
    );
    return verdict === "tampered" ? EXIT.no : EXIT.couldNotCheck;
  }
}

function answerOf(proof: VerifiedProof): object {
  const { verdict, batchId, record, hidden, claim } = proof;
  return { verdict, batchId, record, shown: shownOf(proof), hidden, claim };
}

function linesOf(proof: VerifiedProof): string[] {
  const { record, header, batchId, hidden, claim } = proof;
  const anchor =
    claim === null
      ? "not anchored yet"
      : `not checked at the anchor that it names (${claim.network}, ${claim.contract}), which this version cannot ask`;
  return [
    `⏳ ${proof.verdict}: consistent, ${anchor}`,
    `   ${record.operation} in ${chainLabel(header)} of ${header.database}, committed ${timeOf(record.timestamp)}`,
    ...Object.entries(shownOf(proof)).map(([part, values]) => `   ${part}: ${JSON.stringify(values)}`),
    ...hidden.map(({ part, column }) => `   ${part}${column === null ? "" : `.${column}`}: not shown`),
    `   one of ${header.leaf_count} changes of ${batchId}, the chain's batch ${header.seq}`,
  ];
}

/** A record may hold times that no calendar has. */
function timeOf(timestamp: number | null): string {
  if (timestamp === null) return "at an unknown time";
  const time = new Date(timestamp);
  return `at ${Number.isNaN(time.getTime()) ? `${timestamp} ms since 1970` : time.toISOString()}`;
}

/** The values that the proof shows: what the reader asked for, so they are printed. */
function shownOf({ payload }: VerifiedProof): Record<string, unknown> {
  const parts = (["key", "before", "after"] as const).flatMap((part) => {
    const image = payload[part];
    return image === null ? [] : [[part, shownValues(image)] as const];
  });
  return Object.fromEntries(parts);
}
