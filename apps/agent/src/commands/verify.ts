import { readFile } from "node:fs/promises";
import { disclosedValues, IMAGES, ProofError, verifyProof } from "@etrap/proof";
import type { AnchorClaim, VerifiedProof } from "@etrap/proof";
import type { Command } from "commander";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { chainLabel } from "../report/chain-label.ts";
import { printable, printableJson } from "../report/printable.ts";
import type { CommandContext } from "./command-context.ts";

/** Adds the command `verify`. */
export function addVerifyCommand(program: Command, { shell, isJson, setExit }: CommandContext): void {
  program
    .command("verify")
    .description("check a proof file")
    .argument("<file>")
    .action(async (file: string) => setExit(await verifyFile(file, shell.write, isJson())));
}

/** Checks a proof file and writes the verdict. Rejects where the file cannot be read. */
async function verifyFile(file: string, write: (line: string) => void, json: boolean): Promise<ExitCode> {
  const bytes = await readFile(file);
  try {
    const proof = verifyProof(bytes);
    if (json) write(printableJson(toAnswer(proof)));
    else for (const line of toLines(proof)) write(printable(line));
    return EXIT.couldNotCheck;
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const { verdict, code, place, message } = error;
    const line = `${verdict === "tampered" ? "❌" : "❔"} ${verdict}: ${message} (${code})`;
    write(json ? printableJson({ verdict, code, place, message }) : printable(line));
    return verdict === "tampered" ? EXIT.no : EXIT.couldNotCheck;
  }
}

function toAnswer(proof: VerifiedProof): object {
  const { verdict, batchId, record, hidden, claim } = proof;
  return { verdict, batchId, record, shown: shownOf(proof), hidden, claim };
}

function toLines(proof: VerifiedProof): string[] {
  const { verdict, record, header, batchId, hidden, claim } = proof;
  return [
    `⏳ ${verdict}: consistent, ${anchorText(claim)}`,
    `   ${record.operation} in ${chainLabel(header)} of ${header.database}, committed ${timeText(record.timestamp)}`,
    ...Object.entries(shownOf(proof)).map(([part, values]) => `   ${part}: ${JSON.stringify(values)}`),
    ...hidden.map(({ part, column }) => `   ${part}${column === null ? "" : `.${column}`}: not shown`),
    `   one of ${header.leaf_count} changes in ${batchId}, batch ${header.seq} of its chain`,
  ];
}

function anchorText(claim: AnchorClaim | null): string {
  if (claim === null) return "not anchored yet";
  return `anchor not checked: this version cannot ask ${claim.contract} on ${claim.network}`;
}

/** Returns a time as text. A record may hold a time that is outside of every calendar. */
function timeText(timestamp: number | null): string {
  if (timestamp === null) return "at an unknown time";
  const time = new Date(timestamp);
  return `at ${Number.isNaN(time.getTime()) ? `${timestamp} ms since 1970` : time.toISOString()}`;
}

/**
 * Returns the values that the proof shows. They are what the reader asked for, so they are printed.
 */
function shownOf({ payload }: VerifiedProof): Record<string, unknown> {
  const parts = IMAGES.flatMap((part) => {
    const image = payload[part];
    return image === null ? [] : [[part, disclosedValues(image)] as const];
  });
  return Object.fromEntries(parts);
}
