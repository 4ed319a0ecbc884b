import type { Clock } from "@etrap/batcher";
import type { Signer } from "near-api-js";
import { NearError } from "../near-error.ts";
import { viewAccessKey, viewFinalBlock } from "../rpc/account-views.ts";
import type { NearProvider } from "../rpc/near-provider.ts";
import type { Nodes } from "../rpc/nodes.ts";
import { RpcFailure } from "../rpc/rpc-failure.ts";
import { rejectionOf } from "./error-of-rejection.ts";
import type { Rejection } from "./error-of-rejection.ts";
import { readOutcome } from "./outcome.ts";
import type { MintOutcome } from "./outcome.ts";
import { signMint } from "./sign-mint.ts";
import type { Mint, SignedMint } from "./sign-mint.ts";

/** The access key of one account, and what it needs to send transactions. */
export interface KeyLaneParts {
  readonly nodes: Nodes;
  readonly signer: Signer;
  readonly accountId: string;
  readonly contractId: string;
  readonly clock: Clock;
  /** The number of blocks after which the network takes a transaction no more. */
  readonly validityPeriod: number;
}

/** A settled mint. `never`: it was not executed, and never will be. */
export type Settled = (MintOutcome & { readonly hash: string }) | { readonly kind: "never" };

/**
 * The transactions of one access key, one at a time. A transaction whose fate is unclear is kept in
 * memory, and its bytes are sent again until its fate is known: no other is signed before. After a
 * crash it is forgotten, which is harmless, since the contract mints a batch once.
 */
export interface KeyLane {
  /**
   * Settles the transaction that an earlier call left unclear. Returns the tokens that it was to
   * mint, none where nothing was unclear. Rejects with a `NearError` if it stays so.
   */
  settle(signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Signs and sends a transaction, and waits until it is final. Rejects with a `NearError`. After
   * OUTCOME_UNKNOWN or NEAR_DISAGREEMENT it may have minted.
   */
  mint(batches: Mint["batches"], signal: AbortSignal): Promise<Settled>;
}

/** How often all nodes are tried, and the pause before each further time. */
const PASSES = 3;
const PAUSE_MS = 1_000;

/** Creates the lane of a key. Nothing is asked yet. */
export function createKeyLane(parts: KeyLaneParts): KeyLane {
  const { nodes, signer, accountId, contractId } = parts;
  let pending: SignedMint | undefined;
  /** The highest nonce that may have been sent. A node that is behind may not know it. */
  let lastNonce = 0n;

  const sign = async (batches: Mint["batches"], signal: AbortSignal): Promise<SignedMint> => {
    const publicKey = (await signer.getPublicKey()).toString();
    try {
      const key = { accountId, publicKey, finality: "optimistic" } as const;
      const { nonce } = await nodes.first(async (node) => viewAccessKey(node, key, signal));
      const block = await nodes.first(async (node) => viewFinalBlock(node, signal));
      const place = { nonce: (nonce > lastNonce ? nonce : lastNonce) + 1n, blockHash: block.hash };
      return await signMint(signer, { accountId, contractId, batches }, { ...place, blockHeight: block.height });
    } catch (error) {
      throw error instanceof RpcFailure ? keyProblem(error, accountId) : error;
    }
  };

  const settlePending = async (signed: SignedMint, signal: AbortSignal): Promise<Settled> => {
    const settled = await settleMint(parts, signed, signal);
    pending = undefined;
    return settled;
  };

  return {
    async settle(signal) {
      if (pending === undefined) return [];
      const { tokenIds, hash } = pending;
      try {
        await settlePending(pending, signal);
        return tokenIds;
      } catch (error) {
        if (!(error instanceof NotSent)) throw error;
        // It was sent by an earlier call, so it stays unclear.
        const { cause } = error;
        throw cause.code === "UNAVAILABLE" ? unknownOutcome(hash, cause) : cause;
      }
    },
    async mint(batches, signal) {
      if (pending !== undefined) throw new Error("the transaction before must be settled first");
      const signed = await sign(batches, signal);
      if (signal.aborted) throw new NearError("UNAVAILABLE", "the call was ended; nothing was sent");
      // From here on the transaction may be executed, whatever is answered.
      [pending, lastNonce] = [signed, signed.nonce];
      try {
        return await settlePending(signed, signal);
      } catch (error) {
        if (error instanceof NotSent) {
          pending = undefined;
          throw error.cause;
        }
        throw error;
      }
    },
  };
}

/** Every node refused the transaction each time that it was sent, so it was never executed. */
class NotSent extends Error {
  override readonly name = "NotSent";
  override readonly cause: NearError;

