import type { Clock } from "@etrap/batcher";
import * as v from "valibot";
import { NearError } from "../near-error.ts";
import type { NearProvider } from "./near-provider.ts";
import { RpcFailure } from "./rpc-failure.ts";

/** What is reported of a node. Each is reported once when it begins and once when it ends. */
export type NodeEvent =
  | { readonly type: "near-node-failing"; readonly node: string; readonly message: string }
  | { readonly type: "near-node-back"; readonly node: string };

/** What `createNodes` needs. */
export interface NodesOptions {
  readonly providers: readonly NearProvider[];
  /** The chain id that each node must have. */
  readonly network: string;
  /** How many nodes must give the same answer. */
  readonly minAgreement: number;
  readonly clock: Clock;
  readonly onEvent: (event: NodeEvent) => void;
}

/** Asks one node. */
type Ask<T> = (node: NearProvider) => Promise<T>;

/** The nodes of one network, with what is known of their health. */
export interface Nodes {
  readonly minAgreement: number;
  /** Returns the nodes that may be asked now, the healthy ones first. */
  usable(): readonly NearProvider[];
  /** Asks a node, and keeps its health. Rejects with what it says, or with NEAR_WRONG_NETWORK. */
  ask<T>(node: NearProvider, ask: Ask<T>): Promise<T>;
  /**
   * Asks nodes in turn until one answers or refuses. Rejects with the refusal, or with UNAVAILABLE.
   */
  first<T>(ask: Ask<T>): Promise<T>;
  /**
   * Asks nodes until enough of them give the same answer, by its text from `textOf`. A refusal
   * counts as an answer. Nodes that know blocks of different height differ for a moment, so a
   * disagreement is looked at again for some seconds. Rejects with the agreed refusal,
   * NEAR_DISAGREEMENT or UNAVAILABLE.
   */
  agree<T>(ask: Ask<T>, textOf: (answer: T) => string, signal?: AbortSignal): Promise<T>;
  /** Rejects with NEAR_WRONG_NETWORK if a node that answers is of another network. */
  checkNetwork(): Promise<void>;
}

interface Health {
  failures: number;
  /** The time before which the node is left alone. */
  restsUntil: number;
  /** Whether the node has told the right chain id. */
  isChecked: boolean;
}

/** How often a disagreement is looked at again, and the pause before each. */
const SECOND_LOOKS = 4;
const SECOND_LOOK_MS = 750;

const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 30_000;

const statusSchema = v.object({ chain_id: v.pipe(v.string(), v.maxLength(100)) });

