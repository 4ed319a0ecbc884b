import { readFile, writeFile } from "node:fs/promises";
import { codeOf } from "@etrap/ledger";
import { encodeProofFile, parseProofFile, ProofError } from "@etrap/proof";
import type { ProofFile } from "@etrap/proof";
import { AgentError } from "../agent-error.ts";

/**
 * Writes a proof file, unless the file is there already: a proof that was anchored since must not
 * go back to pending. Throws FILE_EXISTS for a file with other content, or with a proof that shows
 * other columns.
 */
export async function writeProof(file: string, proof: ProofFile): Promise<void> {
  try {
    await writeFile(file, encodeProofFile(proof), { flag: "wx" });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    if (!(await isSameProof(file, proof))) {
      throw new AgentError(
        "FILE_EXISTS",
        `${file}: expected no file or the same proof, found a different file or a proof that shows other columns; choose another --out`,
      );
    }
  }
}

/** Whether a file holds this proof, possibly with an anchor that was added since. */
async function isSameProof(file: string, proof: ProofFile): Promise<boolean> {
  try {
    const existing = parseProofFile(await readFile(file));
    const upgraded = { ...proof, headers: existing.headers, anchor: existing.anchor };
    return Buffer.compare(encodeProofFile(upgraded), encodeProofFile(existing)) === 0;
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}