  constructor(cause: NearError) {
    super(cause.message);
    this.cause = cause;
  }
}

/**
 * Sends the same bytes until enough nodes agree on the outcome, or on that there will be none.
 * Executed twice they cannot be: the network takes a nonce once.
 */
async function settleMint(parts: KeyLaneParts, signed: SignedMint, signal: AbortSignal): Promise<Settled> {
  const { nodes, clock } = parts;
  let isClear = true;
  let last: NearError | undefined;
  for (let pass = 0; pass < PASSES && !signal.aborted; pass += 1) {
    if (pass > 0) await clock.sleep(PAUSE_MS, signal);
    let refused: NearError | undefined;
    for (const node of nodes.usable()) {
      if (signal.aborted) break;
      const answer = await sendTo(parts, node, { signed, signal });
      if (answer.kind === "settled") return answer.settled;
      if (answer.kind === "refused") refused ??= answer.error;
      else {
        if (answer.kind === "unclear") isClear = false;
        last = answer.error;
      }
    }
    // A permanent answer is told at once. What was sent before may still be executed.
    if (refused !== undefined && last === undefined) throw isClear ? new NotSent(refused) : refused;
    if (refused !== undefined) last = refused;
  }
  if (signal.aborted)
    throw new NearError(
      "OUTCOME_UNKNOWN",
      `transaction ${signed.hash}: the call was ended before its outcome was known`,
    );
  if (last === undefined)
    throw new NotSent(new NearError("UNAVAILABLE", "no RPC node can be asked now: each rests after failures"));
  throw unknownOutcome(signed.hash, last);
}

function unknownOutcome(hash: string, { code, message }: NearError): NearError {
  return new NearError(
    code === "NEAR_DISAGREEMENT" ? code : "OUTCOME_UNKNOWN",
    `transaction ${hash}: its outcome is not known: ${message}`,
  );
}

type Answer =
  | { readonly kind: "settled"; readonly settled: Settled }
  /** The node takes it never. */
  | { readonly kind: "refused"; readonly error: NearError }
  /** The node does not take it now. */
  | { readonly kind: "later"; readonly error: NearError }
  | { readonly kind: "unclear"; readonly error: NearError };

interface Sending {
  readonly signed: SignedMint;
  readonly signal: AbortSignal;
}

async function sendTo(parts: KeyLaneParts, node: NearProvider, { signed, signal }: Sending): Promise<Answer> {
  const { nodes, accountId, contractId } = parts;
  const params = { signed_tx_base64: signed.base64, wait_until: "FINAL" };
  let rejection: Rejection;
  try {
    const outcome = await nodes.ask(node, async () =>
      outcomeFrom(node, await node.call("send_tx", params, signal), { signed, contractId }),
    );
    const agreed = await confirm(parts, { signed, signal }, async (other) => (other === node ? outcome : undefined));
    return { kind: "settled", settled: agreed };
  } catch (error) {
    if (error instanceof NearError) return { kind: "unclear", error };
    if (!(error instanceof RpcFailure)) throw error;
    const found = rejectionOf(error, accountId);
    if (found === undefined)
      return { kind: "unclear", error: new NearError("OUTCOME_UNKNOWN", error.message, { cause: error }) };
    rejection = found;
  }
  if (rejection.kind === "refused") return rejection;
  if (rejection.kind === "later") return { kind: "later", error: new NearError("UNAVAILABLE", rejection.why) };
  return lookForIt(parts, { signed, signal });
}

/** Asks what became of a transaction whose nonce is taken, or whose block is too old. */
async function lookForIt(parts: KeyLaneParts, sending: Sending): Promise<Answer> {
  try {
    const settled = await confirm(parts, sending, async () => undefined);
    return { kind: "settled", settled };
  } catch (error) {
    if (error instanceof NearError) return { kind: "unclear", error };
    if (!(error instanceof RpcFailure)) throw error;
    return { kind: "unclear", error: new NearError("OUTCOME_UNKNOWN", error.message, { cause: error }) };
  }
}

/**
 * Returns what enough nodes say became of a transaction. `known` is a node's answer where it has
 * one.
 */
async function confirm(
  parts: KeyLaneParts,
  sending: Sending,
  known: (node: NearProvider) => Promise<MintOutcome | undefined>,
): Promise<Settled> {
  const { hash } = sending.signed;
  const settled = await parts.nodes.agree<Settled>(
    async (node) => {
      const outcome = await known(node);
      return outcome === undefined ? fateOf(parts, node, sending) : { ...outcome, hash };
    },
    textOf,
    sending.signal,
  );
  return settled;
}

function textOf(settled: Settled): string {
  return JSON.stringify(
    settled.kind === "succeeded" ? { ...settled, minted: [...settled.minted].toSorted() } : settled,
  );
}

/**
 * Returns what a node knows of a transaction at its final block. One that it does not know was not
 * executed. It never will be once its nonce is taken or its block is too old. Rejects with an
 * `RpcFailure` while it may still be executed.
 */
async function fateOf(parts: KeyLaneParts, node: NearProvider, { signed, signal }: Sending): Promise<Settled> {
  const { accountId, contractId, signer, validityPeriod } = parts;
  const { hash, nonce, blockHeight } = signed;
  const publicKey = (await signer.getPublicKey()).toString();
  // The key is asked first: what is executed later than this block has a nonce above this one.
  const key = await viewAccessKey(node, { accountId, publicKey, finality: "final" }, signal);
  const params = { tx_hash: hash, sender_account_id: accountId };
  if (await knows(node, params, signal)) {
    const result = await node.call("tx", { ...params, wait_until: "FINAL" }, signal);
    return { ...outcomeFrom(node, result, { signed, contractId }), hash };
  }
  if (key.nonce >= nonce || key.blockHeight > blockHeight + validityPeriod) return { kind: "never" };
  throw new RpcFailure(`${node.name}: the transaction is not final yet`, { kind: "timed-out" });
}

async function knows(node: NearProvider, params: object, signal: AbortSignal): Promise<boolean> {
  try {
    await node.call("tx", { ...params, wait_until: "NONE" }, signal);
    return true;
  } catch (error) {
    if (error instanceof RpcFailure && error.causeName === "UNKNOWN_TRANSACTION") return false;
    throw error;
  }
}

function outcomeFrom(
  { name }: NearProvider,
  result: unknown,
  { signed, contractId }: { readonly signed: SignedMint; readonly contractId: string },
): MintOutcome {
  const outcome = readOutcome(result, signed.hash, contractId);
  if (outcome !== undefined) return outcome;
  throw new RpcFailure(`${name}: an answer that does not show the final outcome`, { kind: "bad-answer" });
}

function keyProblem(failure: RpcFailure, accountId: string): NearError {
  if (failure.causeName === "UNKNOWN_ACCESS_KEY")
    return new NearError(
      "NEAR_KEY_UNKNOWN",
      `${accountId} does not have this key; add it to the account, or set its private key`,
    );
  if (failure.causeName === "UNKNOWN_ACCOUNT")
    return new NearError("NEAR_ACCOUNT_UNKNOWN", `there is no account ${accountId}; check its name and the network`);
  return new NearError("UNAVAILABLE", failure.message, { cause: failure });
}
