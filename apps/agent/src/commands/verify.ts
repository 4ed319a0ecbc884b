import { readAtMost } from "./read-at-most.ts";
import { disclosedValues, IMAGES, ProofError, verifyProof } from "@etrap/proof";
import type { AnchorClaim, VerifiedProof } from "@etrap/proof";
import type { Command } from "commander";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { changeText } from "../report/change-text.ts";
import { textOfOmission, textOfReason } from "../report/code-meanings.ts";
import { toErrorInfo } from "../report/error-info.ts";
import { omittedColumns } from "../report/omitted-columns.ts";
import { plainMessage } from "../report/plain-message.ts";
import { printable, printableJson } from "../report/printable.ts";
import { writeErrorInfo } from "../report/write-error-info.ts";
import type { CommandContext } from "./command-context.ts";
import { expandFiles } from "./expand-files.ts";

/** Adds the command `verify`. */
export function addVerifyCommand(program: Command, context: CommandContext): void {
  program
    .command("verify")
    .description("check proof files")
    .argument("<files...>", 'proof files, also as globs: "proofs/*.etrap.json"')
    .addHelpText(
      "after",
      "\nThe exit code is the worst of all files: 1 where one is tampered, or else 2 where one is pending or could not be checked.",
    )
    .action(async (files: readonly string[]) => context.setExit(await verifyFiles(files, context)));
}

/** Checks the files in turn. A file that cannot be read does not stop the others. */
async function verifyFiles(patterns: readonly string[], context: CommandContext): Promise<ExitCode> {
  const files = await expandFiles(patterns);
  const exits: ExitCode[] = [];
  for (const file of files) exits.push(await verifyFile(file, { ...context, isOneOfMany: files.length > 1 }));
  return ([EXIT.no, EXIT.couldNotCheck] as const).find((exit) => exits.includes(exit)) ?? EXIT.yes;
}

/** One byte more than a proof file may have. A device or a pipe may never end. */
const MOST_BYTES = (256 << 20) + 1;

type FileContext = CommandContext & { readonly isOneOfMany: boolean };

/**
 * Checks a proof file and writes the verdict. With several files, the verdict begins with the file.
 */
async function verifyFile(file: string, { shell, isJson, isOneOfMany }: FileContext): Promise<ExitCode> {
  let bytes: Uint8Array;
  try {
    bytes = await readAtMost(file, MOST_BYTES);
  } catch (error) {
    writeErrorInfo(toErrorInfo(error), { writeError: shell.writeError, json: isJson() });
    return EXIT.couldNotCheck;
  }
  const prefix = isOneOfMany ? `${file}: ` : "";
  const { exit, answer, lines } = check(bytes);
  if (isJson()) shell.write(printableJson({ ...answer, ...(isOneOfMany ? { file } : {}) }));
  else for (const [index, line] of lines.entries()) shell.write(printable(index === 0 ? `${prefix}${line}` : line));
  return exit;
}

interface Checked {
  readonly exit: ExitCode;
  /** The members of the JSON line. */
  readonly answer: object;
  readonly lines: readonly string[];
}

function check(bytes: Uint8Array): Checked {
  try {
    const proof = verifyProof(bytes);
    return { exit: EXIT.couldNotCheck, answer: toAnswer(proof), lines: toLines(proof) };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const { verdict, code, place } = error;
    const message = plainMessage(error);
    const line = `${verdict === "tampered" ? "❌" : "❔"} ${verdict}: ${message} (${code})`;
    const exit = verdict === "tampered" ? EXIT.no : EXIT.couldNotCheck;
    return { exit, answer: { verdict, code, place, message }, lines: [line] };
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
    `   ${changeText(record)}`,
    ...(record.reason === null ? [] : [`   reason: ${textOfReason(record.reason)}`]),
    ...Object.entries(shownOf(proof)).map(([part, values]) => `   ${part}: ${JSON.stringify(values)}`),
    ...hidden.map(({ part, column }) => `   ${part}${column === null ? "" : `.${column}`}: not shown`),
    ...omittedColumns(record).map(
      ({ part, column, code }) => `   ${part}.${column}: not recorded (${textOfOmission(code)})`,
    ),
    `   one of ${header.leaf_count} changes in ${batchId}, batch ${header.seq} of its chain`,
  ];
}

function anchorText(claim: AnchorClaim | null): string {
  if (claim === null) return "not anchored yet";
  return `anchor not checked: this version cannot ask ${claim.contract} on ${claim.network}`;
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
