import type { RpcErrorBody } from "../rpc/rpc-failure.ts";

/** A request as a fault plan sees it. */
export interface FaultyRequest {
  readonly method: string;
  readonly params: unknown;
  /** How many requests for this method the node had before, and this one: 1 for the first. */
  readonly nth: number;
}

/** What goes wrong with a request. Where `isServed`, the request is served before it goes wrong. */
export type Fault =
  /** The connection breaks. */
  | { readonly kind: "drop"; readonly isServed: boolean }
  /** The answer comes later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** A server in between answers, with HTML unless `body` says otherwise. */
  | {
      readonly kind: "http";
      readonly status: number;
      readonly isServed?: boolean;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The node answers `TIMEOUT_ERROR`, with the HTTP status 408 unless `status` says otherwise. */
  | { readonly kind: "timeout"; readonly isServed: boolean; readonly status?: number }
  /** The node answers an error. */
  | { readonly kind: "error"; readonly error: RpcErrorBody; readonly isServed?: boolean; readonly status?: number }
  /** The node knows fewer blocks than there are. */
  | { readonly kind: "lag"; readonly blocks: number }
  /** The node lies: it answers what `forge` makes of the result, which it is free to change. */
  | { readonly kind: "lie"; readonly forge: (result: unknown) => unknown };

/** Decides what goes wrong with a request. Undefined: nothing. */
export type FaultPlan = (request: FaultyRequest) => Fault | undefined;

/** A fault for some requests: of one method, or of all; of one count, or from the first on. */
export interface FaultRule {
  readonly method?: string;
  readonly nth?: number | readonly number[];
  readonly fault: Fault;
}

/** Returns the plan in which the first rule that fits a request counts. */
export function faultRules(rules: readonly FaultRule[]): FaultPlan {
  return ({ method, nth }) =>
    rules.find(
      (rule) => (rule.method ?? method) === method && (rule.nth === undefined || [rule.nth].flat().includes(nth)),
    )?.fault;
}
