import { expect, test } from "vitest";
import type { NearProvider } from "./near-provider.ts";
import { createNodes } from "./nodes.ts";
import type { NodeEvent, Nodes } from "./nodes.ts";
import { RpcFailure } from "./rpc-failure.ts";

type Reply = () => unknown;

interface FakeNode extends NearProvider {
  /** How often it was asked for anything but its chain id. */
  readonly asked: () => number;
  /** How often it was asked for its chain id. */
  readonly checked: () => number;
}

/** A node that gives these replies in turn, and its last one for ever. */
function fakeNode(name: string, replies: Reply[], status: Reply = saying({ chain_id: "testnet" })): FakeNode {
  let [asked, checked] = [0, 0];
  return {
    name,
    asked: () => asked,
    checked: () => checked,
    async call(method) {
      if (method === "status") {
        checked += 1;
        return status();
      }
      asked += 1;
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      return reply?.();
    },
  };
}

function saying(answer: unknown): Reply {
  return () => answer;
}
function failing(facts: Partial<ConstructorParameters<typeof RpcFailure>[1]>, message = "down"): Reply {
  return () => {
    throw new RpcFailure(message, { kind: "unreachable", ...facts });
  };
}
function refusing(causeName: string, detail?: unknown): Reply {
  return failing({ kind: "refused", causeName, detail }, causeName);
}
const down = failing({});

interface Asked {
  readonly nodes: Nodes;
  readonly events: NodeEvent[];
  readonly now: () => number;
  pass(ms: number): void;
  agree(signal?: AbortSignal): Promise<unknown>;
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
    now: () => now,
    pass: (ms) => void (now += ms),
    agree: async (signal) => nodes.agree(question, (answer) => JSON.stringify(answer), signal),
    first: async () => nodes.first(question),
  };
}

const unavailable = (message: string): unknown => expect.objectContaining({ code: "UNAVAILABLE", message });

test("a node of another network is never asked", async () => {
  const node = fakeNode("a", [saying(1)], saying({ chain_id: "mainnet" }));
  const { first, agree, nodes } = nodesOf([node]);
  const asked = nodes.ask(node, async () => node.call("query", {}));
  for (const answer of [first(), agree(), nodes.checkNetwork(), asked])
    await expect(answer).rejects.toMatchObject({
      code: "NEAR_WRONG_NETWORK",
      message: 'a: expected a node of testnet, found one of "mainnet"; give a node of testnet',
    });
  expect(node.asked()).toBe(0);
});

test("one node of another network keeps no other from answering, but the check fails", async () => {
  const wrong = fakeNode("a", [saying(1)], saying({ chain_id: "mainnet" }));
  const { first, agree, nodes } = nodesOf([wrong, fakeNode("b", [saying(2)]), fakeNode("c", [saying(2)])]);
  expect([await first(), await agree()]).toEqual([2, 2]);
  await expect(nodes.checkNetwork()).rejects.toMatchObject({ code: "NEAR_WRONG_NETWORK" });
});

test("a node of another network in place of one that is needed is told", async () => {
  const wrong = fakeNode("a", [saying(1)], saying({ chain_id: "mainnet" }));
  await expect(nodesOf([wrong, fakeNode("b", [saying(1)])]).agree()).rejects.toMatchObject({
    code: "NEAR_WRONG_NETWORK",
  });
});

test.for<[string, unknown]>([
  ["without a chain id", {}],
  ["of null", null],
  ["of text", "testnet"],
  ["with a number for a chain id", { chain_id: 7 }],
  ["with a chain id of great length", { chain_id: "x".repeat(101) }],
])("a status %s is not a node's", async ([, status]) => {
  const node = fakeNode("a", [saying(1)], saying(status));
  const message = "no RPC node answers: a: an answer that is not a node's";
  await expect(nodesOf([node]).first()).rejects.toEqual(unavailable(message));
  expect(node.asked()).toBe(0);
});

