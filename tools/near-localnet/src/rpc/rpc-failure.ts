/** An error that a node answers with, in the envelope of nearcore. */
export class RpcFailure extends Error {
  override readonly name = "RpcFailure";
  readonly error: RpcErrorBody;
  readonly httpStatus: number;

  constructor(error: RpcErrorBody, httpStatus: number) {
    super(error.cause.name);
    this.error = error;
    this.httpStatus = httpStatus;
  }
}

/** The member `error` of an answer. */
export interface RpcErrorBody {
  readonly name: "HANDLER_ERROR" | "REQUEST_VALIDATION_ERROR" | "INTERNAL_ERROR";
  readonly cause: { readonly name: string; readonly info: Readonly<Record<string, unknown>> };
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** Details of a handler's failure. */
export interface FailureDetails {
  readonly info?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  /** 200 unless said otherwise. */
  readonly httpStatus?: number;
}

/** Returns a failure of the method itself, with a cause such as `UNKNOWN_ACCOUNT`. */
export function handlerFailure(cause: string, { info = {}, data, httpStatus = 200 }: FailureDetails = {}): RpcFailure {
  return new RpcFailure(
    { name: "HANDLER_ERROR", cause: { name: cause, info }, code: -32_000, message: "Server error", data },
    httpStatus,
  );
}

/** Returns the refusal of a request that cannot be read. */
export function parseFailure(what: string, httpStatus = 400): RpcFailure {
  return new RpcFailure(
    {
      name: "REQUEST_VALIDATION_ERROR",
      cause: { name: "PARSE_ERROR", info: { error_message: what } },
      code: -32_700,
      message: "Parse error",
      data: what,
    },
    httpStatus,
  );
}

/** Returns the refusal of a method that this node does not have. */
export function methodNotFound(method: string): RpcFailure {
  return new RpcFailure(
    {
      name: "REQUEST_VALIDATION_ERROR",
      cause: { name: "METHOD_NOT_FOUND", info: { method_name: method } },
      code: -32_601,
      message: "Method not found",
      data: method,
    },
    400,
  );
}

/** Returns the failure of the node itself. */
export function internalFailure(what: string): RpcFailure {
  return new RpcFailure(
    {
      name: "INTERNAL_ERROR",
      cause: { name: "INTERNAL_ERROR", info: { error_message: what } },
      code: -32_000,
      message: "Server error",
      data: what,
    },
    500,
  );
}

/** Returns the failure of a wait that ended before its condition held. */
export function timeoutFailure(httpStatus = 408): RpcFailure {
  return handlerFailure("TIMEOUT_ERROR", { data: "Timeout", httpStatus });
}
