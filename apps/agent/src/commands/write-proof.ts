import { readFile, rename, writeFile } from "node:fs/promises";
import { codeOf } from "@etrap/ledger";
import { encodeProofFile, parseProofFile, ProofError } from "@etrap/proof";
import type { ProofFile } from "@etrap/proof";
import { AgentError } from "../agent-error.ts";

/**
 * Writes a proof file. One that is there already gets an anchor if it has none, and is left as it
 * is otherwise: a proof that was anchored must not go back to pending. Throws FILE_EXISTS for a
 * file with other content, or with a proof that shows other columns.
 */
export async function writeProof(file: string, proof: ProofFile): Promise<void> {
  try {
    await writeFile(file, encodeProofFile(proof), { flag: "wx" });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    const existing = await readSameProof(file, proof);
    if (existing === undefined) {
      throw new AgentError(
        "FILE_EXISTS",
        `${file}: expected no file or the same proof, found a different file or a proof that shows other columns; choose another --out`,
      );
    }
    if (existing.anchor.kind !== "pending" || proof.anchor.kind === "pending") return;
    const temporary = `${file}.upgrade`;
    await writeFile(temporary, encodeProofFile(proof));
    await rename(temporary, file);
  }
}

/**
 * Returns the proof in a file if it is this one, possibly with another anchor. Undefined otherwise.
 */
async function readSameProof(file: string, proof: ProofFile): Promise<ProofFile | undefined> {
  try {
    const existing = parseProofFile(await readFile(file));
    const upgraded = { ...proof, headers: existing.headers, anchor: existing.anchor };
    return Buffer.compare(encodeProofFile(upgraded), encodeProofFile(existing)) === 0 ? existing : undefined;
  } catch (error) {
    if (error instanceof ProofError) return undefined;
    throw error;
  }
}