/** Creates the nodes of a network. Nothing is asked yet. */
export function createNodes({ providers, network, minAgreement, clock, onEvent }: NodesOptions): Nodes {
  const healthOf = new Map(
    providers.map((node): [NearProvider, Health] => [node, { failures: 0, restsUntil: 0, isChecked: false }]),
  );

  const failed = (node: NearProvider, health: Health, failure: RpcFailure): void => {
    if (failure.kind === "aborted") return;
    health.failures += 1;
    // The first failure is often the only one, and the same bytes may be sent again at once.
    const rest = health.failures === 1 ? 0 : Math.min(FIRST_REST_MS * 2 ** (health.failures - 2), LONGEST_REST_MS);
    health.restsUntil = clock.now() + Math.max(rest, failure.retryAfterMs ?? 0);
    if (health.failures === 2) onEvent({ type: "near-node-failing", node: node.name, message: failure.message });
  };
  const answered = (node: NearProvider, health: Health): void => {
    if (health.failures > 1) onEvent({ type: "near-node-back", node: node.name });
    [health.failures, health.restsUntil] = [0, 0];
  };

  const ask = async <T>(node: NearProvider, question: Ask<T>): Promise<T> => {
    const health = healthOf.get(node) ?? { failures: 0, restsUntil: 0, isChecked: false };
    try {
      if (!health.isChecked) {
        checkChainId(node, v.safeParse(statusSchema, await node.call("status", [])), network);
        health.isChecked = true;
      }
      const answer = await question(node);
      answered(node, health);
      return answer;
    } catch (error) {
      if (!(error instanceof RpcFailure)) throw error;
      // A node that refuses works, but for the refusals by which it says that it does not.
      if (isAboutNode(error)) failed(node, health, error);
      else answered(node, health);
      throw error;
    }
  };

  const usable = (): NearProvider[] => {
    const now = clock.now();
    const ready = Array.from(healthOf).filter(([, { restsUntil }]) => restsUntil <= now);
    return ready.toSorted(([, one], [, other]) => one.failures - other.failures).map(([node]) => node);
  };

  const agreeNow = async <T>(question: Ask<T>, textOf: (answer: T) => string): Promise<T> => {
    const votes = new Map<string, (() => T)[]>();
    const errors: unknown[] = [];
    const vote = async (node: NearProvider): Promise<void> => {
      try {
        const answer = await ask(node, question);
        add(votes, textOf(answer), () => answer);
      } catch (error) {
        if (!(error instanceof RpcFailure) || isAboutNode(error)) errors.push(error);
        else
          add(votes, `refused ${error.causeName} ${JSON.stringify(verdictOf(error))}`, () => {
            throw error;
          });
      }
    };
    const nodes = usable();
    await Promise.all(nodes.slice(0, minAgreement).map(vote));
    for (const node of [undefined, ...nodes.slice(minAgreement)]) {
      if (node !== undefined) await vote(node);
      const agreed = Array.from(votes.values()).find((group) => group.length >= minAgreement);
      if (agreed?.[0] !== undefined) return agreed[0]();
    }
    if (votes.size > 1)
      throw new NearError(
        "NEAR_DISAGREEMENT",
        `the RPC nodes give ${votes.size} different answers, and ${minAgreement} must agree. One is behind or lies; give another node if it lasts`,
      );
    throw unavailable(errors, votes.size === 0 ? undefined : minAgreement);
  };

  return {
    minAgreement,
    usable,
    ask,
    async first(question) {
      const errors: unknown[] = [];
      for (const node of usable()) {
        try {
          return await ask(node, question);
        } catch (error) {
          if (error instanceof RpcFailure && !isAboutNode(error)) throw error;
          errors.push(error);
        }
      }
      throw unavailable(errors);
    },
    async agree(question, textOf, signal) {
      for (let look = 0; ; look += 1) {
        try {
          return await agreeNow(question, textOf);
        } catch (error) {
          const isLast = look === SECOND_LOOKS || signal?.aborted === true;
          if (isLast || !(error instanceof NearError) || error.code !== "NEAR_DISAGREEMENT") throw error;
        }
        await clock.sleep(SECOND_LOOK_MS, signal);
      }
    },
    async checkNetwork() {
      const outcomes = await Promise.allSettled(providers.map((node) => ask(node, async () => undefined)));
      const wrong = outcomes.find((each) => each.status === "rejected" && each.reason instanceof NearError);
      if (wrong?.status === "rejected") throw wrong.reason;
      if (outcomes.filter(({ status }) => status === "fulfilled").length < minAgreement)
        throw unavailable(
          outcomes.map((each) => (each.status === "rejected" ? each.reason : undefined)),
          minAgreement,
        );
    },
  };
}

function add<T>(votes: Map<string, T[]>, text: string, vote: T): void {
  votes.set(text, [...(votes.get(text) ?? []), vote]);
}

function checkChainId({ name }: NearProvider, status: v.SafeParseResult<typeof statusSchema>, network: string): void {
  if (!status.success) throw new RpcFailure(`${name}: an answer that is not a node's`, { kind: "bad-answer" });
  if (status.output.chain_id === network) return;
  throw new NearError(
    "NEAR_WRONG_NETWORK",
    `${name}: expected a node of ${network}, found one of ${JSON.stringify(status.output.chain_id)}; give a node of ${network}`,
  );
}

/** Causes by which a node says that it cannot tell. */
const NO_ANSWERS: readonly (string | undefined)[] = [
  "TIMEOUT_ERROR",
  "INTERNAL_ERROR",
  "NO_SYNCED_BLOCKS",
  "NOT_SYNCED_YET",
  "UNAVAILABLE_SHARD",
  "UNKNOWN_BLOCK",
  "METHOD_NOT_FOUND",
  "PARSE_ERROR",
  "REQUEST_ROUTED",
];

/** Whether a failure says nothing about what was asked. */
function isAboutNode({ kind, causeName }: RpcFailure): boolean {
  return kind !== "refused" || NO_ANSWERS.includes(causeName);
}

/** The part of a refusal that does not depend on the node or its newest block. */
function verdictOf({ detail }: RpcFailure): unknown {
  const shape = v.safeParse(v.object({ data: v.unknown() }), detail);
  return shape.success && typeof shape.output.data === "object" ? shape.output.data : null;
}

function unavailable(errors: readonly unknown[], needed?: number): NearError {
  const wrong = errors.find((error) => error instanceof NearError);
  if (wrong !== undefined && errors.every((error) => error instanceof NearError)) return wrong;
  const texts = errors.flatMap((error) => (error instanceof Error ? error.message : []));
  const resting = needed === undefined ? "every one rests" : "the others rest";
  const why = texts.length === 0 ? `${resting} after failures` : texts.join("; ");
  const what = needed === undefined ? "no RPC node answers" : `fewer than ${needed} RPC nodes answer`;
  return new NearError("UNAVAILABLE", `${what}: ${why}`);
}
