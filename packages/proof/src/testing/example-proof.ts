import type { Row } from "../batch-data.ts";
import { discloseProof } from "../disclose.ts";
import { commitToImage, openImage } from "../image.ts";
import type { Commitment } from "../image.ts";
import { encodeProofFile } from "../proof-file.ts";
import type { ProofFile } from "../proof-file.ts";
import { verifyBatch } from "../verify-batch.ts";
import { sampleDocuments, sampleRow } from "./sample-batch.ts";

const OWNERS = ["Ana", "Bo", "Čeněk"];

/** The published examples: a proof of the second of three inserts, whole, and with the column `iban` hidden. By file name. */
export function exampleProofs(): ReadonlyMap<string, string> {
  const inPart = discloseProof(prove("fields"), { key: "all", after: ["id", "owner"] });
  const textOf = (file: ProofFile): string => new TextDecoder().decode(encodeProofFile(file));
  return new Map([
    ["account.etrap.json", textOf(prove("row"))],
    ["account-in-part.etrap.json", textOf(inPart)],
  ]);
}

function prove(commitment: Commitment): ProofFile {
  // Salts that anyone can predict hide nothing: these are for an example alone, and the same in each run.
  let count = 0;
  const salt = (): string => (count += 1).toString(16).padStart(2, "0").repeat(16);
  const rows = OWNERS.map((owner, index) => insert(index, owner, commitment, salt));
  return verifyBatch(sampleDocuments(rows)).prove(1);
}

function insert(index: number, owner: string, commitment: Commitment, salt: () => string): Row {
  const id = String(index + 6);
  const key = openImage({ id }, commitment, salt);
  const after = openImage({ id, iban: `DE0210010010000682010${index}`, owner }, commitment, salt);
  return {
    record: {
      ...sampleRow(index).record,
      timestamp: 1_749_855_135_648,
      captured_at: `174985513565012345${index}`,
      lsn: String(24_023_128 + 48 * index),
      run: "01a205fb-ce78-74e3-b0ed-31a261964408",
      key: commitToImage(key),
      after: commitToImage(after),
    },
    payload: { key, before: null, after, entry: null },
  };
}
