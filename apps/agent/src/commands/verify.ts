import { readFile, rename, writeFile } from "node:fs/promises";
import type { NearReader } from "@etrap/anchor-near/reader";
import { codeOf } from "@etrap/ledger";
import { disclosedValues, IMAGES } from "@etrap/proof";
import type { VerifiedProof } from "@etrap/proof";
import type { Command } from "commander";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { NEAR_OPTIONS, openNearReader } from "../near/near-options.ts";
import type { NearOptions } from "../near/near-options.ts";
import { changeText } from "../report/change-text.ts";
import { textOfOmission, textOfReason } from "../report/code-meanings.ts";
import { toErrorInfo } from "../report/error-info.ts";
import { omittedColumns } from "../report/omitted-columns.ts";
import { plainMessage } from "../report/plain-message.ts";
import { printable, printableJson } from "../report/printable.ts";
import { writeErrorInfo } from "../report/write-error-info.ts";
import { checkProof } from "../verification/check-proof.ts";
import type { CheckedProof, Witnesses } from "../verification/check-proof.ts";
import type { Comparison } from "../verification/compare-with-ledger.ts";
import type { CommandContext } from "./command-context.ts";
import { expandFiles } from "./expand-files.ts";
import { openStore } from "./open-store.ts";
import { readAtMost } from "./read-at-most.ts";

interface VerifyOptions extends NearOptions {
  readonly offline: boolean;
  readonly store?: string;
  readonly upgrade: boolean;
}

/** Adds the command `verify`. */
export function addVerifyCommand(program: Command, context: CommandContext): void {
  const [network, contract, rpc] = NEAR_OPTIONS;
  program
    .command("verify")
    .description("check proof files, and ask the contract whether it holds them")
    .argument("<files...>", 'proof files, also as globs: "proofs/*.etrap.json"; - for standard input')
    .option(...network)
    .option(...contract)
    .option(...rpc)
    .option("--offline", "ask no contract: say pending, or what the file claims", false)
    .option("--store <place>", "also compare the files with the ledger in a folder or s3://bucket/prefix")
    .option("--upgrade", "write the anchor into a pending file whose batch is anchored by now", false)
    .addHelpText(
      "after",
      "\nThe contract and the network come from these options or the environment, never from the file.\n\nExit codes: 0 verified, 1 tampered or not in the contract, 2 could not check or the values are not shown, 3 wrong use, 4 pending. With several files, the first of 1, 2, 4 and 0 that one of them has.",
    )
    .action(async (files: readonly string[], options: VerifyOptions) =>
      context.setExit(await verifyFiles(files, options, context)),
    );
}

const WORST_FIRST = [EXIT.no, EXIT.couldNotCheck, EXIT.pending] as const;

/** Checks the files in turn. A file that cannot be read does not stop the others. */
async function verifyFiles(
  patterns: readonly string[],
  options: VerifyOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const files = await expandFiles(patterns);
  const near = options.offline ? undefined : openNearReader(context.shell.environment, options);
  const ledger = options.store === undefined ? undefined : await openStore(context.shell, { store: options.store });
  const checking = { near, ledger, upgrades: options.upgrade, isOneOfMany: files.length > 1 };
  const exits: ExitCode[] = [];
  for (const file of files) exits.push(await verifyFile(file, checking, context));
  return WORST_FIRST.find((exit) => exits.includes(exit)) ?? EXIT.yes;
}

/** One byte more than a proof file may have. A device or a pipe may never end. */
const MOST_BYTES = (256 << 20) + 1;

interface Checking extends Witnesses {
  readonly upgrades: boolean;
  readonly isOneOfMany: boolean;
}

/**
 * Checks a proof file and writes the verdict. With several files, the verdict begins with the file.
 */
async function verifyFile(file: string, checking: Checking, { shell, isJson }: CommandContext): Promise<ExitCode> {
  let bytes: Uint8Array;
  let checked: CheckedProof;
  let isUpgraded = false;
  try {
    bytes = await readAtMost(file === "-" ? "/dev/stdin" : file, MOST_BYTES);
    checked = await checkProof(bytes, checking);
    if (checking.upgrades && checked.kind === "consistent" && checked.upgraded !== undefined && file !== "-") {
      await replaceFile(file, bytes, checked.upgraded);
      isUpgraded = true;
    }
  } catch (error) {
    // An error without a code is a bug of ours, which must not pass as an answer.
    if (codeOf(error) === undefined) throw error;
    writeErrorInfo(toErrorInfo(error), { writeError: shell.writeError, json: isJson() });
    return EXIT.couldNotCheck;
  }
  const prefix = checking.isOneOfMany ? `${file}: ` : "";
  const { exit, answer, lines } = toAnswer(checked, { near: checking.near, isUpgraded });
  if (isJson()) shell.write(printableJson({ ...answer, ...(checking.isOneOfMany ? { file } : {}) }));
  else for (const [index, line] of lines.entries()) shell.write(printable(index === 0 ? `${prefix}${line}` : line));
  return exit;
}

