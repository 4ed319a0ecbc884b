import * as v from "valibot";
import { LocalnetError } from "./localnet-error.ts";

/** A block as the journal has it: enough to make it again, and its hash to compare. */
const blockLineSchema = v.strictObject({
  hash: v.string(),
  timestamp: v.pipe(v.string(), v.digits()),
  /** Signed transactions in borsh and base64. */
  transactions: v.optional(v.array(v.string()), []),
});

/** What the chain began with. */
const genesisLineSchema = v.strictObject({
  version: v.literal(1),
  chainId: v.string(),
  validityPeriod: v.pipe(v.number(), v.integer(), v.minValue(1)),
  timestamp: v.pipe(v.string(), v.digits()),
  accounts: v.array(
    v.strictObject({ accountId: v.string(), balance: v.pipe(v.string(), v.digits()), publicKey: v.string() }),
  ),
});

/** A line of the journal that stands for a block. */
export type BlockLine = v.InferOutput<typeof blockLineSchema>;

/** The first line of the journal. */
export type GenesisLine = v.InferOutput<typeof genesisLineSchema>;

/** A chain as its journal has it. */
export interface RecordedChain {
  readonly genesis: GenesisLine;
  readonly blocks: readonly BlockLine[];
}

/**
 * Parses the lines of a journal. Returns undefined if there are none. `path` is for messages.
 * Throws `LocalnetError`.
 */
export function parseLines(lines: readonly string[], path: string): RecordedChain | undefined {
  const [first, ...rest] = lines.map((line, i) => parseJson(line, `${path}, line ${i + 1}`));
  if (first === undefined) return undefined;
  checkVersion(first, path);
  return {
    genesis: parse(genesisLineSchema, first, `${path}, line 1`),
    blocks: rest.map((line, i) => parse(blockLineSchema, line, `${path}, line ${i + 2}`)),
  };
}

function checkVersion(line: unknown, path: string): void {
  const { success, output } = v.safeParse(v.object({ version: v.number() }), line);
  if (success && output.version !== 1) {
    throw new LocalnetError(
      "JOURNAL_VERSION",
      `${path} is of version ${output.version}, and this localnet reads version 1: use another folder`,
    );
  }
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw damaged(place, "is no JSON", error);
  }
}

function parse<Schema extends v.GenericSchema>(schema: Schema, line: unknown, place: string): v.InferOutput<Schema> {
  const result = v.safeParse(schema, line);
  if (!result.success)
    throw damaged(place, `has ${v.getDotPath(result.issues[0]) ?? "another form"}: ${result.issues[0].message}`);
  return result.output;
}

/** Returns the refusal of a journal that is not what this localnet wrote. */
export function damaged(place: string, what: string, cause?: unknown): LocalnetError {
  return new LocalnetError("JOURNAL_DAMAGED", `${place} ${what}: restore the file, or use another folder`, cause);
}
