import * as v from "valibot";
import { NearError } from "../near-error.ts";
import { RpcFailure } from "./rpc-failure.ts";

/** A way to one RPC node. */
export interface NearProvider {
  /** The node's host, for messages. A path may hold a key, so it is never shown. */
  readonly name: string;
  /**
   * Calls a method and returns its result. Rejects with an `RpcFailure`, and settles within the
   * time-out. Never tries twice.
   */
  call(method: string, params: unknown, signal?: AbortSignal): Promise<unknown>;
}

/** Options of `createNearProvider`. */
export interface NearProviderOptions {
  /** The node's address: http or https. */
  readonly url: string;
  /** Headers of each request, such as a provider's key. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The longest time of one call, in milliseconds. Default: 20,000. A node itself waits for about
   * 10,000 until a transaction is final.
   */
  readonly timeoutMs?: number;
}

/** The largest answer that is read. The largest of our own is a hundred tokens. */
const MAX_ANSWER_BYTES = 8 << 20;
/** The deepest nesting that is taken. A deeper one would exhaust the stack of who walks it. */
const MAX_DEPTH = 100;

const answerSchema = v.union([v.object({ error: v.looseObject({}) }), v.looseObject({ result: v.unknown() })]);
/** A name gets into messages, so it is not any text. */
const nameSchema = v.optional(v.pipe(v.string(), v.regex(/^\w{0,100}$/)), "");
const errorSchema = v.object({
  name: nameSchema,
  message: v.optional(v.string(), ""),
  data: v.optional(v.unknown()),
  cause: v.optional(v.object({ name: nameSchema, info: v.optional(v.unknown()) }), {}),
});

/** Creates a way to an RPC node, with `fetch`. Throws BAD_OPTIONS for an address that is none. */
export function createNearProvider({ url, headers = {}, timeoutMs = 20_000 }: NearProviderOptions): NearProvider {
  const address = URL.parse(url);
  const isPlain = address !== null && `${address.username}${address.password}` === "";
  if (!isPlain || !["http:", "https:"].includes(address.protocol)) {
    throw new NearError(
      "BAD_OPTIONS",
      "expected http://… or https://…, without a user name, as the address of an RPC node",
    );
  }
  const name = address.host;
  let calls = 0;
  return {
    name,
    async call(method, params, signal) {
      const body = JSON.stringify({ jsonrpc: "2.0", id: String((calls += 1)), method, params });
      const timeout = AbortSignal.timeout(timeoutMs);
      const request = {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body,
        // A redirect would send the transaction to a node that nobody chose.
        redirect: "error" as const,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      };
      try {
        const response = await fetch(address, request);
        return resultOf(name, response, await readBody(name, response));
      } catch (cause) {
        if (cause instanceof RpcFailure) throw cause;
        if (signal?.aborted === true) throw new RpcFailure(`${name}: the call was ended`, { kind: "aborted", cause });
        if (timeout.aborted)
          throw new RpcFailure(`${name}: no answer within ${timeoutMs / 1000} s`, { kind: "timed-out", cause });
        throw new RpcFailure(`${name}: ${reasonOf(cause)}`, { kind: "unreachable", cause });
      }
    },
  };
}

async function readBody(name: string, response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES)
      throw new RpcFailure(`${name}: an answer of more than ${MAX_ANSWER_BYTES >> 20} MiB`, { kind: "bad-answer" });
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Nodes send errors with several HTTP statuses, so the body counts before the status does. */
function resultOf(name: string, response: Response, body: string): unknown {
  const answer = v.safeParse(answerSchema, parseJson(body));
  if (!answer.success || (!response.ok && !("error" in answer.output)))
    throw notOfNode(name, response, "an answer that is not JSON-RPC");
  if (!("error" in answer.output)) return answer.output["result"];
  const parsed = v.safeParse(errorSchema, answer.output.error);
  const causeName = (parsed.success && (parsed.output.cause.name || parsed.output.name)) || undefined;
  if (!parsed.success || causeName === undefined) throw notOfNode(name, response, "an error that is not a node's");
  const { cause, data, message } = parsed.output;
  throw new RpcFailure(`${name}: ${causeName}`, {
    kind: "refused",
    causeName,
    detail: { info: cause.info, data, message },
  });
}

/** A server in between tells by its HTTP status what is wrong. */
function notOfNode(name: string, response: Response, what: string): RpcFailure {
  if (response.ok) return new RpcFailure(`${name}: ${what}`, { kind: "bad-answer" });
  const retryAfterMs = retryAfterOf(response);
  return new RpcFailure(`${name}: HTTP status ${response.status}`, { kind: "http", retryAfterMs });
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isDeep(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1)
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  return level.length > 0;
}

/** `Retry-After` in seconds, or as a date (RFC 9110, section 10.2.3). At most an hour. */
function retryAfterOf({ headers }: Response): number | undefined {
  const given = headers.get("retry-after");
  if (given === null) return undefined;
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), 3_600_000);
}

/** `fetch` tells the reason in the cause of its error. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? `no connection (${code})` : "no connection, or it broke";
}
