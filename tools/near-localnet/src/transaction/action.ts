/** What an access key may do. */
export type Permission =
  | { readonly kind: "full" }
  | {
      readonly kind: "call";
      /** What the key may still spend on gas, in yoctoNEAR, or undefined for no limit. */
      readonly allowance: bigint | undefined;
      readonly receiverId: string;
      /** The methods that it may call. None means all. */
      readonly methods: readonly string[];
    };

/** An access key. Its public key is the name under which an account holds it. */
export interface AccessKey {
  readonly nonce: bigint;
  readonly permission: Permission;
}

/** One step of a receipt. Amounts are in yoctoNEAR, public keys in the form `ed25519:base58`. */
export type Action =
  | { readonly kind: "create-account" }
  | { readonly kind: "deploy"; readonly code: Uint8Array }
  | CallAction
  | { readonly kind: "transfer"; readonly deposit: bigint }
  | { readonly kind: "stake"; readonly stake: bigint; readonly publicKey: string }
  | { readonly kind: "add-key"; readonly publicKey: string; readonly accessKey: AccessKey }
  | { readonly kind: "delete-key"; readonly publicKey: string }
  | { readonly kind: "delete-account"; readonly beneficiaryId: string }
  | { readonly kind: "unsupported"; readonly name: string };

/** A call of a contract's method. */
export interface CallAction {
  readonly kind: "call";
  readonly method: string;
  readonly args: Uint8Array;
  readonly gas: bigint;
  readonly deposit: bigint;
}

/** Returns what the receiver gets with an action. */
function depositOf(action: Action): bigint {
  return action.kind === "call" || action.kind === "transfer" ? action.deposit : 0n;
}

/** Returns the sum of the deposits of `actions`. */
export function sumOfDeposits(actions: readonly Action[]): bigint {
  return actions.reduce((sum, action) => sum + depositOf(action), 0n);
}

/** Returns the sum of the gas that `actions` attach to calls. */
export function sumOfGas(actions: readonly Action[]): bigint {
  return actions.reduce((sum, action) => sum + (action.kind === "call" ? action.gas : 0n), 0n);
}
