import { digestText } from "../bytes/digest.ts";
import { littleEndian } from "../bytes/little-endian.ts";
import type { Action } from "../transaction/action.ts";

/** Where the result of a receipt goes. */
export interface DataOutput {
  readonly dataId: string;
  readonly receiverId: string;
}

/** Actions that one account asks another to do. Ids are in base58. */
export interface ActionReceipt {
  readonly kind: "actions";
  readonly id: string;
  readonly predecessorId: string;
  readonly receiverId: string;
  readonly signerId: string;
  readonly signerPublicKey: string;
  /** What the signer paid for a unit of gas, in yoctoNEAR. 0 for a refund. */
  readonly gasPrice: bigint;
  readonly actions: readonly Action[];
  /** The results that it waits for. */
  readonly inputs: readonly string[];
  readonly outputs: readonly DataOutput[];
}

/** The result of one receipt on its way to another: undefined where that failed. */
export interface DataReceipt {
  readonly kind: "data";
  readonly id: string;
  readonly predecessorId: string;
  readonly receiverId: string;
  readonly dataId: string;
  readonly value: Uint8Array | undefined;
}

/** A message between accounts. */
export type Receipt = ActionReceipt | DataReceipt;

/** Money that an account gets without anyone's action. */
export interface Refund {
  readonly receiverId: string;
  /** In yoctoNEAR. */
  readonly deposit: bigint;
}

/** The account that refunds come from. */
export const SYSTEM = "system";

/** Whether a receipt gives back what a call did not use. */
export function isRefund(receipt: Receipt): boolean {
  return receipt.predecessorId === SYSTEM;
}

/** Makes ids that no other parent, block or number has. */
export type IdMaker = () => string;

/**
 * Creates the ids of what comes of the receipt or transaction `parentId` in the block at `height`.
 */
export function idsBelow(parentId: string, height: number): IdMaker {
  let count = 0;
  return () => digestText(Buffer.from(parentId), littleEndian(height, 8), littleEndian(count++, 8));
}
