import { expect, test } from "vitest";
import type { NearProvider } from "./near-provider.ts";
import { createNodes } from "./nodes.ts";
import type { NodeEvent, Nodes } from "./nodes.ts";
import { RpcFailure } from "./rpc-failure.ts";

type Reply = () => unknown;

/** A node that gives these replies in turn, and its last one for ever. */
function fakeNode(
  name: string,
  replies: Reply[],
  chainId = "testnet",
): NearProvider & { readonly asked: () => number } {
  let asked = 0;
  return {
    name,
    asked: () => asked,
    async call(method) {
      if (method === "status") return { chain_id: chainId };
      asked += 1;
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      return reply?.();
    },
  };
}

const down: Reply = () => {
  throw new RpcFailure("down", { kind: "unreachable" });
};
const limited: Reply = () => {
  throw new RpcFailure("slow down", { kind: "http", retryAfterMs: 60_000 });
};
function refusing(causeName: string): Reply {
  return () => {
    throw new RpcFailure(causeName, { kind: "refused", causeName });
  };
}
function saying(answer: unknown): Reply {
  return () => answer;
}

interface Asked {
  readonly nodes: Nodes;
  readonly events: NodeEvent[];
  pass(ms: number): void;
  agree(): Promise<unknown>;
  first(): Promise<unknown>;
}

function nodesOf(providers: NearProvider[], minAgreement = Math.min(2, providers.length)): Asked {
  let now = 0;
  const events: NodeEvent[] = [];
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const nodes = createNodes({
    providers,
    network: "testnet",
    minAgreement,
    clock,
    onEvent: (event) => events.push(event),
  });
  const question = async (node: NearProvider): Promise<unknown> => node.call("query", {});
  return {
    nodes,
    events,
    pass: (ms) => void (now += ms),
    agree: async () => nodes.agree(question, (answer) => JSON.stringify(answer)),
    first: async () => nodes.first(question),
  };
}

test("a node of another network is never asked", async () => {
  const node = fakeNode("a", [saying(1)], "mainnet");
  const { first, agree, nodes } = nodesOf([node]);
  for (const ask of [first(), agree(), nodes.checkNetwork()])
    await expect(ask).rejects.toMatchObject({ code: "NEAR_WRONG_NETWORK" });
  expect(node.asked()).toBe(0);
});

test("a failing node rests longer each time, and is told once when it fails and when it is back", async () => {
  const node = fakeNode("a", [down, down, down, saying(1)]);
  const { nodes, first, pass, events } = nodesOf([node]);
  const failing = expect.objectContaining({ code: "UNAVAILABLE", message: expect.stringContaining("down") });
  await expect(first()).rejects.toEqual(failing);
  // The first failure is often the only one.
  expect(nodes.usable()).toHaveLength(1);
  await expect(first()).rejects.toEqual(failing);
  expect(nodes.usable()).toHaveLength(0);
  pass(500);
  await expect(first()).rejects.toEqual(failing);
  pass(500);
  expect(nodes.usable()).toHaveLength(0);
  await expect(first()).rejects.toMatchObject({ message: expect.stringContaining("rests after failures") });
  pass(500);
  expect(await first()).toBe(1);
  expect(events.map(({ type }) => type)).toEqual(["near-node-failing", "near-node-back"]);
});

test("a node is left alone for as long as it asks", async () => {
  const { nodes, first, pass } = nodesOf([fakeNode("a", [limited, saying(1)])]);
  await expect(first()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  pass(59_999);
  expect(nodes.usable()).toHaveLength(0);
  pass(1);
  expect(await first()).toBe(1);
});

test("the first node that answers counts, and so does the first that refuses", async () => {
  expect(await nodesOf([fakeNode("a", [down]), fakeNode("b", [saying(2)])]).first()).toBe(2);
  const second = fakeNode("b", [saying(2)]);
  const refused = nodesOf([fakeNode("a", [refusing("UNKNOWN_ACCOUNT")]), second]).first();
  await expect(refused).rejects.toMatchObject({ causeName: "UNKNOWN_ACCOUNT" });
  expect(second.asked()).toBe(0);
  // A node that says that it does not work is no refusal.
  expect(await nodesOf([fakeNode("a", [refusing("NO_SYNCED_BLOCKS")]), fakeNode("b", [saying(2)])]).first()).toBe(2);
});

test("two equal answers are believed, and one is not", async () => {
  expect(await nodesOf([fakeNode("a", [saying(1)]), fakeNode("b", [saying(1)])]).agree()).toBe(1);
  const apart = nodesOf([fakeNode("a", [saying(1)]), fakeNode("b", [saying(2)])]).agree();
  await expect(apart).rejects.toMatchObject({ code: "NEAR_DISAGREEMENT" });
  const alone = nodesOf([fakeNode("a", [saying(1)]), fakeNode("b", [down])]).agree();
  await expect(alone).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("fewer than 2") });
});

test("a third node decides, and is asked only then", async () => {
  const third = fakeNode("c", [saying(2)]);
  expect(await nodesOf([fakeNode("a", [saying(1)]), fakeNode("b", [saying(2)]), third], 2).agree()).toBe(2);
  const unasked = fakeNode("c", [saying(2)]);
  await nodesOf([fakeNode("a", [saying(1)]), fakeNode("b", [saying(1)]), unasked], 2).agree();
  expect(unasked.asked()).toBe(0);
});

test("nodes that differ for a moment are looked at again", async () => {
  const behind = fakeNode("b", [saying(1), saying(1), saying(2)]);
  expect(await nodesOf([fakeNode("a", [saying(2)]), behind]).agree()).toBe(2);
});

test("a refusal is an answer: agreed it is told, against an answer it is a disagreement", async () => {
  const refuses = (): NearProvider => fakeNode("a", [refusing("UNKNOWN_ACCOUNT")]);
  await expect(nodesOf([refuses(), refuses()]).agree()).rejects.toMatchObject({ causeName: "UNKNOWN_ACCOUNT" });
  const apart = nodesOf([refuses(), fakeNode("b", [saying(1)])]).agree();
  await expect(apart).rejects.toMatchObject({ code: "NEAR_DISAGREEMENT" });
});
