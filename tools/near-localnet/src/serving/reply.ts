import type { RpcFailure } from "../rpc/rpc-failure.ts";

/** What goes back to the client: an answer, or a connection that breaks. */
export type Reply = Answer | { readonly kind: "drop" };

interface Answer {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Returns a reply with a body of JSON. */
export function jsonReply(status: number, body: unknown): Answer {
  return { kind: "answer", status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** Returns the reply that tells a failure. */
export function failureReply(id: string | number | null, { error, httpStatus }: RpcFailure): Answer {
  return jsonReply(httpStatus, { jsonrpc: "2.0", error, id });
}

/** Returns a reply in plain text. */
export function textReply(status: number, body: string): Answer {
  return { kind: "answer", status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}

/**
 * Returns a reply in HTML. It shows what strangers wrote to the chain, so it may run and load
 * nothing.
 */
export function htmlReply(status: number, body: string): Answer {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  };
  return { kind: "answer", status, headers, body };
}
