import * as v from "valibot";
import { AgentError } from "../agent-error.ts";

/** The content of a source file. */
export interface SourceFile {
  readonly database: string;
  /** 32 hex characters. */
  readonly id: string;
}

const FORMAT = "etrap-source/0";

const schema = v.strictObject({
  format: v.literal(FORMAT),
  database: v.string(),
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
});

/** Returns the bytes of a source file. */
export function encodeSourceFile({ database, id }: SourceFile): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ database, format: FORMAT, id }));
}

/**
 * Returns the id in a source file. Throws LEDGER_DAMAGED for a file that is not this database's.
 */
export function parseSourceFile(bytes: Uint8Array, key: string, database: string): string {
  const result = v.safeParse(schema, parseJson(bytes));
  if (result.success && result.output.database === database) return result.output.id;
  throw new AgentError(
    "LEDGER_DAMAGED",
    `${key}: expected a source file of ${database} in the format ${FORMAT}; restore it from a copy, or move it away and use --adopt-source`,
  );
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
