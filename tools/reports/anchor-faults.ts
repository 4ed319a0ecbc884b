/**
 * Anchors batches on NEAR through faults, lies, crashes and races, and counts tokens minted twice,
 * missing batches and false receipts. Option: `--seeds N` (20).
 */
// Every run has chains and a key of its own on one localnet for each row. Faults end after a while,
// so that each run must end with everything minted.
import { parseArgs } from "node:util";
import { createRandom } from "@etrap/simulation";
import type { KeyPairSigner } from "near-api-js";
import { createNearWorld } from "../../packages/anchor-near/src/fixtures/near-world.ts";
import type { NearWorld } from "../../packages/anchor-near/src/fixtures/near-world.ts";
import { anchorAll, anchorOn, createAnchorRun, judge, noFindings, providersOf } from "./anchor-faults/anchor-run.ts";
import type { Findings } from "./anchor-faults/anchor-run.ts";
import { lieAboutSuccess } from "./anchor-faults/false-success.ts";
import { FAULT_KINDS } from "./anchor-faults/fault-kinds.ts";
import type { FaultKind } from "./anchor-faults/fault-kinds.ts";
import { killAt } from "./anchor-faults/kill-at.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { seeds: { type: "string", default: "20" } },
  allowPositionals: true,
});
const SEEDS = Number(values.seeds);
const PROBABILITY = 0.4;
/** The most faults of a run, so that it ends. */
const MOST_FAULTS = 25;

const COLUMNS = [
  "runs",
  "batches",
  "faults",
  "failures",
  "twice",
  "missing",
  "falseReceipts",
  "falseRefusals",
] as const;
const rows: (readonly [name: string, findings: Findings])[] = [];
const started = performance.now();

for (const kind of FAULT_KINDS) await row(kind.name, async (world, findings) => underFaults(world, kind, findings));
await row("lie: it was minted", async (world, findings) => underFalseSuccess(world, 2, findings));
await row("crash at every call, the same key after it", async (world, findings) => crashes(world, false, findings));
await row("crash at every call, another key after it", async (world, findings) => crashes(world, true, findings));
await row("two processes with one key", async (world, findings) => together(world, { isOneKey: true }, findings));
await row("two processes with two keys", async (world, findings) => together(world, {}, findings));
await row("two processes, and answers that are cut", async (world, findings) =>
  together(world, { isCut: true }, findings),
);
await row("another process uses the key all the time", besideStranger);
// Where the only node lies, the judge must find what is missing. Otherwise the zeros mean nothing.
const control = noFindings();
await inWorld(async (world) => underFalseSuccess(world, 1, control));

console.log([" ".repeat(44), ...COLUMNS].join("  "));
for (const [name, findings] of rows) {
  const cells = COLUMNS.map((column) => String(findings[column]).padStart(column.length));
  console.log([name.padEnd(44), ...cells].join("  "));
}
const sum = (column: keyof Findings): number => rows.reduce((total, [, findings]) => total + findings[column], 0);
const bad = sum("twice") + sum("missing") + sum("falseReceipts") + sum("falseRefusals");
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(`\n${sum("runs")} runs, ${sum("batches")} batches, ${seconds} s. Sum of what must be 0: ${bad}`);
console.log(`Control, a single node that lies: ${control.missing} of ${control.batches} batches found missing`);
process.exitCode = bad === 0 && control.missing > 0 ? 0 : 1;

async function row(name: string, measure: (world: NearWorld, findings: Findings) => Promise<void>): Promise<void> {
  const findings = noFindings();
  await inWorld(async (world) => measure(world, findings));
  rows.push([name, findings]);
}

async function inWorld(measure: (world: NearWorld) => Promise<void>): Promise<void> {
  const world = await createNearWorld({ pollingTimeout: 100 });
  try {
    await measure(world);
  } finally {
    await world.close();
  }
}

interface Striking {
  readonly seed: number;
  readonly findings: Findings;
}

