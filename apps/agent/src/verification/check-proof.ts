import type { NearReader } from "@etrap/anchor-near/reader";
import { codeOf, messageOf } from "@etrap/ledger";
import type { ObjectReader } from "@etrap/ledger";
import { encodeProofFile, parseProofFile, ProofError, verifyProof } from "@etrap/proof";
import type { VerifiedProof } from "@etrap/proof";
import { compareWithLedger } from "./compare-with-ledger.ts";
import type { Comparison } from "./compare-with-ledger.ts";
import { findAnchor } from "./find-anchor.ts";

/** What a proof file is checked against. */
export interface Witnesses {
  /** The contract that is trusted. Undefined for a check offline. */
  readonly near: NearReader | undefined;
  /** A ledger to compare the file with. */
  readonly ledger: ObjectReader | undefined;
}

/** What a check found. */
export type CheckedProof =
  | {
      readonly kind: "consistent";
      readonly proof: VerifiedProof;
      /** The bytes of the file with an anchor that it does not have yet. */
      readonly upgraded: Uint8Array | undefined;
      readonly comparison: Comparison | undefined;
    }
  | { readonly kind: "refused"; readonly error: ProofError };

/**
 * Checks a proof file, also against the contract and a ledger where they are given. Never rejects
 * for what the file holds: a contract that gives no answer makes it `could not check`.
 */
export async function checkProof(bytes: Uint8Array, { near, ledger }: Witnesses): Promise<CheckedProof> {
  try {
    const offline = verifyProof(bytes);
    const { proof, upgraded } =
      near === undefined ? { proof: offline, upgraded: undefined } : await ask(bytes, offline, { near, ledger });
    const comparison = ledger && (await compareWithLedger(ledger, parseProofFile(bytes)));
    return { kind: "consistent", proof, upgraded, comparison };
  } catch (error) {
    if (error instanceof ProofError) return { kind: "refused", error };
    throw error;
  }
}

interface Asked {
  readonly near: NearReader;
  readonly ledger: ObjectReader | undefined;
}

async function ask(
  bytes: Uint8Array,
  { claim }: VerifiedProof,
  { near, ledger }: Asked,
): Promise<{ readonly proof: VerifiedProof; readonly upgraded: Uint8Array | undefined }> {
  if (claim !== null) {
    const anchor = await answered(async () => near.trust(claim));
    return { proof: verifyProof(bytes, { anchors: [anchor] }), upgraded: undefined };
  }
  const found = await answered(async () => findAnchor(parseProofFile(bytes), near, ledger));
  if (found === undefined) return { proof: verifyProof(bytes), upgraded: undefined };
  const upgraded = encodeProofFile(found);
  const { claim: attached } = verifyProof(upgraded);
  if (attached === null) throw new Error("expected the anchor that was attached");
  const trusted = await answered(async () => near.trust(attached));
  return { proof: verifyProof(upgraded, { anchors: [trusted] }), upgraded };
}

/** Turns a contract or a ledger that gives no answer into ANCHOR_UNCHECKED, with its reason. */
async function answered<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof ProofError || codeOf(cause) === undefined) throw cause;
    throw new ProofError("ANCHOR_UNCHECKED", `${messageOf(cause)} (${codeOf(cause)})`, { place: "anchor", cause });
  }
}
