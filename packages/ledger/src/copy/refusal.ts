import { codeOf, messageOf } from "../error-code.ts";
import type { CopyEvent } from "./copy-event.ts";

const CODES_OF_AN_OBJECT: readonly (string | undefined)[] = ["LEDGER_DAMAGED", "SLOT_MISSING", "KEY_CONFLICT"];

/**
 * Returns the refusal that an error about one object means. `key` stands for the object where the
 * message does not begin with one. Throws every other error: it says something about a store.
 */
export function refusalOf(error: unknown, key: string): Extract<CopyEvent, { type: "refused" }> {
  if (!CODES_OF_AN_OBJECT.includes(codeOf(error))) throw error;
  const [, named = key, message = messageOf(error)] = /^(\S+): (.*)$/s.exec(messageOf(error)) ?? [];
  return { type: "refused", key: named, message };
}
