import type { StoreErrorCode } from "@etrap/batcher";

/** A refusal by this store, with a code of the port. `cause` is the file system's error. */
export class FsStoreError extends Error {
  override readonly name = "FsStoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** The `code` of a file system's error, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
