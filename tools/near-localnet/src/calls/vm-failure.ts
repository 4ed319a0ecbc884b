/** How a call failed, in the network's own kinds. */
export type Failure =
  | { readonly kind: "prepare"; readonly error: "Deserialization" | "Instantiate" | "Memory" }
  | { readonly kind: "no-code"; readonly accountId: string }
  | { readonly kind: "method"; readonly error: "MethodEmptyName" | "MethodNotFound" | "MethodInvalidSignature" }
  | { readonly kind: "link"; readonly message: string }
  | { readonly kind: "trap"; readonly message: string }
  | { readonly kind: "host"; readonly message: string }
  | { readonly kind: "panic"; readonly message: string };

/** Ends the call of a contract. Thrown through WebAssembly, so nothing of the contract runs on. */
export class VmFailure extends Error {
  override readonly name = "VmFailure";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failureText(failure));
    this.failure = failure;
  }
}

const PREPARE_TEXTS = {
  Deserialization: "Error happened while deserializing the module.",
  Instantiate: "Error happened during instantiation.",
  Memory: "Error creating memory.",
} as const;

/** Returns the text of a failure as nodes write it. */
export function failureText(failure: Failure): string {
  switch (failure.kind) {
    case "prepare":
      return `PrepareError: ${PREPARE_TEXTS[failure.error]}`;
    case "no-code":
      return `cannot find contract code for account ${failure.accountId}`;
    case "method":
      return failure.error;
    case "link":
      return failure.message;
    case "trap":
      return `WebAssembly trap: ${failure.message}`;
    case "host":
      return failure.message;
    case "panic":
      return `Smart contract panicked: ${failure.message}`;
  }
}

/** Returns a failure as execution outcomes and answers to queries hold it (`FunctionCallError`). */
export function failureJson(failure: Failure): unknown {
  switch (failure.kind) {
    case "prepare":
      return { CompilationError: { PrepareError: failure.error } };
    case "no-code":
      return { CompilationError: { CodeDoesNotExist: { account_id: failure.accountId } } };
    case "method":
      return { MethodResolveError: failure.error };
    case "link":
      return { ExecutionError: `Link Error: ${failure.message}` };
    case "trap":
    case "host":
    case "panic":
      return { ExecutionError: failureText(failure) };
  }
}
