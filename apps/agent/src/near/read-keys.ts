import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { codeOf } from "@etrap/ledger";
import { KeyPair, KeyPairSigner } from "near-api-js";
import type { KeyPairString } from "near-api-js";
import * as v from "valibot";
import { AgentError } from "../agent-error.ts";
import type { KeySource, NearWriter } from "../settings/near-settings.ts";

const fileSchema = v.union([
  v.object({ private_key: v.string(), account_id: v.optional(v.string()) }),
  v.object({ secret_key: v.string(), account_id: v.optional(v.string()) }),
]);

/**
 * Returns the signers of the account that mints. Throws BAD_SETTINGS, which names the variable or
 * the file, and never a part of a key.
 */
export async function readKeys({ accountId, key }: NearWriter, network: string): Promise<KeyPairSigner[]> {
  if (key.kind === "given") return key.keys.map((text) => toSigner(text, "NEAR_PRIVATE_KEY"));
  const file = key.kind === "file" ? key.file : join(homedir(), ".near-credentials", network, `${accountId}.json`);
  return [toSigner(await readKeyFile(file, { accountId, key }), file)];
}

async function readKeyFile(file: string, { accountId, key }: NearWriter): Promise<string> {
  const content = await readText(file, key);
  if (content.startsWith("ed25519:")) return content;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), fileSchema), content);
  if (!parsed.success) throw bad(`${file}: expected a private key, or JSON with account_id and private_key`);
  if (parsed.output.account_id !== undefined && parsed.output.account_id !== accountId)
    throw bad(`${file}: expected the key of ${accountId}, found that of ${parsed.output.account_id}`);
  return "private_key" in parsed.output ? parsed.output.private_key : parsed.output.secret_key;
}

async function readText(file: string, { kind }: KeySource): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    const advice = kind === "credentials" ? "; set NEAR_PRIVATE_KEY or NEAR_KEY_FILE" : "";
    throw bad(
      `${file}: expected the private key of the NEAR account, cannot read it (${codeOf(error) ?? "error"})${advice}`,
    );
  }
}

function toSigner(text: string, place: string): KeyPairSigner {
  try {
    return new KeyPairSigner(KeyPair.fromString(text as KeyPairString));
  } catch {
    // The library's message quotes the key.
    throw bad(`${place}: expected a private key: ed25519: and 64 bytes in base58`);
  }
}

function bad(problem: string): AgentError {
  return new AgentError("BAD_SETTINGS", `invalid settings:\n  ${problem}`);
}
