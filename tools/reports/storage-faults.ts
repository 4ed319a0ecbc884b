/**
 * Records through faults of an S3 server, and counts lost and doubled changes. Option: `--seeds N`
 * (5).
 */
// Each row is one fault. It hits each request of its method with a probability, round after round.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { s3Refusal, startFaultProxy, startVersitygw } from "@etrap/test-servers";
import type { HttpFault } from "@etrap/test-servers";
import { createRandom } from "@etrap/simulation";
import pLimit from "p-limit";
import { CHANGES_OF_A_ROUND, recordThrough } from "./storage-faults/record-through.ts";
import type { RoundOutcome } from "./storage-faults/record-through.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { seeds: { type: "string", default: "5" } },
  allowPositionals: true,
});
const SEEDS = Number(values.seeds);
const AT_ONCE = 8;
const PROBABILITY = 0.3;
/** The most faults of a round, so that it ends. */
const MOST_FAULTS = 60;

const refusals = {
  "500": s3Refusal(500, "InternalError"),
  "503 SlowDown": s3Refusal(503, "SlowDown"),
  "429": s3Refusal(429, "TooManyRequests"),
  "403 RequestTimeTooSkewed": s3Refusal(403, "RequestTimeTooSkewed"),
  "400 ExpiredToken": s3Refusal(400, "ExpiredToken"),
  "403 AccessDenied": s3Refusal(403, "AccessDenied"),
  "HTML 200": { kind: "answer", status: 200, body: "<html>welcome</html>" },
} as const satisfies Record<string, HttpFault>;

const FAULTS: readonly (readonly [name: string, methods: readonly string[], fault: HttpFault])[] = [
  ["cut before the request", ["PUT", "GET"], { kind: "cut-before" }],
  ["cut after it was executed", ["PUT", "GET"], { kind: "cut-after" }],
  ["cut in the request's body", ["PUT"], { kind: "cut-request" }],
  ["cut in the answer's body", ["GET"], { kind: "cut-answer" }],
  ["stall in the answer's body", ["GET"], { kind: "stall" }],
  ["no answer although executed", ["PUT", "GET"], { kind: "hang" }],
  ["delay of 400 ms", ["PUT", "GET"], { kind: "delay", ms: 400 }],
  ["another bit in the answer", ["GET"], { kind: "flip" }],
  ...Object.entries(refusals).map(([name, fault]) => [name, ["PUT", "GET"], fault] as const),
  ["500 although executed", ["PUT"], { ...s3Refusal(500, "InternalError"), executed: true }],
  ["409 ConditionalRequestConflict", ["PUT"], s3Refusal(409, "ConditionalRequestConflict")],
  ["409 OperationAborted", ["PUT"], s3Refusal(409, "OperationAborted")],
];

interface Row extends RoundOutcome {
  readonly name: string;
  readonly method: string;
  faults: number;
}

const server = await startVersitygw();
const rows: Row[] = [];
try {
  // Rounds mostly wait, so several are run at a time.
  const limit = pLimit(AT_ONCE);
  const cases = FAULTS.flatMap(([name, methods, fault]) => methods.map((method) => ({ name, method, fault })));
  rows.push(...(await limit.map(cases, async ({ name, method, fault }) => measure(name, method, fault))));
  rows.push(await measureKills());
} finally {
  await server.stop();
}
const CODES = ["UNAVAILABLE", "OUTCOME_UNKNOWN", "DAMAGED"];
const TITLES = ["method", "faults", ...CODES, "starts", "recorded", "lost", "doubled"];
console.log(["fault".padEnd(30), ...TITLES].join("   "));
for (const { name, method, faults, codes, starts, recorded, lost, doubled } of rows) {
  const values = [method, faults, ...CODES.map((code) => codes.get(code) ?? 0), starts, recorded, lost, doubled];
  const columns = values.map((value, index) => String(value).padStart(TITLES[index]?.length ?? 0));
  console.log([name.padEnd(30), ...columns].join("   "));
}
const bad = rows.reduce((sum, { lost, doubled }) => sum + lost + doubled, 0);
console.log(`\n${SEEDS} rounds a row of ${CHANGES_OF_A_ROUND} changes. Sum of lost and doubled: ${bad}`);
process.exitCode = bad === 0 ? 0 : 1;

/** Runs the rounds of one fault, through a proxy of its own. */
async function measure(name: string, method: string, fault: HttpFault): Promise<Row> {
  const row: Row = { name, method, faults: 0, codes: new Map(), starts: 0, recorded: 0, lost: 0, doubled: 0 };
  const proxy = await startFaultProxy(server.port);
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const random = createRandom(seed).fork(`${name} ${method}`);
    let faults = 0;
    proxy.setFaults((request) => {
      if (request.method !== method || faults === MOST_FAULTS || !random.chance(PROBABILITY)) return undefined;
      faults += 1;
      return fault;
    });
    add(row, await recordThrough({ server, endpoint: proxy.endpoint, seed, disturb: undefined }));
    row.faults += faults;
  }
  await proxy.stop();
  return row;
}

async function measureKills(): Promise<Row> {
  const name = "kill -9 and start of the server";
  const row: Row = { name, method: "-", faults: 0, codes: new Map(), starts: 0, recorded: 0, lost: 0, doubled: 0 };
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const random = createRandom(seed);
    const disturb = async (): Promise<void> => {
      await sleep(random.below(200));
      await server.kill();
      await sleep(300);
      await server.start();
      row.faults += 1;
    };
    add(row, await recordThrough({ server, endpoint: server.endpoint, seed, disturb }));
  }
  return row;
}

function add(row: Row, { codes, starts, recorded, lost, doubled }: RoundOutcome): void {
  for (const [code, count] of codes) row.codes.set(code, (row.codes.get(code) ?? 0) + count);
  row.starts += starts;
  row.recorded += recorded;
  row.lost += lost;
  row.doubled += doubled;
}
