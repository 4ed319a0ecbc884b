import type { StoreErrorCode } from "@etrap/ledger";

/**
 * A refusal by this store, with a code of `ObjectStore`. `cause` is the error of the file system.
 */
export class FsStoreError extends Error {
  override readonly name = "FsStoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
