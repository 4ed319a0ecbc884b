import type { Fault, FaultyRequest, RpcErrorBody } from "@etrap/near-localnet";

/** What goes wrong in a row of the report. */
export interface FaultKind {
  readonly name: string;
  /** The RPC methods that it hits. Default: every one. */
  readonly methods?: readonly string[];
  /** Whether only the first of the two nodes has it, as a lie must. Default: false. */
  readonly isOfOneNode?: boolean;
  readonly fault: (request: FaultyRequest) => Fault;
}

const MINTS = ["send_tx", "tx"];

/** Returns a fault of which the request is not looked at. */
function always(fault: Fault): () => Fault {
  return () => fault;
}

function refusal(cause: string, data: unknown = {}): Fault {
  const error: RpcErrorBody = {
    name: "HANDLER_ERROR",
    cause: { name: cause, info: {} },
    code: -32_000,
    message: "Server error",
    data,
  };
  return { kind: "error", error, isServed: true };
}

function invalid(cause: unknown): Fault {
  return refusal("INVALID_TRANSACTION", { TxExecutionError: { InvalidTxError: cause } });
}

/** Returns a copy of an answer in which every text that matches is replaced. */
function replacing(pattern: RegExp, replacement: string): (result: unknown) => unknown {
  return (result) => JSON.parse(JSON.stringify(result).replaceAll(pattern, replacement));
}

/** Changes the first digit of every Merkle root in the values that a contract returned. */
function otherRoots(result: unknown): unknown {
  if (typeof result !== "object" || result === null) return result;
  const answer = structuredClone(result) as { result?: number[]; receipts_outcome?: { outcome: { status: object } }[] };
  const forge = (text: string): string =>
    text.replaceAll(/("merkle_root":")(.)/g, (_, start: string, digit: string) => start + (digit === "0" ? "1" : "0"));
  if (Array.isArray(answer.result)) {
    const text = new TextDecoder().decode(Uint8Array.from(answer.result));
    answer.result = [...new TextEncoder().encode(forge(text))];
  }
  for (const { outcome } of answer.receipts_outcome ?? [])
    if ("SuccessValue" in outcome.status) {
      const text = Buffer.from(String(outcome.status.SuccessValue), "base64").toString();
      outcome.status = { SuccessValue: Buffer.from(forge(text)).toString("base64") };
    }
  return answer;
}

/** Answers that the contract holds nothing. */
function nothing(result: unknown): unknown {
  const isView = typeof result === "object" && result !== null && "result" in result;
  return isView ? { ...result, result: [...new TextEncoder().encode("null")] } : result;
}

/** Lets every transaction and receipt fail. */
function failures(result: unknown): unknown {
  return replacing(/\{"SuccessValue":"[^"]*"\}/g, '{"Failure":{"ActionError":{"kind":"lied"}}}')(result);
}

/** The faults of an RPC node, one by one. */
export const FAULT_KINDS: readonly FaultKind[] = [
  { name: "none", fault: always({ kind: "delay", ms: 0 }) },
  { name: "cut before the request is served", fault: always({ kind: "drop", isServed: false }) },
  { name: "cut after the request is served", fault: always({ kind: "drop", isServed: true }) },
  { name: "no answer in time, although served", methods: ["send_tx"], fault: always({ kind: "delay", ms: 600 }) },
  { name: "HTTP 408", fault: always({ kind: "http", status: 408 }) },
  { name: "HTTP 429 with Retry-After", fault: always({ kind: "http", status: 429, headers: { "retry-after": "7" } }) },
  { name: "HTTP 500", fault: always({ kind: "http", status: 500 }) },
  { name: "HTTP 503 with HTML, although served", fault: always({ kind: "http", status: 503, isServed: true }) },
  { name: "HTTP 200 with HTML", fault: always({ kind: "http", status: 200 }) },
  { name: "an empty answer, although served", fault: always({ kind: "http", status: 200, isServed: true, body: "" }) },
  { name: "TIMEOUT_ERROR, not served", methods: MINTS, fault: always({ kind: "timeout", isServed: false }) },
  { name: "TIMEOUT_ERROR, although served", methods: MINTS, fault: always({ kind: "timeout", isServed: true }) },
  { name: "INTERNAL_ERROR, although served", fault: always(refusal("INTERNAL_ERROR")) },
  { name: "UNKNOWN_TRANSACTION, although known", methods: ["tx"], fault: always(refusal("UNKNOWN_TRANSACTION")) },
  {
    name: "InvalidNonce, although executed",
    methods: ["send_tx"],
    fault: always(invalid({ InvalidNonce: { ak_nonce: 2, tx_nonce: 1 } })),
  },
  { name: "Expired, although executed", methods: ["send_tx"], fault: always(invalid("Expired")) },
  { name: "ShardCongested, although executed", methods: ["send_tx"], fault: always(invalid({ ShardCongested: {} })) },
  { name: "behind by some blocks", fault: ({ nth }) => ({ kind: "lag", blocks: 1 + (nth % 5) }) },
  { name: "lie: it failed", methods: MINTS, isOfOneNode: true, fault: always({ kind: "lie", forge: failures }) },
  { name: "lie: the root is another", isOfOneNode: true, fault: always({ kind: "lie", forge: otherRoots }) },
  {
    name: "lie: the contract holds nothing",
    methods: ["query"],
    isOfOneNode: true,
    fault: always({ kind: "lie", forge: nothing }),
  },
  {
    name: "lie: the transaction is another",
    methods: MINTS,
    isOfOneNode: true,
    fault: always({ kind: "lie", forge: replacing(/"hash":"\w{5}/g, '"hash":"11111') }),
  },
];