/** Sets a fault on the nodes, which hits each request that it is for by chance. */
function setFault(world: NearWorld, kind: FaultKind, { seed, findings }: Striking): void {
  const { methods, isOfOneNode = false, fault } = kind;
  const random = createRandom(seed).fork(kind.name);
  let faults = 0;
  const plan: Parameters<NearWorld["localnet"]["setFault"]>[0] = (request) => {
    const isFor = methods === undefined || methods.includes(request.method);
    if (!isFor || faults === MOST_FAULTS || !random.chance(PROBABILITY)) return undefined;
    faults += 1;
    findings.faults += 1;
    return fault(request);
  };
  world.localnet.setFault(plan);
  world.second.setFault(isOfOneNode ? undefined : plan);
}

async function underFaults(world: NearWorld, kind: FaultKind, findings: Findings): Promise<void> {
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const run = await createAnchorRun(`faults-${seed}`);
    const signer = await world.addKey();
    // A single node must be believed, so what lies is only asked beside another.
    const count = kind.isOfOneNode === true || seed % 2 === 0 ? 2 : 1;
    setFault(world, kind, { seed, findings });
    await anchorAll(run, anchorOn(world, run, { providers: providersOf(world, count), signer }), findings);
    await judge(world, run, findings);
  }
}

/** With one node, the liar is believed. */
async function underFalseSuccess(world: NearWorld, nodes: 1 | 2, findings: Findings): Promise<void> {
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const run = await createAnchorRun(`lie-${seed}`);
    const random = createRandom(seed);
    let lies = 0;
    const isActive = (): boolean => {
      if (lies === MOST_FAULTS || !random.chance(PROBABILITY)) return false;
      lies += 1;
      findings.faults += 1;
      return true;
    };
    const providers = providersOf(world, nodes).map((node, index) =>
      index === 0 ? lieAboutSuccess(node, isActive) : node,
    );
    await anchorAll(run, anchorOn(world, run, { providers, signer: await world.addKey() }), findings);
    await judge(world, run, findings);
  }
}

/**
 * Kills the agent at each call of a run in turn, before and after its effect, and starts it again.
 */
async function crashes(world: NearWorld, isOtherKey: boolean, findings: Findings): Promise<void> {
  for (let at = 1, isOver = false; !isOver; at += 1) {
    for (const isServed of [false, true]) {
      const run = await createAnchorRun(`crash-${at}-${isServed}`);
      const signer = await world.addKey();
      const victim = killAt(at, isServed);
      const providers = providersOf(world, 2).map(victim.node);
      const store = victim.store(run.store);
      const ended = anchorAll({ ...run, store }, anchorOn(world, run, { providers, signer }), findings);
      await Promise.race([ended, victim.killed]);
      isOver = victim.calls() < at;
      if (!isOver) findings.faults += 1;
      const next = isOtherKey ? await world.addKey() : signer;
      await anchorAll(run, anchorOn(world, run, { providers: providersOf(world, 2), signer: next }), findings);
      await judge(world, run, findings);
    }
  }
}

async function together(
  world: NearWorld,
  { isOneKey = false, isCut = false }: { readonly isOneKey?: boolean; readonly isCut?: boolean },
  findings: Findings,
): Promise<void> {
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const run = await createAnchorRun(`together-${seed}`);
    const first = await world.addKey();
    const second = isOneKey ? first : await world.addKey();
    const cut = FAULT_KINDS.find(({ name }) => name === "cut after the request is served");
    if (isCut && cut !== undefined) setFault(world, cut, { seed, findings });
    const agents = [first, second].map((signer) =>
      anchorAll(run, anchorOn(world, run, { providers: providersOf(world, 2), signer }), findings),
    );
    await Promise.all(agents);
    await judge(world, run, findings);
  }
}

/** Sends transactions of the same key in between, so that nonces are taken. */
async function besideStranger(world: NearWorld, findings: Findings): Promise<void> {
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const [run, theirs] = [await createAnchorRun(`mine-${seed}`), await createAnchorRun(`theirs-${seed}`)];
    const signer: KeyPairSigner = await world.addKey();
    const providers = providersOf(world, 2);
    const other = anchorOn(world, theirs, { providers: providersOf(world, 2), signer });
    await Promise.all([
      anchorAll(run, anchorOn(world, run, { providers, signer }), findings),
      anchorAll(theirs, other, findings),
    ]);
    await judge(world, run, findings);
    await judge(world, theirs, findings);
  }
}