test("a node is asked for its chain id until it has told it, and then no more", async () => {
  const statuses = [down, saying({ chain_id: "testnet" })];
  const node = fakeNode("a", [saying(1)], () => statuses.shift()?.());
  const { first, nodes } = nodesOf([node]);
  await expect(first()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  for (let time = 0; time < 3; time += 1) expect(await first()).toBe(1);
  await nodes.checkNetwork();
  expect(node.checked()).toBe(2);
});

test("the check of the network needs as many nodes as must agree", async () => {
  const good = (): NearProvider => fakeNode("good", []);
  const gone = (): NearProvider => fakeNode("gone", [], down);
  await nodesOf([good(), gone(), good()]).nodes.checkNetwork();
  const { nodes } = nodesOf([good(), gone()]);
  await expect(nodes.checkNetwork()).rejects.toEqual(unavailable("fewer than 2 RPC nodes answer: down"));
});

test("a failing node rests longer each time, up to a bound", async () => {
  const { nodes, first, pass, now } = nodesOf([fakeNode("a", [down])]);
  const rests: number[] = [];
  for (let failure = 0; failure < 11; failure += 1) {
    await expect(first()).rejects.toEqual(unavailable("no RPC node answers: down"));
    const begun = now();
    while (nodes.usable().length === 0) {
      await expect(first()).rejects.toEqual(unavailable("no RPC node answers: every one rests after failures"));
      pass(500);
    }
    rests.push(now() - begun);
  }
  expect(rests).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
});

test("a node is told once when it fails and once when it is back, and rests as at first after that", async () => {
  const { nodes, first, pass, events } = nodesOf([
    fakeNode("a", [down, failing({}, "still down"), down, saying(1), saying(1), down]),
  ]);
  for (let failure = 0; failure < 3; failure += 1) {
    await expect(first()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    pass(10_000);
  }
  await first();
  await first();
  expect(events).toEqual([
    { type: "near-node-failing", node: "a", message: "still down" },
    { type: "near-node-back", node: "a" },
  ]);
  await expect(first()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(nodes.usable()).toHaveLength(1);
});

test("a single failure is not told", async () => {
  const { first, events } = nodesOf([fakeNode("a", [down, saying(1)])]);
  await expect(first()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await first()).toBe(1);
  expect(events).toEqual([]);
});

test("a node is left alone for as long as it asks", async () => {
  const limited = failing({ kind: "http", retryAfterMs: 60_000 }, "slow down");
  const { nodes, first, pass } = nodesOf([fakeNode("a", [limited, saying(1)])]);
  await expect(first()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  pass(59_999);
  expect(nodes.usable()).toHaveLength(0);
  pass(1);
  expect(await first()).toBe(1);
});

test("a node that asks for less rests as long as others do", async () => {
  const { nodes, first, pass } = nodesOf([fakeNode("a", [failing({ kind: "http", retryAfterMs: 1 })])]);
  for (let failure = 0; failure < 2; failure += 1) {
    await expect(first()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    pass(failure === 0 ? 1 : 499);
  }
  expect(nodes.usable()).toHaveLength(0);
});

test("a call that was ended is no failure of the node", async () => {
  const { nodes, first, events } = nodesOf([fakeNode("a", [failing({ kind: "aborted" })])]);
  for (let time = 0; time < 3; time += 1) await expect(first()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect([nodes.usable().length, events]).toEqual([1, []]);
});

test("a refusal shows that the node works", async () => {
  const { first, pass, events } = nodesOf([fakeNode("a", [down, down, refusing("UNKNOWN_ACCOUNT")])]);
  for (let failure = 0; failure < 2; failure += 1) {
    await expect(first()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    pass(500);
  }
  await expect(first()).rejects.toMatchObject({ causeName: "UNKNOWN_ACCOUNT" });
  expect(events.map(({ type }) => type)).toEqual(["near-node-failing", "near-node-back"]);
});

test("the healthy nodes are asked first", async () => {
  const [one, two] = [fakeNode("a", [down, saying(1)]), fakeNode("b", [saying(2)])];
  const { first, nodes } = nodesOf([one, two]);
  expect(await first()).toBe(2);
  expect(nodes.usable().map(({ name }) => name)).toEqual(["b", "a"]);
});

test("an error that is not a node's passes through, and is no failure of the node", async () => {
  const node = fakeNode("a", [saying(1)]);
  const { nodes } = nodesOf([node]);
  const broken = async (): Promise<never> => {
    throw new TypeError("broken");
  };
  for (let time = 0; time < 3; time += 1) await expect(nodes.ask(node, broken)).rejects.toThrow(TypeError);
  expect(nodes.usable()).toHaveLength(1);
});

test("the first node that answers counts, and every failure is told where none does", async () => {
  expect(await nodesOf([fakeNode("a", [down]), fakeNode("b", [saying(2)])]).first()).toBe(2);
  const none = nodesOf([fakeNode("a", [down]), fakeNode("b", [failing({ kind: "timed-out" }, "too late")])]).first();
  await expect(none).rejects.toEqual(unavailable("no RPC node answers: down; too late"));
});

test("the first node that refuses ends the search", async () => {
  const second = fakeNode("b", [saying(2)]);
  const refused = nodesOf([fakeNode("a", [refusing("UNKNOWN_ACCOUNT")]), second]).first();
  await expect(refused).rejects.toMatchObject({ causeName: "UNKNOWN_ACCOUNT" });
  expect(second.asked()).toBe(0);
});

test.for([
  "TIMEOUT_ERROR",
  "INTERNAL_ERROR",
  "NO_SYNCED_BLOCKS",
  "NOT_SYNCED_YET",
  "UNAVAILABLE_SHARD",
  "UNKNOWN_BLOCK",
  "METHOD_NOT_FOUND",
  "PARSE_ERROR",
  "REQUEST_ROUTED",
])("%s is no refusal of what was asked", async (causeName) => {
  const { first } = nodesOf([fakeNode("a", [refusing(causeName)]), fakeNode("b", [saying(2)])]);
  expect(await first()).toBe(2);
  const { agree } = nodesOf([fakeNode("a", [refusing(causeName)]), fakeNode("b", [refusing(causeName)])]);
  await expect(agree()).rejects.toEqual(unavailable(`no RPC node answers: ${causeName}; ${causeName}`));
});

test("two equal answers are believed, and a third node is not asked", async () => {
  const third = fakeNode("c", [saying(2)]);
  expect(await nodesOf([fakeNode("a", [saying(1)]), fakeNode("b", [saying(1)]), third]).agree()).toBe(1);
  expect(third.asked()).toBe(0);
});

test("fewer answers than must agree are not believed", async () => {
  const alone = nodesOf([fakeNode("a", [saying(1)]), fakeNode("b", [down])]).agree();
  await expect(alone).rejects.toEqual(unavailable("fewer than 2 RPC nodes answer: down"));
  const none = nodesOf([fakeNode("a", [failing({}, "gone")]), fakeNode("b", [down])]).agree();
  await expect(none).rejects.toEqual(unavailable("no RPC node answers: gone; down"));
});

test("one answer beside nodes that rest is not believed", async () => {
  const { agree } = nodesOf([fakeNode("a", [saying(1)]), fakeNode("b", [failing({ retryAfterMs: 1_000 })])]);
  await expect(agree()).rejects.toEqual(unavailable("fewer than 2 RPC nodes answer: down"));
  await expect(agree()).rejects.toEqual(unavailable("fewer than 2 RPC nodes answer: the others rest after failures"));
});

test("a third node decides between two, and takes the place of one that is down", async () => {
  expect(
    await nodesOf([fakeNode("a", [saying(1)]), fakeNode("b", [saying(2)]), fakeNode("c", [saying(2)])], 2).agree(),
  ).toBe(2);
  expect(
    await nodesOf([fakeNode("a", [down]), fakeNode("b", [saying(2)]), fakeNode("c", [saying(2)])], 2).agree(),
  ).toBe(2);
});

test("as many nodes as are asked for must agree", async () => {
  const nodes = [fakeNode("a", [saying(1)]), fakeNode("b", [saying(1)]), fakeNode("c", [saying(2)])];
  await expect(nodesOf(nodes, 3).agree()).rejects.toMatchObject({ code: "NEAR_DISAGREEMENT" });
});

test("nodes that differ for a moment are looked at again", async () => {
  const behind = fakeNode("b", [saying(1), saying(2)]);
  const { agree, now } = nodesOf([fakeNode("a", [saying(2)]), behind]);
  expect(await agree()).toBe(2);
  expect([behind.asked(), now()]).toEqual([2, 750]);
});

test("nodes that go on differing are not believed, and what to do is told", async () => {
  const liar = fakeNode("b", [saying(2)]);
  const { agree, now } = nodesOf([fakeNode("a", [saying(1)]), liar]);
  await expect(agree()).rejects.toMatchObject({
    code: "NEAR_DISAGREEMENT",
    message: expect.stringMatching(/2 different answers, and 2 must agree\. .* give another node if it lasts$/),
  });
  expect([liar.asked(), now()]).toEqual([5, 3_000]);
});

test("a node that is down is not waited for as one that differs is", async () => {
  const { agree, now } = nodesOf([fakeNode("a", [saying(1)]), fakeNode("b", [down])]);
  await expect(agree()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(now()).toBe(0);
});

test("a refusal that enough nodes give is the answer", async () => {
  const detail = (height: number): unknown => ({ data: { TxExecutionError: "x" }, info: { block_height: height } });
  const { agree } = nodesOf([
    fakeNode("a", [refusing("UNKNOWN_ACCOUNT", detail(1))]),
    fakeNode("b", [refusing("UNKNOWN_ACCOUNT", detail(2))]),
  ]);
  await expect(agree()).rejects.toMatchObject({ name: "RpcFailure", causeName: "UNKNOWN_ACCOUNT" });
});

test("a single refusal is no more believed than a single answer", async () => {
  const { agree } = nodesOf([fakeNode("a", [refusing("UNKNOWN_ACCOUNT")]), fakeNode("b", [down])]);
  await expect(agree()).rejects.toEqual(unavailable("fewer than 2 RPC nodes answer: down"));
});

test.for<[string, Reply]>([
  ["an answer", saying(1)],
  ["a refusal for another cause", refusing("UNKNOWN_ACCESS_KEY")],
  ["a refusal with other data", refusing("UNKNOWN_ACCOUNT", { data: { TxExecutionError: "Expired" } })],
])("a refusal against %s is a disagreement", async ([, reply]) => {
  const { agree } = nodesOf([fakeNode("a", [refusing("UNKNOWN_ACCOUNT")]), fakeNode("b", [reply])]);
  await expect(agree()).rejects.toMatchObject({ code: "NEAR_DISAGREEMENT" });
});

test("a call that is ended looks at a disagreement no more", async () => {
  const stop = new AbortController();
  const liar = fakeNode("b", [saying(2), () => stop.abort()]);
  const { agree } = nodesOf([fakeNode("a", [saying(1)]), liar]);
  await expect(agree(AbortSignal.abort())).rejects.toMatchObject({ code: "NEAR_DISAGREEMENT" });
  expect(liar.asked()).toBe(1);
  await expect(agree(stop.signal)).rejects.toMatchObject({ code: "NEAR_DISAGREEMENT" });
  expect(liar.asked()).toBe(2);
});