/** Replaces a file at once, so that a crash leaves one or the other. */
async function replaceFile(file: string, before: Uint8Array, after: Uint8Array): Promise<void> {
  const temporary = `${file}.upgrade`;
  await writeFile(temporary, after, { flag: "wx" });
  // Somebody else may have upgraded it meanwhile.
  if (Buffer.compare(await readFile(file), before) === 0) await rename(temporary, file);
}

interface Answer {
  readonly exit: ExitCode;
  /** The members of the JSON line. */
  readonly answer: object;
  readonly lines: readonly string[];
}

interface Asked {
  readonly near: NearReader | undefined;
  readonly isUpgraded: boolean;
}

function toAnswer(checked: CheckedProof, asked: Asked): Answer {
  if (checked.kind === "refused") {
    const { verdict, code, place } = checked.error;
    const message = plainMessage(checked.error);
    const line = `${verdict === "tampered" ? "❌" : "❔"} ${verdict}: ${message} (${code})`;
    return {
      exit: verdict === "tampered" ? EXIT.no : EXIT.couldNotCheck,
      answer: { verdict, code, place, message },
      lines: [line],
    };
  }
  const { proof, comparison, upgraded } = checked;
  const { verdict, batchId, record, hidden, claim, anchored } = proof;
  return {
    exit: exitOf(proof, comparison),
    answer: {
      verdict,
      batchId,
      record,
      shown: shownOf(proof),
      hidden,
      claim,
      ...(anchored !== null && { anchored }),
      ...(comparison !== undefined && { ledger: comparison }),
      ...(upgraded !== undefined && { upgraded: asked.isUpgraded }),
    },
    lines: [...headLines(checked, asked), ...bodyLines(proof)],
  };
}

const EXITS = { verified: EXIT.yes, erased: EXIT.couldNotCheck, pending: EXIT.pending } as const;

function exitOf({ verdict }: VerifiedProof, comparison: Comparison | undefined): ExitCode {
  if (comparison?.kind === "differs") return EXIT.no;
  return comparison?.kind === "missing" ? EXIT.couldNotCheck : EXITS[verdict];
}

function headLines(
  { proof, comparison, upgraded }: Extract<CheckedProof, { kind: "consistent" }>,
  asked: Asked,
): string[] {
  const { verdict } = proof;
  const sign = verdict === "pending" ? "⏳" : verdict === "verified" ? "✅" : "❔";
  const note = asked.isUpgraded
    ? "   the anchor was written into the file"
    : "   the file itself is pending; --upgrade writes the anchor into it";
  return [
    `${sign} ${verdict}: ${anchorText(proof, asked.near)}`,
    ...(upgraded === undefined ? [] : [note]),
    ...(comparison === undefined ? [] : [`   ${ledgerText(comparison)}`]),
  ];
}

function anchorText({ verdict, claim, anchored, header }: VerifiedProof, near: NearReader | undefined): string {
  if (anchored !== null && near !== undefined) {
    const batch = anchored.seq === header.seq ? "its batch" : `batch ${anchored.seq} of its chain, which covers it,`;
    const shown = verdict === "erased" ? ", and the file shows no value" : "";
    return `${batch} is in the contract ${near.contractId} on ${near.network} since block ${anchored.block_height}, ${timeText(anchored.anchored_at)}${shown}`;
  }
  if (claim !== null)
    return `consistent, anchor not checked: the file claims ${claim.contract} on ${claim.network}, block ${claim.block_height}; name the contract that you trust with --contract and --network`;
  if (near === undefined) return "consistent, not anchored as far as the file says";
  return `consistent, not anchored yet: ${near.contractId} on ${near.network} does not hold its batch; a later one of its chain may cover it, for which --store gives the headers`;
}

function ledgerText(comparison: Comparison): string {
  if (comparison.kind === "same") return "the ledger holds the same batch under the same slot";
  if (comparison.kind === "missing") return `❔ the ledger has no ${comparison.key}; is it the ledger of this file?`;
  return `❌ the ledger differs: another batch stands in ${comparison.key}`;
}

function timeText(nanoseconds: string | null): string {
  return nanoseconds === null ? "at an unknown time" : new Date(Number(BigInt(nanoseconds) / 1_000_000n)).toISOString();
}

function bodyLines(proof: VerifiedProof): string[] {
  const { record, header, batchId, hidden } = proof;
  return [
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
